import { MigratorError } from '../../errors.ts';
import type { Jobs, JobStatus, LogLine } from '../../ports/job.ts';
import { plural } from '../../plural.ts';
import { changesTasks, noWish } from './tasks/wish.ts';
import { parseJobId, type Job } from './job-id.ts';
import { settleTasks, withTasks, type Brought } from './tasks/after.ts';
import { migrationStatus } from './move-status.ts';
import { changesSince } from './projects/changes-since.ts';
import { lookInto } from './projects/look-up.ts';
import { peerNamed, type Server } from './server.ts';
import { stateOfTally } from './wire/asset-results.ts';
import { formatPath } from './wire/paths.ts';

export function createJobs(server: Server): Jobs {
  const told = (id: string, signal: AbortSignal): Promise<JobStatus> => {
    const job = parseJobId(id);
    switch (job.kind) {
      case 'move':
      case 'token':
        return migrationStatus(server, id, job, signal);
      case 'export':
        return exportStatus(server, id, job, signal);
      case 'import':
        return importStatus(server, id, job, signal);
    }
  };
  const bare = async (id: string, signal: AbortSignal): Promise<JobStatus> => {
    const status = await told(id, signal);
    if (status.state === 'running') server.ledger.keepAtWork(id);
    return status;
  };
  /** The tasks that a job of this id brings. */
  const tasksFor = async (id: string, status: JobStatus): Promise<Brought | undefined> => {
    const job = parseJobId(id);
    const ended = status.state === 'succeeded' || status.state === 'partial';
    if (!ended || (job.kind !== 'move' && job.kind !== 'import')) return undefined;
    const there = job.kind === 'move' ? ((await peerNamed(server, job.peer)) ?? server) : server;
    const { destination: path, startedAt, tasks: wish = noWish } = job;
    const { ledger } = server;
    return { there, ledger, path, wish, startedAt, status, fresh: ledger.isOwn(id) };
  };
  const status = async (id: string, signal: AbortSignal): Promise<JobStatus> => {
    const ended = await bare(id, signal);
    const tasks = await tasksFor(id, ended);
    return tasks === undefined ? ended : withTasks(tasks, signal);
  };
  return {
    status,
    advance: async (id, signal) => {
      const job = parseJobId(id);
      if ((job.kind !== 'move' && job.kind !== 'import') || !changesTasks(job.tasks ?? noWish)) return;
      const tasks = await tasksFor(id, await bare(id, signal));
      if (tasks !== undefined) await settleTasks(tasks, signal);
    },
    log: async function* (id, signal) {
      yield* linesOf(await status(id, signal));
    },
    // The control plane keeps no list of jobs, so these are the jobs of this process.
    list: async function* ({ limit }, signal) {
      for (const { id, title, startedAt } of server.ledger.jobs().slice(0, limit)) {
        const { kind, state, wireState } = await status(id, signal);
        yield { id, kind, state, wireState, title, queuedAt: startedAt.toISOString() };
      }
      if (signal.aborted) throw new MigratorError('CANCELLED', 'the list of jobs was interrupted');
    },
  };
}

/** An export is one GET, so it is ready as long as the project exists. */
async function exportStatus(
  server: Server,
  id: string,
  { source, startedAt }: Extract<Job, { kind: 'export' }>,
  signal: AbortSignal,
): Promise<JobStatus> {
  const { exists } = await lookInto(server, source, signal);
  const base = { id, kind: 'export', startedAt: startedAt.toISOString() } as const;
  if (exists) return { ...base, state: 'succeeded', wireState: 'ready', messages: [] };
  const text = `${formatPath(source)} is no longer there`;
  return { ...base, state: 'failed', wireState: 'gone', messages: [{ level: 'error', text }] };
}

/**
 * The server tells the result of an import once. Another process can only look at the project. A handle that was made
 * after the answer holds how many assets were done, failed, skipped or warned of, but not which.
 */
async function importStatus(
  server: Server,
  id: string,
  { destination, duplicates, startedAt, told }: Extract<Job, { kind: 'import' }>,
  signal: AbortSignal,
): Promise<JobStatus> {
  const known = server.ledger.result(id);
  if (known !== undefined) return known;
  const { place, changed, isNew } = await changesSince(server, destination, startedAt, signal);
  const path = formatPath(destination);
  const base = { id, kind: 'import', startedAt: startedAt.toISOString() } as const;
  const items = changed.map(({ type: kind, name }) => ({ kind, name, action: 'done' as const }));
  const seen =
    place.project === undefined
      ? `there is no project ${path}`
      : changed.length === 0
        ? `nothing in ${path} has changed since`
        : `${plural(changed.length, 'asset')} of ${path} changed since`;
  // An answer without results tells something only of an import that had nothing to bring.
  if (told !== undefined && (isNew || Object.values(told).some((count) => count > 0))) {
    const { done, failed, skipped, warned } = told;
    const state = stateOfTally(told);
    const counts = `${done} done, ${failed} failed, ${skipped} skipped, ${warned} warned of`;
    const level = state === 'succeeded' ? 'info' : 'warning';
    const text = `the control plane counted the assets: ${counts}; it names them only once, to the process that sent the import; ${seen}`;
    return { ...base, state, wireState: 'answered', messages: [{ level, text }], items };
  }
  const unheard = { ...base, wireState: 'answer not heard' };
  if (place.project === undefined) return { ...unheard, state: 'failed', messages: [{ level: 'error', text: seen }] };
  const text =
    `the control plane tells the result of an import once, to the process that sent it; ${seen}` +
    (duplicates === 'create_new' ? '; a copy has a number after its name' : '');
  return { ...unheard, state: 'partial', messages: [{ level: 'warning', text }], items };
}

function* linesOf({ items = [], messages, state, wireState, startedAt }: JobStatus): Iterable<LogLine> {
  const at = startedAt === undefined ? {} : { at: startedAt };
  yield { ...at, level: 'info', depth: 0, text: `${state} (${wireState})` };
  for (const { kind, name, action, reason } of items) {
    const level = action === 'failed' ? 'error' : 'info';
    yield { level, depth: 1, text: `${kind} "${name}": ${action}${reason === undefined ? '' : ` (${reason})`}` };
  }
  const told = new Set(
    items.filter(({ action }) => action === 'failed').map(({ kind, name }) => `${kind} "${name}": `),
  );
  for (const { level, text } of messages) {
    // A failed asset is among the items already.
    if (level === 'error' && [...told].some((start) => text.startsWith(start))) continue;
    yield { level, depth: 1, text };
  }
}
