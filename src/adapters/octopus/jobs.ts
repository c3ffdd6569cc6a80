import { isMigratorError, MigratorError } from '../../errors.ts';
import type { JobKind, JobMessage, Jobs, JobState, JobStatus, JobSummary, LogLine } from '../../ports/job.ts';
import { plural } from '../../plural.ts';
import { parseJobId, shortId } from './job-id.ts';
import type { Server } from './server.ts';
import { checkPackageOf, isOtherTask } from './task-package.ts';
import type { TaskDetails, TaskResource } from './wire/schemas.ts';
import { taskLinks, type Links } from './wire/links.ts';
import { activityOf, linesOf, linesOfText, messagesOf, treesOf } from './wire/task-log.ts';

export const exportTask = 'MigrationPartialExport';
export const importTask = 'MigrationImport';
/** How servers seem to name the tasks of Projects Export/Import. No document of the product tells. */
const projectTasks = ['ProjectExport', 'ProjectImport'];

export function createJobs(server: Server): Jobs {
  const explanations = new Map<string, string | undefined>();
  // The log of the job that ended last. It changes no more.
  let ended: { readonly id: string; readonly lines: readonly LogLine[] } | undefined;
  return {
    shortId,
    status: async (id, signal) => {
      const { task, details } = await lookAt(server, id, signal);
      const base = summaryOf(task, parseJobId(id).projects);
      const common = {
        ...base,
        id,
        ...(task.StartTime === undefined ? {} : { startedAt: task.StartTime }),
        ...(task.CompletedTime === undefined ? {} : { finishedAt: task.CompletedTime }),
        messages: [] as readonly JobMessage[],
      };
      if (base.state === 'queued') {
        // Why it waits is asked once, so that a look stays one request.
        if (!explanations.has(task.Id)) explanations.set(task.Id, await queueActivity(server, task, signal));
        return { ...common, activity: explanations.get(task.Id) };
      }
      explanations.delete(task.Id);
      if (isFinal(base.state)) {
        const lines = await logOf(server, task, signal);
        ended = { id, lines };
        const found = verdict(task, lines);
        return { ...common, ...found, ...(isUndelivered(task, found.state, lines) ? { undelivered: true } : {}) };
      }
      return { ...common, ...progressOf(details) };
    },
    log: async function* (id, signal) {
      yield* ended?.id === id ? ended.lines : await logOf(server, await taskOf(server, id, signal), signal);
    },
    list: async function* ({ all, limit }, signal) {
      const { links } = await server.root(signal);
      const more = links.has('exportprojects') ? projectTasks : [];
      yield* list(server, all ? [undefined] : [exportTask, importTask, ...more], limit, signal);
    },
    cancel: async (id, signal) => {
      const task = await taskOf(server, id, signal);
      if (isFinal(stateOf(task))) throw finished(task);
      try {
        await server.client.cancelTask(task, signal);
      } catch (error) {
        // The server refuses when the task has ended since it was looked at.
        if (!isMigratorError(error, 'REMOTE_UNEXPECTED', 'CONFLICT')) throw error;
        const now = await taskOf(server, id, signal);
        throw isFinal(stateOf(now)) ? finished(now) : error;
      }
    },
  };
}

function finished(task: TaskResource): MigratorError {
  return new MigratorError('CONFLICT', `${task.Id} has ended already (${task.State})`);
}

interface Look {
  readonly task: TaskResource;
  readonly details: TaskDetails | undefined;
}

/** The task with its running steps. A server that does not show both at once shows the task alone. */
async function lookAt(server: Server, id: string, signal: AbortSignal): Promise<Look> {
  const { task } = parseJobId(id);
  const details = await askFor(server, id, (links) => server.client.taskOverview(links, task, signal), signal);
  const shown = details?.Task ?? undefined;
  if (shown === undefined) return { task: await taskOf(server, id, signal), details };
  checkTask(shown, id);
  return { task: shown, details };
}

/** The task of a job id. NOT_FOUND when there is none, CONFLICT when it is of another package than the id names. */
export async function taskOf(server: Server, id: string, signal: AbortSignal): Promise<TaskResource> {
  const { task } = parseJobId(id);
  try {
    const found = await askFor(server, id, (links) => server.client.task(links, task, signal), signal);
    checkTask(found, id);
    return found;
  } catch (error) {
    if (!isMigratorError(error, 'NOT_FOUND')) throw error;
    throw new MigratorError('NOT_FOUND', `the server does not know a task ${task}`, {
      hint: '"migrator job list --from <instance>" lists the jobs of an instance',
      cause: error,
    });
  }
}

/**
 * A task of Projects Export/Import belongs to a space, and who may see it need not see those of the server. The task alone
 * does not tell: then the server is asked first, and the space when the server shows nothing.
 */
async function askFor<Answer>(
  server: Server,
  id: string,
  ask: (links: Links) => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  const { projects, package: ref } = parseJobId(id);
  const inSpace = async (): Promise<Answer> => ask(taskLinks(await server.space(signal)));
  if (projects !== undefined) return inSpace();
  const { links } = await server.root(signal);
  try {
    return await ask(links);
  } catch (error) {
    if (ref !== undefined || !isMigratorError(error, 'NOT_FOUND', 'AUTH_REFUSED')) throw error;
    return await inSpace().catch(() => {
      throw error;
    });
  }
}

/** CONFLICT when the task is certainly another one than the id names. */
function checkTask(task: TaskResource, id: string): void {
  const { package: ref, projects } = parseJobId(id);
  if (projects === undefined) {
    checkPackageOf(task, ref);
  } else if (isOtherTask(task.Name)) {
    throw new MigratorError('CONFLICT', `${task.Id} is a task ${task.Name ?? ''}, not an ${projects} of projects`, {
      hint: 'the handle is of another server, or was typed wrongly; list the jobs of this server',
      details: { task: task.Id, shown: task.Name },
    });
  }
}

async function logOf(server: Server, task: TaskResource, signal: AbortSignal): Promise<readonly LogLine[]> {
  const trees = treesOf(await server.client.taskDetails(task, signal));
  return trees.length > 0 ? [...linesOf(trees)] : [...linesOfText(await server.client.taskText(task, signal))];
}

/** Servers speak of the fields of their requests; users know the flags. */
const flags = { IsEncryptedPackage: '--encrypted-package', EncryptPackage: '--encrypt-package' };

const inFlags = (text: string): string =>
  Object.entries(flags).reduce((said, [field, flag]) => said.replaceAll(new RegExp(`\\b${field}\\b`, 'g'), flag), text);

/**
 * Some releases report Success although the log shows that nothing was imported. So errors in the log make the task
 * failed and warnings make it partial. When the server flags a problem that its log does not show, the task has failed.
 */
function verdict(task: TaskResource, lines: readonly LogLine[]): Pick<JobStatus, 'state' | 'messages'> {
  const state = stateOf(task);
  const messages = messagesOf(lines, task.ErrorMessage).map((one) => ({ ...one, text: inFlags(one.text) }));
  if (state !== 'succeeded') return { state, messages };
  if (messages.some(({ level }) => level === 'error')) return { state: 'failed', messages };
  if (messages.length > 0) return { state: 'partial', messages };
  if (!task.HasWarningsOrErrors) return { state, messages };
  const text = 'the server flags warnings or errors for this task, but its log shows none';
  return { state: 'failed', messages: [{ level: 'error', text }] };
}

/** The export was made, and the task failed while it pushed the package: only the delivery failed. */
function isUndelivered(task: TaskResource, state: JobState, lines: readonly LogLine[]): boolean {
  if (task.Name !== exportTask || state !== 'failed') return false;
  return lines.some(({ text }) => /\bpush/i.test(text) && /https?:\/\//i.test(text));
}

function progressOf(details: TaskDetails | undefined): Pick<JobStatus, 'fraction' | 'activity'> {
  const percentage = details?.Progress?.ProgressPercentage;
  return {
    fraction: percentage === undefined ? undefined : Math.min(1, Math.max(0, percentage / 100)),
    activity: activityOf(treesOf(details)),
  };
}

async function queueActivity(server: Server, task: TaskResource, signal: AbortSignal): Promise<string | undefined> {
  const { links } = await server.root(signal);
  const space = task.SpaceId ?? (await server.space(signal)).id;
  if (space !== undefined && links.has('spaces') && (await isStopped(server, space, signal))) {
    return `waits: the task queue of space ${space} is stopped`;
  }
  const ahead = await server.client.queuedBehind(task, signal);
  return ahead === undefined || ahead === 0 ? undefined : `waits behind ${plural(ahead, 'other task')}`;
}

/** False also when the account may not read spaces: the stopped queue only explains why a task waits. */
async function isStopped(server: Server, space: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { links } = await server.root(signal);
    return (await server.client.space(links, space, signal)).TaskQueueStopped;
  } catch (error) {
    if (isMigratorError(error, 'AUTH_REFUSED', 'NOT_FOUND')) return false;
    throw error;
  }
}

async function* list(
  server: Server,
  names: readonly (string | undefined)[],
  limit: number,
  signal: AbortSignal,
): AsyncIterable<JobSummary> {
  const { links } = await server.root(signal);
  const tasks: TaskResource[] = [];
  for (const name of names) {
    let taken = 0;
    for await (const { item } of server.client.tasks(links, name, signal)) {
      if (taken >= limit) break;
      if (name !== undefined && item.Name !== name) continue;
      taken += 1;
      tasks.push(item);
    }
  }
  tasks.sort((one, other) => queuedAt(other) - queuedAt(one));
  for (const task of tasks.slice(0, limit))
    yield { ...summaryOf(task), title: task.Description ?? task.Name ?? task.Id };
}

function queuedAt(task: TaskResource): number {
  const time = Date.parse(task.QueueTime ?? '');
  return Number.isNaN(time) ? 0 : time;
}

function summaryOf(
  task: TaskResource,
  kind: JobKind = kindOf(task),
): Omit<JobSummary, 'title'> & Pick<JobStatus, 'waitingFor'> {
  const waits = task.HasPendingInterruptions && stateOf(task) === 'running';
  return {
    id: task.Id,
    kind,
    state: waits ? 'waiting' : stateOf(task),
    ...(states[task.State] === undefined ? { unclear: true } : {}),
    wireState: task.State,
    ...(waits ? { waitingFor: 'an interruption to be answered in the web portal' } : {}),
    ...(task.QueueTime === undefined ? {} : { queuedAt: task.QueueTime }),
  };
}

/** TimedOut is an end like Failed. An unknown word means that the task still runs, so nobody takes it for a success. */
const states: Readonly<Record<string, JobState>> = {
  Queued: 'queued',
  Executing: 'running',
  Cancelling: 'cancelling',
  Success: 'succeeded',
  Failed: 'failed',
  TimedOut: 'failed',
  Canceled: 'cancelled',
};

function stateOf(task: Pick<TaskResource, 'State'>): JobState {
  return states[task.State] ?? 'running';
}

function isFinal(state: JobState): boolean {
  return state === 'succeeded' || state === 'partial' || state === 'failed' || state === 'cancelled';
}

function kindOf(task: TaskResource): JobKind {
  const projects = /^projects?[ -]?(export|import)$/i.exec(task.Name ?? '')?.[1]?.toLowerCase();
  if (projects !== undefined) return projects === 'export' ? 'export' : 'import';
  if (task.Name === exportTask) return 'export';
  if (task.Name !== importTask) return 'other';
  return isDryRun(task) === true ? 'dry-run' : 'import';
}

/** Whether the task is a dry run; undefined when its arguments do not tell. */
export function isDryRun(task: Pick<TaskResource, 'Arguments'>): boolean | undefined {
  const entry = Object.entries(task.Arguments).find(([name]) => /^is_?dry_?run$/i.test(name));
  return entry === undefined ? undefined : String(entry[1]).toLowerCase() === 'true';
}
