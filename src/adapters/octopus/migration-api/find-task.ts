import { MigratorError } from '../../../errors.ts';
import type { PackageRef } from '../../../ports/artifact.ts';
import type { Clock } from '../../../ports/runtime.ts';
import { headerMs, skewMs, withHint } from '../../shared/answers.ts';
import { exportTask, isDryRun } from '../jobs.ts';
import type { Server } from '../server.ts';
import type { TaskResource } from '../wire/schemas.ts';

export interface Sought {
  readonly name: string;
  readonly package: PackageRef;
  /** For imports: whether a dry run is sought, or an import. */
  readonly dryRun?: boolean;
}

type Evidence = 'ours' | 'other' | 'silent';

/**
 * The id of the task that a migration request began when its answer was lost. The task is known by the id and version
 * of its package, which stand in its arguments or in its log. Undefined when every task is of another package; CONFLICT
 * when there is a task that does not name its package.
 */
export function findTask(
  server: Server,
  sought: Sought,
  startedAfter: Date,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  return withHint('look at the tasks in the web portal before you repeat it', async () => {
    const { links } = await server.root(signal);
    const ours: TaskResource[] = [];
    const silent: TaskResource[] = [];
    let page: Date | undefined;
    let skew = -skewMs;
    for await (const { item: task, serverTime } of server.client.tasks(links, sought.name, signal)) {
      // The clocks are compared when a page arrives, before the logs of its tasks are read.
      if (serverTime !== undefined && serverTime !== page) {
        skew = serverTime.getTime() - clock.now().getTime() - headerMs;
        page = serverTime;
      }
      // The list is newest first, so all further tasks are older. A task without a time is looked at.
      if (Date.parse(task.QueueTime ?? '') < startedAfter.getTime() + skew) break;
      if (task.Name !== sought.name) continue;
      const evidence = await judge(server, task, sought, signal);
      if (evidence === 'ours') ours.push(task);
      if (evidence === 'silent') silent.push(task);
    }
    // The version of an export is unique. An import of the same package may have been tried several times.
    if (ours.length === 1 || (ours.length > 1 && sought.name === exportTask)) return ours[0]?.Id;
    const unclear = ours.length > 0 ? ours : silent;
    if (unclear.length === 0) return undefined;
    const ref = `${sought.package.id} ${sought.package.version}`;
    throw new MigratorError('CONFLICT', `migrator cannot tell which task belongs to ${ref}`, {
      hint: `look at ${unclear.map(({ Id }) => Id).join(', ')} in the web portal; if none is this run's, start a new run with --fresh`,
      details: { tasks: unclear.map(({ Id }) => Id) },
    });
  });
}

async function judge(server: Server, task: TaskResource, sought: Sought, signal: AbortSignal): Promise<Evidence> {
  const dryRun = isDryRun(task);
  if (sought.dryRun !== undefined && dryRun !== undefined && dryRun !== sought.dryRun) return 'other';
  const byArguments = judgeArguments(task, sought.package);
  if (byArguments === 'other') return 'other';
  // The arguments may name the package, but not tell a dry run from an import.
  if (byArguments === 'ours' && (sought.dryRun !== false || dryRun !== undefined)) return 'ours';
  const text = `${task.Description ?? ''}\n${await server.client.taskText(task, signal)}`;
  if (byArguments === 'silent') return judgeLog(text, sought);
  return isDryRunOf(text, sought.package) ? 'other' : 'ours';
}

/**
 * A line names a dry run and the package, or begins with a dry run. Other lines do not count, because a project may be
 * called Dry Run.
 */
function isDryRunOf(text: string, ref: PackageRef): boolean {
  return text
    .split('\n')
    .some((line) => /dry[- ]?run/i.test(line) && (mentions(line, ref) || /\|\s*dry[- ]?run\b/i.test(line)));
}

function judgeArguments(task: TaskResource, ref: PackageRef): Evidence {
  const values = Object.values(task.Arguments).flat().map(String);
  if (values.some((value) => value === ref.version || mentions(value, ref))) return 'ours';
  const versioned = Object.entries(task.Arguments).some(
    ([name, value]) => /package_?version/i.test(name) && typeof value === 'string' && value !== '',
  );
  return versioned ? 'other' : 'silent';
}

function judgeLog(text: string, sought: Sought): Evidence {
  if (mentions(text, sought.package)) {
    return sought.dryRun === false && isDryRunOf(text, sought.package) ? 'other' : 'ours';
  }
  return packageFiles(text).length > 0 ? 'other' : 'silent';
}

/** Id and version stand there as one name, or as two words on one line. */
function mentions(text: string, { id, version }: PackageRef): boolean {
  const word = (value: string): RegExp => new RegExp(`(?<![\\w.-])${escaped(value)}(?![\\w-]|\\.\\d)`);
  const whole = word(`${id}.${version}`);
  return whole.test(text) || text.split('\n').some((line) => word(id).test(line) && word(version).test(line));
}

/** The names of the package files in a log, without `.zip`. */
export function packageFiles(text: string): string[] {
  return [...text.matchAll(/([\w.+-]+)\.zip\b/g)].map(([, name]) => name ?? '');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
