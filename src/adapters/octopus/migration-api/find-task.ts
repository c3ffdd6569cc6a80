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
  /** For imports: which of the two kinds. */
  readonly dryRun?: boolean;
}

type Evidence = 'ours' | 'other' | 'silent';

/**
 * The task that a migration request began, when its answer was lost. The package's id and version are the evidence:
 * in the task's arguments, else in its log. Undefined when every candidate is provably another one's; CONFLICT when a
 * task is there that says nothing about its package.
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
      // The clocks are compared as a page arrives, not after its logs were read.
      if (serverTime !== undefined && serverTime !== page) {
        skew = serverTime.getTime() - clock.now().getTime() - headerMs;
        page = serverTime;
      }
      // Newest first, so the rest is older still. A task without a time is looked at.
      if (Date.parse(task.QueueTime ?? '') < startedAfter.getTime() + skew) break;
      if (task.Name !== sought.name) continue;
      const evidence = await judge(server, task, sought, signal);
      if (evidence === 'ours') ours.push(task);
      if (evidence === 'silent') silent.push(task);
    }
    // The version of an export is its own; an import of the same package may have been tried several times.
    if (ours.length === 1 || (ours.length > 1 && sought.name === exportTask)) return ours[0]?.Id;
    const unclear = ours.length > 0 ? ours : silent;
    if (unclear.length === 0) return undefined;
    const ref = `${sought.package.id} ${sought.package.version}`;
    throw new MigratorError('CONFLICT', `it cannot be told which task belongs to ${ref}`, {
      hint: `look at ${unclear.map(({ Id }) => Id).join(', ')} in the web portal; if none is this run's, begin anew with --fresh`,
      details: { tasks: unclear.map(({ Id }) => Id) },
    });
  });
}

async function judge(server: Server, task: TaskResource, sought: Sought, signal: AbortSignal): Promise<Evidence> {
  const dryRun = isDryRun(task);
  if (sought.dryRun !== undefined && dryRun !== undefined && dryRun !== sought.dryRun) return 'other';
  const byArguments = judgeArguments(task, sought.package);
  if (byArguments === 'other') return 'other';
  // The arguments may name the package without telling whether it was rehearsed or imported.
  if (byArguments === 'ours' && (sought.dryRun !== false || dryRun !== undefined)) return 'ours';
  const text = `${task.Description ?? ''}\n${await server.client.taskText(task, signal)}`;
  if (byArguments === 'silent') return judgeLog(text, sought);
  return isRehearsal(text, sought.package) ? 'other' : 'ours';
}

/** A line that speaks of a dry run and of the package, or begins with it: a project may be called Dry Run. */
function isRehearsal(text: string, ref: PackageRef): boolean {
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
    return sought.dryRun === false && isRehearsal(text, sought.package) ? 'other' : 'ours';
  }
  return packageFiles(text).length > 0 ? 'other' : 'silent';
}

/** Id and version as one name, or on the same line as words of their own. */
function mentions(text: string, { id, version }: PackageRef): boolean {
  const word = (value: string): RegExp => new RegExp(`(?<![\\w.-])${escaped(value)}(?![\\w-]|\\.\\d)`);
  const whole = word(`${id}.${version}`);
  return whole.test(text) || text.split('\n').some((line) => word(id).test(line) && word(version).test(line));
}

/** Names of the package files that a log speaks of, without `.zip`. */
export function packageFiles(text: string): string[] {
  return [...text.matchAll(/([\w.+-]+)\.zip\b/g)].map(([, name]) => name ?? '');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
