import { plural } from '../../../plural.ts';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { JobMessage, JobStatus } from '../../../ports/job.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import { headerMs } from '../../shared/answers.ts';
import type { Server } from '../server.ts';
import type { Ledger } from '../started-jobs.ts';
import { formatPath, segmentsOf, type ProjectPath } from '../wire/paths.ts';
import type { Entry } from '../wire/schemas.ts';
import { means, snaplexesOf, tasksOf, type Task } from './task.ts';
import type { TaskWish } from './wish.ts';

const atOnce = 6;
/** These say nothing of the task: the call is made again. */
const passing = ['CANCELLED', 'REMOTE_UNREACHABLE'];

/** Tasks that a job has brought. */
export interface Brought {
  /** Who looks at them. */
  readonly there: Server;
  readonly ledger: Ledger;
  readonly path: ProjectPath;
  readonly wish: TaskWish;
  /** By the clock of this machine. */
  readonly startedAt: Date;
  readonly status: JobStatus;
  /** This process has started the job, or has seen it at work. */
  readonly fresh: boolean;
}

/**
 * Makes the calls that the wish needs, once for each task: what people change afterwards is theirs. What fails is kept for
 * `withTasks`, because the job itself is done.
 */
export async function settleTasks(brought: Brought, signal: AbortSignal): Promise<void> {
  const { there, ledger, path, wish, status } = brought;
  const { tasks, touched } = await tasksOfJob(brought, signal);
  const open = tasks.filter(({ name }) => {
    const fate = ledger.taskFate(status.id, name);
    return fate === undefined ? !touched.has(name) : fate !== 'met';
  });
  const failures = inParallel(open, atOnce, async (task) => ({
    name: task.name,
    why: isUnmet(task, wish)
      ? await settled(there, `${formatPath(path)}/${task.name}`, { task, wish }, signal)
      : undefined,
  }));
  for await (const { name, why } of failures) ledger.keepTaskFate(status.id, name, why === undefined ? 'met' : { why });
}

/** Why the calls for one task failed; empty when they did not. */
async function settled(
  { client }: Server,
  where: string,
  { task, wish }: { readonly task: Task; readonly wish: TaskWish },
  signal: AbortSignal,
): Promise<string> {
  const plex = plexFor(task, wish);
  try {
    const failures = [
      ...(plex === undefined ? [] : await client.setTaskSnaplex(where, plex, signal)),
      ...(isOff(task, wish) ? await client.enableTask(where, signal) : []),
    ];
    return failures.join('; ');
  } catch (error) {
    if (!(error instanceof MigratorError) || passing.includes(error.code)) throw error;
    return error.message;
  }
}

/**
 * The status with what the target shows of the tasks that arrived. A wish that could not be met makes it partial. While a
 * process has yet to try, the status is `attended`.
 */
export async function withTasks(brought: Brought, signal: AbortSignal): Promise<JobStatus> {
  const { there, path, wish, status } = brought;
  const names = arrivedIn(status);
  if (names.size === 0) return status;
  let found: Awaited<ReturnType<typeof tasksOfJob>>;
  try {
    found = await tasksOfJob(brought, signal);
  } catch (error) {
    if (!isMigratorError(error, 'AUTH_REFUSED', 'NOT_FOUND')) throw error;
    const text = `${plural(names.size, 'task')} arrived in ${formatPath(path)}, and this account may not read them: look whether they are enabled, and on which Snaplex`;
    return { ...status, messages: [...status.messages, { level: 'warning', text }] };
  }
  const { tasks, touched } = found;
  const { failed, open, changed } = sorted(brought, tasks, touched);
  const known = (await snaplexesOf(there, path.org, signal))?.map(({ runtime_path_id: id }) => id);
  return {
    ...status,
    ...(open.length > 0 ? { attended: true } : {}),
    state: failed.length > 0 && status.state === 'succeeded' ? 'partial' : status.state,
    messages: [
      ...status.messages,
      ...failed.map(({ task, why }) => unmetMessage(task, wish, why)),
      ...notYet(open, changed, wish),
      ...aftermath(tasks, wish, known, path),
    ],
  };
}

/** The tasks that are not as the wish wants them: the calls failed, nobody has tried yet, or people changed them since. */
function sorted({ ledger, status, wish }: Brought, tasks: readonly Task[], touched: ReadonlySet<string>) {
  const failed: { readonly task: Task; readonly why: string }[] = [];
  const [open, changed]: [Task[], Task[]] = [[], []];
  for (const task of tasks) {
    const { name } = task;
    const fate = ledger.taskFate(status.id, name);
    if (!isUnmet(task, wish)) {
      if (fate !== undefined) ledger.keepTaskFate(status.id, name, 'met');
    } else if (fate === undefined) (touched.has(name) ? changed : open).push(task);
    else if (fate === 'met') changed.push(task);
    else failed.push({ task, why: fate.why });
  }
  return { failed, open, changed };
}

/**
 * The longest pause within a migration or an import. The control plane does not tell when a migration has ended, so the end
 * is the last change before a longer pause.
 */
const pauseMs = 2000;

/**
 * The tasks that the job brought, and which of them were changed after it: by people, or by a process that has met the
 * wish. Nobody else keeps what was done. A process that was there from the start knows it better than the times do.
 */
async function tasksOfJob({ there, path, status, startedAt, fresh }: Brought, signal: AbortSignal) {
  const names = arrivedIn(status);
  if (names.size === 0) return { tasks: [], touched: new Set<string>() };
  const { entries, serverTime } = await there.client.list(segmentsOf(path), signal);
  const mine = entries.filter(({ name }) => names.has(name));
  const tasks = await tasksOf(there, mine, signal);
  if (fresh) return { tasks, touched: new Set<string>() };
  const ahead = serverTime === undefined ? 0 : serverTime.getTime() - there.tools.clock.now().getTime() - headerMs;
  const end = endOfArrival(entries, startedAt.getTime() + ahead);
  const touched = mine.filter(({ time_updated: at }) => Date.parse(at ?? '') > end).map(({ name }) => name);
  return { tasks, touched: new Set(touched) };
}

function endOfArrival(entries: readonly Entry[], from: number): number {
  const times = entries
    .flatMap(({ time_created: created, time_updated: updated }) => [created, updated])
    .map((time) => Date.parse(time ?? ''))
    .filter((time) => time >= from)
    .toSorted((one, other) => one - other);
  return times.reduce((end, time) => (time - end <= pauseMs ? time : end), times[0] ?? from);
}

const arrivedIn = ({ items = [] }: JobStatus): ReadonlySet<string> =>
  new Set(items.flatMap(({ kind, name, action }) => (kind === 'Job' && action === 'done' ? [name] : [])));

/** The Snaplex that a task should have and has not. */
function plexFor({ snaplex }: Task, { snaplexes }: TaskWish): string | undefined {
  if (snaplex === undefined) return undefined;
  const to = snaplexes.find(([from]) => means(from, snaplex))?.[1];
  return to === snaplex ? undefined : to;
}

const isOff = ({ name, enabled }: Task, { enable, leave }: TaskWish): boolean =>
  enable && enabled === false && !leave.includes(name);

const isUnmet = (task: Task, wish: TaskWish): boolean => plexFor(task, wish) !== undefined || isOff(task, wish);

/** What a wish comes from, in words. */
const wanted = ({ restores }: TaskWish, them: string): string =>
  restores === true ? 'enabled as before' : `as --task-snaplex and --enable-tasks want ${them}`;

const tasksAre = (count: number): string => `${plural(count, 'task')} ${count === 1 ? 'is' : 'are'}`;

function notYet(open: readonly Task[], changed: readonly Task[], of: TaskWish): readonly JobMessage[] {
  const wish = wanted(of, 'them');
  const texts = [
    ...(open.length === 0
      ? []
      : [`${tasksAre(open.length)} not yet ${wish}: ${named(open)}; job wait sets those that nobody has changed`]),
    ...(changed.length === 0
      ? []
      : [`${tasksAre(changed.length)} not ${wish}, and left so because of later changes: ${named(changed)}`]),
  ];
  return texts.map((text) => ({ level: 'warning', text }));
}

function unmetMessage({ name }: Task, wish: TaskWish, why: string): JobMessage {
  const tail = why === '' ? ', although the control plane says so' : `: ${why}`;
  return { level: 'error', text: `Job "${name}" is not ${wanted(wish, 'it')}${tail}` };
}

const mostNames = 5;

function named(tasks: readonly Task[]): string {
  return someOf(tasks.map(({ name }) => name));
}

function someOf(texts: readonly string[]): string {
  const more = texts.length - mostNames;
  return [...texts.slice(0, mostNames), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** A pair of the option for each Snaplex, as it is typed. */
function pairsFor(tasks: readonly Task[]): string {
  const snaplexes = new Set(tasks.flatMap(({ snaplex }) => snaplex ?? []));
  return [...snaplexes].map((id) => `--task-snaplex ${/\s/u.test(id) ? `"${id}=new"` : `${id}=new`}`).join(' ');
}

function aftermath(
  tasks: readonly Task[],
  { before, restores = false, leave }: TaskWish,
  known: readonly string[] | undefined,
  path: ProjectPath,
): readonly JobMessage[] {
  // What was disabled before comes back so.
  const off = tasks.filter(({ name, enabled }) => enabled === false && !(restores && leave.includes(name)));
  const astray = tasks.filter(({ snaplex }) => snaplex !== undefined && known?.includes(snaplex) === false);
  const scheduled = tasks.filter((task) => task.scheduled).length;
  const of = `of ${plural(tasks.length, 'task')} that arrived in ${formatPath(path)}`;
  const hint = `enable them ${restores ? '' : 'with --enable-tasks, or '}on the control plane`;
  const was = before.enabled === 0 ? '' : `; ${before.enabled} of those they replaced were enabled`;
  const texts = [
    ...(off.length === 0
      ? []
      : [`${off.length} ${of} ${off.length === 1 ? 'is' : 'are'} disabled: ${named(off)}${was}; ${hint}`]),
    ...(astray.length === 0
      ? []
      : [
          `${astray.length} ${of} ${astray.length === 1 ? 'names' : 'name'} a Snaplex that ${path.org} does not have: ${named(astray)}; give them another one ${restores ? 'on the control plane' : `with ${pairsFor(astray)}`}`,
        ]),
    ...(scheduled < before.scheduled
      ? [
          `tasks with a schedule in ${formatPath(path)}: ${before.scheduled} before they were overwritten, ${scheduled} now`,
        ]
      : []),
  ];
  return texts.map((text) => ({ level: 'warning', text }));
}
