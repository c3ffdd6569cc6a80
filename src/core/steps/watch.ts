import { canonical } from '../../canonical.ts';
import { isMigratorError, MigratorError } from '../../errors.ts';
import type { JobState, Jobs, JobStatus } from '../../ports/job.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Clock } from '../../ports/runtime.ts';

export interface WatchSettings {
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Milliseconds for the whole wait. Undefined: no limit. */
  readonly timeout: number | undefined;
  /** Milliseconds between two looks. Undefined: adaptive. */
  readonly pollInterval: number | undefined;
  /** True: also end when the job waits for a person. */
  readonly untilApproval?: boolean | undefined;
  /** True: also end when the servers go on by themselves, or when the job waits for a person. */
  readonly untilAlone?: boolean | undefined;
  /** True: the job was there, because this machine started it. */
  readonly known?: boolean | undefined;
}

/**
 * When to look in the first 20 s. Many jobs are short, so the first looks come fast. At the end of this list there were
 * fewer than with one every two seconds, and after it there is one every two seconds.
 */
const firstLooks = [300, 800, 2000, 4000, 6000, 9500, 13_000, 16_500, 20_000];
const usualDelay = 2000;
/** How long to wait for a server that cannot be reached, for example during a restart. */
const patience = 5 * 60_000;
/** How long a state that the adapter does not know may stay as it is. The job may be over. */
const unclearPatience = 5 * 60_000;

const finalStates: ReadonlySet<JobState> = new Set(['succeeded', 'partial', 'failed', 'cancelled']);

export function isFinal(state: JobState): boolean {
  return finalStates.has(state);
}

/** Polls a job until it ends. STILL_RUNNING when the deadline passes first. The job continues in any case. */
export async function watch(
  jobs: Pick<Jobs, 'status' | 'advance'>,
  id: string,
  handle: string,
  settings: WatchSettings,
  signal: AbortSignal,
): Promise<JobStatus> {
  const { clock, reporter } = settings;
  const began = clock.now().getTime();
  const deadline = settings.timeout === undefined ? Infinity : began + settings.timeout;
  let known = settings.known === true;
  let lostSince: number | undefined;
  let isOurs = false;
  let unclear: { readonly shown: string; readonly since: number } | undefined;
  for (;;) {
    const look = await tryLook(jobs, id, handle, known, signal);
    const now = clock.now().getTime();
    if (!isMigratorError(look)) {
      lostSince = undefined;
      known = true;
      reporter.report({ type: 'job', handle, status: look });
      isOurs = look.attended === true && jobs.advance !== undefined;
      if (isFinal(look.state) && !isOurs) {
        for (const { level, text } of look.messages)
          if (level === 'info') reporter.report({ type: 'notice', message: text });
        return look;
      }
      const forUs = look.attended === true;
      if (settings.untilApproval === true && look.state === 'waiting' && !forUs) return look;
      if (settings.untilAlone === true && !forUs) return look;
      const shown = look.unclear === true ? canonical(lookOf(look)) : undefined;
      if (shown !== undefined && unclear === undefined)
        reporter.report({ type: 'warning', message: unknownWord(look) });
      if (shown !== undefined && unclear?.shown === shown && now - unclear.since > unclearPatience)
        throw withoutEnd(handle, look);
      if (shown !== unclear?.shown) unclear = shown === undefined ? undefined : { shown, since: now };
    } else {
      if (lostSince === undefined) {
        lostSince = now;
        reporter.report({
          type: 'warning',
          message: `cannot see ${handle}: ${look.message}; ${isOurs ? 'the job stands still' : 'the job continues on the server'}, trying again`,
        });
      }
      if (now - lostSince > patience) throw outOfSight(handle, look);
    }
    const delay = settings.pollInterval ?? delayAfter(now - began);
    if (now >= deadline) throw stillRunning(handle, settings.timeout ?? 0, isOurs);
    await clock.sleep(Math.max(0, Math.min(delay, deadline - now)), signal);
  }
}

/** What changes while a job makes progress. */
const lookOf = ({ wireState, fraction, activity }: JobStatus) => ({
  wireState,
  fraction: fraction ?? null,
  activity: activity ?? null,
});

const unknownWord = ({ wireState }: JobStatus): string =>
  `the server says that the job is "${wireState}", a state that migrator does not know; migrator takes it as running`;

function withoutEnd(handle: string, { wireState }: JobStatus): MigratorError {
  const message = `${handle} has been "${wireState}" for ${unclearPatience / 60_000} minutes, a state that migrator does not know`;
  return new MigratorError('STILL_RUNNING', `${message}: it may be over`, {
    hint: `look at the server; when the job goes on, wait for it with: migrator job wait ${handle}`,
    details: { handle, wireState },
  });
}

/** Milliseconds to the next look, by those since the first one. */
function delayAfter(elapsed: number): number {
  const next = firstLooks.find((at) => at >= elapsed + usualDelay / 10);
  return next === undefined ? usualDelay : next - elapsed;
}

async function tryLook(
  jobs: Pick<Jobs, 'status' | 'advance'>,
  id: string,
  handle: string,
  known: boolean,
  signal: AbortSignal,
): Promise<JobStatus | MigratorError> {
  let advanced = false;
  try {
    await jobs.advance?.(id, signal);
    advanced = true;
    return await jobs.status(id, signal);
  } catch (error) {
    if (isMigratorError(error, 'REMOTE_UNREACHABLE')) return error;
    // Before that, it may be something that the job needs.
    if (advanced && isMigratorError(error, 'NOT_FOUND')) throw gone(handle, known, error);
    throw isMigratorError(error) ? outOfSight(handle, error) : error;
  }
}

/** The look failed, and not the job: the error names the job, so that somebody can look again. */
function outOfSight(handle: string, error: MigratorError): MigratorError {
  const { code, message, hint, details, cause } = error;
  if (code === 'CANCELLED' || details['handle'] !== undefined) return error;
  const again = `${handle} may go on; look at it again with: migrator job wait ${handle}`;
  return new MigratorError(code, message, {
    hint: hint === undefined ? again : `${hint}; ${again}`,
    details: { ...details, handle },
    cause: cause ?? error,
  });
}

/** The server does not know the job, so nothing goes on. One that was there has failed. */
function gone(handle: string, known: boolean, { message, hint, details, cause }: MigratorError): MigratorError {
  const more = { details: { ...details, handle }, cause };
  if (!known) return new MigratorError('NOT_FOUND', message, { hint, ...more });
  return new MigratorError(
    'JOB_FAILED',
    `${handle} is over, because its server does not know it any more: ${message}`,
    {
      hint: 'look at what it has done so far, then start it again',
      ...more,
    },
  );
}

function stillRunning(handle: string, timeout: number, isOurs: boolean): MigratorError {
  return new MigratorError('STILL_RUNNING', `${handle} is still running after ${timeout / 1000} s`, {
    hint: isOurs
      ? `the job needs calls of migrator to go on, such as the import; to make them without a question: migrator job wait ${handle}`
      : `the job continues on the server; wait for it with: migrator job wait ${handle}`,
    details: { handle },
  });
}
