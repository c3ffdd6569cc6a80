import { plural } from '../../../plural.ts';
import { z } from 'zod';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { JobItem, JobMessage, JobStatus } from '../../../ports/job.ts';
import { isType, types, type Type } from '../model/types-and-relations.ts';
import { startsOf, takeUpPassword, type Server } from '../server.ts';
import { stillDiffering, type Witness } from './changes-to-watch.ts';
import { migrationFolder, remarkIn, remarks } from './migration-folder.ts';
import { arrivalOf, describeArrival, type Arrival } from './what-arrived.ts';

const startedSchema = z.object({
  types: z.array(z.string()),
  witnesses: z.array(z.string()).default([]),
  starts: z.string().optional(),
});
const answerSchema = z.object({ status: z.number(), words: z.string() });
type Answer = z.infer<typeof answerSchema>;

/** The only text that means success. Releases before 4.7 end it with a full stop. */
const success = /^Import successful\.?$/;
/** An import whose answer was lost counts as failed after so long without a change. */
const patienceMs = 10 * 60_000;
/** The same for a server that was started again since: its import died with it. */
const restartedPatienceMs = 20_000;

export interface ImportState {
  readonly status: Omit<JobStatus, 'id' | 'kind'>;
  readonly lines: readonly string[];
}

/** How far an import without an answer had come at the last look. */
export type Progress = Map<string, { readonly done: number; readonly since: number }>;

interface Remarks {
  readonly wanted: readonly Type[];
  readonly witnesses: readonly Witness[];
  readonly answer: Answer | undefined;
  /** When the server had been started, before it was sent the import. */
  readonly starts: string | undefined;
}

/**
 * What was asked of the server and what it answered. Undefined when nobody has imported the files; NOT_FOUND when there
 * is no folder.
 */
async function remarksAmong(
  server: Server,
  folderName: string,
  files: ReadonlyMap<string, Buffer>,
  signal: AbortSignal,
): Promise<Remarks | undefined> {
  const started = startedSchema.safeParse(remarkIn(files.get(remarks.started)));
  if (!started.success) {
    if (await migrationFolder(server, folderName).exists(signal)) return undefined;
    throw new MigratorError('NOT_FOUND', `eNMS has no folder /migrations/${folderName}`);
  }
  const answer = answerSchema.safeParse(server.answers.get(folderName) ?? remarkIn(files.get(remarks.answer)));
  return {
    wanted: started.data.types.filter((type): type is Type => isType(type)),
    witnesses: started.data.witnesses,
    starts: started.data.starts,
    answer: answer.success ? answer.data : undefined,
  };
}

const neverStarted: ImportState = {
  status: {
    state: 'cancelled',
    wireState: 'uploaded',
    messages: [{ level: 'warning', text: 'the files lie on the server, but no import of them was started' }],
  },
  lines: [],
};

/** The state of an import, by the server's words and by what is there. */
export async function importState(
  server: Server,
  folderName: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<ImportState> {
  try {
    return await readState(server, folderName, progress, signal);
  } catch (error) {
    throw neitherPassword(server, error);
  }
}

async function readState(
  server: Server,
  folderName: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<ImportState> {
  await takeUpPassword(server, signal);
  const names = [...Object.values(remarks), ...types.map((type) => `${type}.yaml`)];
  const files = await migrationFolder(server, folderName).readAll(names, signal);
  const found = await remarksAmong(server, folderName, files, signal);
  if (found === undefined) return neverStarted;
  const { wanted, witnesses, answer } = found;
  const arrival = await arrivalOf(server, files, wanted, { ended: answer !== undefined }, signal);
  const lines = describeArrival(arrival);
  if (answer !== undefined) return { status: judged(answer, arrival), lines };
  const unchanged = await stillDiffering(server, files, witnesses, signal);
  const seen = { arrival, witnesses, unchanged, starts: found.starts };
  return { status: await lookedAt(server, folderName, seen, progress, signal), lines };
}

/** The server has taken up the import, and its account has a password that nobody has given. */
function neitherPassword({ seen, account, url }: Server, error: unknown): unknown {
  if (seen.passwordReplaced !== true || !isMigratorError(error, 'AUTH_REFUSED')) return error;
  return new MigratorError(
    'AUTH_REFUSED',
    `the import was carried out on ${url}, and has replaced the password of ${account.username}, but the one of --new-password is not it`,
    {
      hint: 'do not import again: put the password that the account has in the source into the settings of this instance, and wait for the job',
      cause: error,
      details: error.details,
    },
  );
}

/** The state for a list, by the server's words alone. */
export async function importSummary(
  server: Server,
  folderName: string,
  signal: AbortSignal,
): Promise<Pick<JobStatus, 'state' | 'wireState'>> {
  await takeUpPassword(server, signal);
  const folder = migrationFolder(server, folderName);
  const files = new Map<string, Buffer>();
  for (const name of Object.values(remarks)) {
    const bytes = await folder.read(name, signal);
    // There is no answer to what was never started.
    if (bytes === undefined) break;
    files.set(name, bytes);
  }
  const found = await remarksAmong(server, folderName, files, signal);
  if (found === undefined) return neverStarted.status;
  if (found.answer === undefined) return { state: 'running', wireState: 'no answer' };
  return judged(found.answer, { types: [], related: true });
}

/**
 * The state by the server's words, and then by what is there: the server leaves out what it cannot place, and does not
 * say so.
 */
function judged({ status, words }: Answer, arrival: Arrival): ImportState['status'] {
  const items = missingItems(arrival);
  const absent = absentMessages(arrival);
  const said: JobMessage = { level: 'error', text: words };
  if (status !== 200) {
    const text = `${words === '' ? `eNMS answered ${status}` : words}: the import stopped half-way, objects may be there without their relations; only the server's log has the reason`;
    return { state: 'failed', wireState: words, messages: [{ level: 'error', text }, ...absent], items };
  }
  if (success.test(words)) {
    return { state: absent.length === 0 ? 'succeeded' : 'partial', wireState: words, messages: absent, items };
  }
  if (/^partial import/i.test(words)) {
    const what = words.startsWith('P') ? 'some relations could not be set' : 'some objects could not be created';
    const message: JobMessage = { level: 'warning', text: `${words} ${what}` };
    return { state: 'partial', wireState: words, messages: [message, ...absent], items };
  }
  return { state: 'failed', wireState: words, messages: [said, ...absent], items };
}

interface Seen {
  readonly arrival: Arrival;
  readonly witnesses: readonly Witness[];
  /** The witnesses that have not changed. */
  readonly unchanged: readonly Witness[];
  readonly starts: string | undefined;
}

/**
 * The state without an answer. The import is done when all objects, relations and changes are there; it runs while more
 * arrives.
 */
async function lookedAt(
  server: Server,
  name: string,
  { arrival, witnesses, unchanged, starts }: Seen,
  progress: Progress,
  signal: AbortSignal,
): Promise<ImportState['status']> {
  const packaged = sum(arrival.types.map((type) => type.packaged));
  const there = sum(arrival.types.map((type) => type.there));
  const complete = there === packaged && arrival.related;
  if (complete && unchanged.length === 0) {
    return { state: 'succeeded', wireState: 'all objects are there', messages: [], items: [] };
  }
  const now = server.clock.now().getTime();
  const done = there + witnesses.length - unchanged.length;
  const before = progress.get(name);
  if (before?.done !== done) progress.set(name, { done, since: now });
  const still = before?.done === done ? now - before.since : 0;
  const restarted = still > restartedPatienceMs && (await wasStartedAgain(server, starts, signal));
  if (restarted || still > patienceMs) {
    const waited = restarted
      ? `the server was started again after the import was sent to it, and in ${restartedPatienceMs / 1000} seconds nothing more`
      : `the answer of the server was lost, and for ${patienceMs / 60_000} minutes nothing more`;
    const kept = `${unchanged.length} of ${witnesses.length} objects that were looked at are not as the package has them: ${unchanged.join(', ')}`;
    const text = complete
      ? `${waited} changed: ${kept}`
      : `${waited} arrived: ${there} of ${packaged} objects are there${there === packaged ? ', without their relations' : ''}`;
    const state = complete && unchanged.length < witnesses.length ? 'partial' : 'failed';
    const messages = [{ level: 'error', text } as const, ...absentMessages(arrival)];
    return { state, wireState: 'no answer', messages, items: missingItems(arrival) };
  }
  return {
    state: 'running',
    wireState: 'no answer',
    activity: `${there} of ${packaged} objects are there`,
    ...(packaged === 0 || complete ? {} : { fraction: there / packaged }),
    messages: [],
  };
}

async function wasStartedAgain({ rest }: Server, before: string | undefined, signal: AbortSignal): Promise<boolean> {
  if (before === undefined) return false;
  const now = startsOf(await rest.servers(signal));
  return now !== undefined && now !== before;
}

function absentMessages({ types }: Arrival): readonly JobMessage[] {
  return types.flatMap(({ type, packaged, there, missing }) => {
    if (there === packaged) return [];
    const names = missing.slice(0, 10).join(', ');
    const more = packaged - there > 10 ? ` and ${packaged - there - 10} more` : '';
    const text = `${packaged - there} of ${plural(packaged, type)} are not on the server: ${names}${more}`;
    return [{ level: 'error', text } as const];
  });
}

function missingItems({ types }: Arrival): readonly JobItem[] {
  return types.flatMap(({ type, missing }) =>
    missing.map((name) => ({ kind: type, name, action: 'failed', reason: 'it is not on the server' }) as const),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
