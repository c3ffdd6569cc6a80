import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { InstanceInfo, MoveRequest, PreparedMove } from '../../../ports/adapter.ts';
import type { JobItem, JobStatus } from '../../../ports/job.ts';
import type { PlanItem } from '../../../ports/plan.ts';
import { facet } from '../../instance.ts';
import { handleOf } from '../../job-handle.ts';
import { type Outcome, worst } from '../../operation.ts';
import { combined, type Result } from '../../snapshots/result.ts';
import { backUp } from '../../steps/backup.ts';
import { backupStep } from '../../steps/way-back.ts';
import { cleaningUp, discardJob } from '../../steps/clean-up.ts';
import { questionBefore, requireConsent } from '../../steps/consent.ts';
import { prepareOnce, isBegun, type StartedJob } from '../../steps/exactly-once.ts';
import { readLog } from '../../steps/import.ts';
import { lookBefore } from '../../steps/look.ts';
import { announcePlan, withoutPlan } from '../../steps/plan.ts';
import { leftMaintenance } from '../../steps/preflight.ts';
import { runJob } from '../../steps/run-job.ts';
import { announce, judge, warningsOf } from '../../steps/verdict.ts';
import { isFinal } from '../../steps/watch.ts';
import { leftByMove } from './left-by-move.ts';
import type { MigrateInput, MigratePorts, MigrateReport, ProjectOutcome, Undelivered } from './route.ts';

/**
 * Moves one project after another with the servers' own move. It stops at the first project that the source could not
 * deliver, unless the user asked for this route.
 */
export async function move(
  input: MigrateInput,
  ports: MigratePorts,
  targetInfo: InstanceInfo,
  signal: AbortSignal,
): Promise<MigrateReport | Undelivered> {
  const { source, target, reporter } = ports;
  const moved: Moved[] = [];
  if (!input.wait && source.adapter.jobs.advance !== undefined) {
    const message = `migrator stays until ${target.name} has taken the move, because ${source.name} makes no call by itself; it does not wait for the rest`;
    reporter.report({ type: 'notice', message });
  }
  const { projects } = input.request;
  // All are prepared before the first one is moved, so that a wrong name or a missing consent leaves nothing half done.
  const ready: Ready[] = [];
  for (const project of projects.length === 0 ? [undefined] : projects)
    ready.push(await prepareOne(project, input, ports, signal));
  for (const one of ready) requireConsentable(one, input, ports);
  for (const prepared of ready) {
    try {
      const one = await (input.dryRun ? rehearse : moveOne)(prepared, input, ports, targetInfo, signal);
      if (one.status?.undelivered === true && input.route === 'auto' && !input.dryRun)
        return { undelivered: `${source.name} could not deliver "${one.project}" to ${target.name}` };
      moved.push(judged(one));
    } catch (error) {
      throw isMigratorError(error) && projects.length > 1
        ? halfDone(error, moved, projects, handleOfProject(projects[moved.length], ports))
        : error;
    }
  }
  const stuck = await leftMaintenance(target, targetInfo, reporter, signal);
  return {
    outcome: worst(...moved.map(({ outcome }) => outcome), stuck.length === 0 ? 'done' : 'partial'),
    route: 'move',
    rerouted: undefined,
    projects: moved.map(({ project }) => project),
    jobs: moved.flatMap((one) => handleIn(one) ?? []),
    logOf: input.dryRun ? moved.map(handleIn).findLast((handle) => handle !== undefined) : undefined,
    package: undefined,
    plan: moved.flatMap(({ plan }) => plan),
    dryRun: input.dryRun,
    warnings: [...new Set([...stuck, ...moved.flatMap(({ status, omits }) => warningsOf(status, { omits }))])],
    waitingFor: moved.map(({ status }) => (status?.state === 'waiting' ? status.waitingFor : undefined)).find(Boolean),
    each: moved.map(outcomeOf),
    items: moved.flatMap(({ status }): readonly JobItem[] => status?.items ?? []),
    result: combined(moved.flatMap(({ result }) => result ?? [])),
    backup: moved.map(({ backup }) => backup).find(Boolean),
    left: moved.flatMap((one) => leftByMove(one, input, ports)),
    log: moved.flatMap(({ log }) => log ?? []),
  };
}

/** The error that stopped a move of several projects, with what became of each of them. */
function halfDone(
  error: MigratorError,
  moved: readonly Moved[],
  projects: readonly string[],
  handle: string | undefined,
): MigratorError {
  const [failed = '', ...later] = projects.slice(moved.length);
  const told = (names: readonly string[], word: string): readonly string[] =>
    names.length === 0 ? [] : [`${word}: ${names.map((name) => `"${name}"`).join(', ')}`];
  const earlier = moved.map(({ project }) => project);
  const message = [
    `"${failed}": ${error.message}`,
    ...told(earlier, 'moved or started before'),
    ...told(later, 'not started'),
  ].join('; ');
  // After these errors the job goes on.
  const goesOn = handle !== undefined && isMigratorError(error, 'CANCELLED', 'STILL_RUNNING', 'REMOTE_UNREACHABLE');
  const each: readonly ProjectOutcome[] = [
    ...moved.map(outcomeOf),
    { project: failed, outcome: goesOn ? 'started' : 'failed', handle, reason: error.message },
    ...later.map((project) => ({ project, outcome: 'not-started' as const })),
  ];
  return new MigratorError(error.code, message, {
    hint: error.hint,
    details: { ...error.details, each },
    cause: error,
  });
}

function outcomeOf(moved: Moved): ProjectOutcome {
  return { project: moved.project, outcome: moved.outcome, handle: handleIn(moved), backup: moved.backup };
}

/** The handle of a job that the server still has. */
const handleIn = ({ job, removed }: Attempt) => (removed === true ? undefined : job?.handle);

interface Attempt {
  readonly project: string;
  /** Undefined for a dry run that only plans. */
  readonly job: StartedJob | undefined;
  readonly status: JobStatus | undefined;
  readonly plan: readonly PlanItem[];
  readonly omits: readonly string[] | undefined;
  readonly result?: Result | undefined;
  readonly backup?: string | undefined;
  readonly log?: MigrateReport['log'];
  /** The job of a dry run is not on its server any more, and neither is its log. */
  readonly removed?: boolean;
}

interface Moved extends Attempt {
  readonly outcome: Outcome;
}

/** The handle of the job of a project, once this run has started it. */
function handleOfProject(project: string | undefined, { source, run }: MigratePorts): string | undefined {
  const id = run.record.facts[`${stepOf(project)}.job`];
  return typeof id === 'string' ? handleOf(source, id) : undefined;
}

const stepOf = (project: string | undefined) => `move:${project ?? ''}` as const;

interface Ready {
  readonly project: string | undefined;
  readonly step: ReturnType<typeof stepOf>;
  readonly prepared: PreparedMove;
}

async function prepareOne(
  project: string | undefined,
  input: MigrateInput,
  ports: MigratePorts,
  signal: AbortSignal,
): Promise<Ready> {
  const { source, target, run, secrets } = ports;
  const moves = facet(source, 'moves');
  const step = stepOf(project);
  const request: MoveRequest = {
    project,
    dryRun: input.dryRun,
    options: { ...input.request.options, ...input.importOptions },
    secrets: Object.keys(secrets),
  };
  const prepared = await prepareOnce(step, 'begun', {
    run,
    prepare: () => moves.prepare(request, target, signal),
    find: (earlier, since) => moves.find(earlier, since, signal),
  });
  return { project, step, prepared };
}

/** The question before a project is moved. Undefined when there is none, or when the move has begun. */
function questionOf({ step, prepared }: Ready, { dryRun, overwrites }: MigrateInput, { target, run }: MigratePorts) {
  if (dryRun || isBegun(run.record.facts, step)) return undefined;
  return questionBefore({ target: target.name, plan: prepared.plan, consent: prepared.consent, overwrites });
}

function requireConsentable(ready: Ready, input: MigrateInput, ports: MigratePorts): void {
  const question = questionOf(ready, input, ports);
  if (question !== undefined) ports.requireAnswerable?.(question);
}

async function moveOne(
  ready: Ready,
  input: MigrateInput,
  ports: MigratePorts,
  info: InstanceInfo,
  signal: AbortSignal,
): Promise<Attempt> {
  const { source, target, reporter, run, secrets } = ports;
  const { project, step, prepared } = ready;
  const moves = facet(source, 'moves');
  const { plan = [] } = prepared;
  const base = { project: prepared.project, plan, omits: prepared.omits };
  announce(prepared, reporter);
  // The result of a dry run is its plan, so that one is told once.
  if (!input.dryRun) announcePlan(plan, target.name, reporter);
  if (input.dryRun && moves.dryRuns === 'plan') {
    const omits = [...withoutPlan(prepared.plan, target.name), ...(prepared.omits ?? [])];
    return { ...base, omits, job: undefined, status: undefined };
  }
  const { scope, backup: wanted } = prepared;
  let backup: string | null | undefined = run.record.facts[`${backupStep(step)}.file`];
  if (!isBegun(run.record.facts, step)) {
    const question = questionOf(ready, input, ports);
    const need = { step, target, info, scope, backup: wanted, place: ports.backup, destroys: question !== undefined };
    backup = await backUp(need, ports, signal);
    await requireConsent(question, `the move of "${prepared.project}" was not started`, ports);
  }
  const look = input.dryRun
    ? undefined
    : await lookBefore(
        {
          step,
          target,
          scope,
          plan,
          whole: true,
          overwrites: input.overwrites,
          counterpart: input.counterpart?.(project === undefined ? [] : [project]),
          open: () => Promise.resolve(source),
          undoable: target.adapter.jobs.undo !== undefined,
        },
        ports,
        signal,
      );
  const { job, status } = await runJob(
    {
      step,
      instance: source,
      kind: input.dryRun ? 'dry-run' : 'move',
      subject: `${prepared.project} to ${target.name}`,
      waiting: input,
      start: (inner) => moves.start(prepared, target, secrets, inner),
      find: (since, inner) => moves.find(prepared, since, inner),
    },
    ports,
    signal,
  );
  const isOver = status !== undefined && isFinal(status.state);
  const result = isOver ? await look?.(status) : undefined;
  const log = isOver && input.log === true ? await readLog(source, job.id, signal) : [];
  return { ...base, job, status, result, backup: backup ?? undefined, log };
}

/** A dry run, and what it made is removed, also when it is refused half-way. */
async function rehearse(
  ready: Ready,
  input: MigrateInput,
  ports: MigratePorts,
  info: InstanceInfo,
  signal: AbortSignal,
): Promise<Attempt> {
  const { source, reporter, run } = ports;
  let removed = false;
  const rehearsed = await cleaningUp(
    async () => {
      const attempt = await moveOne(ready, input, ports, info, signal);
      const { job, status } = attempt;
      const isOver = job !== undefined && status !== undefined && isFinal(status.state);
      const tells = isOver && input.log !== true && attempt.plan.length === 0;
      return tells ? { ...attempt, log: await readLog(source, job.id, signal) } : attempt;
    },
    async () => {
      const id = run.record.facts[`${ready.step}.job`];
      const handle = handleOfProject(ready.project, ports);
      if (typeof id !== 'string' || handle === undefined) return;
      removed = await discardJob({ id, handle }, facet(source, 'moves'), { source, reporter }, signal);
    },
  );
  return { ...rehearsed, removed };
}

function judged(attempt: Attempt): Moved {
  const { job, status, result, removed } = attempt;
  if (job === undefined) return { ...attempt, outcome: 'done' };
  if (status === undefined || status.state === 'waiting') return { ...attempt, outcome: 'started' };
  return { ...attempt, outcome: judge(job.handle, status, result, removed) };
}
