import { MigratorError } from '../../../errors.ts';
import { isOtherTask } from '../task-package.ts';
import { headerMs, skewMs, withHint } from '../../shared/answers.ts';
import { taskLinks } from '../wire/links.ts';
import type { TaskResource } from '../wire/schemas.ts';
import type { ExportImport } from './export-import.ts';

export interface Sought {
  readonly kind: 'export' | 'import';
  /** What the arguments of the task name, whoever writes them: the ids of the projects, or the uploaded file. */
  readonly words: readonly string[];
}

type Evidence = 'ours' | 'other' | 'silent';

/**
 * The id of the task that a request began when its answer was lost. The task is known by its space, its time and its
 * arguments. Undefined when no task of this kind began since then; CONFLICT when there is one of which nobody can tell.
 */
export function findProjectTask(
  { server, tools }: ExportImport,
  sought: Sought,
  startedAfter: Date,
  signal: AbortSignal,
): Promise<string | undefined> {
  return withHint('look at the tasks in the web portal before you repeat it', async () => {
    const space = await server.space(signal);
    const links = taskLinks(space);
    const ours: TaskResource[] = [];
    const silent: TaskResource[] = [];
    let page: Date | undefined;
    let skew = -skewMs;
    for await (const { item: task, serverTime } of server.client.tasks(links, undefined, signal)) {
      if (serverTime !== undefined && serverTime !== page) {
        skew = serverTime.getTime() - tools.clock.now().getTime() - headerMs;
        page = serverTime;
      }
      // The list is newest first, so all further tasks are older.
      if (Date.parse(task.QueueTime ?? '') < startedAfter.getTime() + skew) break;
      if (isOtherTask(task.Name) || (task.SpaceId ?? space.id) !== space.id) continue;
      const evidence = judge(task, sought.words);
      if (evidence === 'ours') ours.push(task);
      if (evidence === 'silent' && isOfKind(task, sought.kind)) silent.push(task);
    }
    const unclear = ours.length > 0 ? ours : silent;
    if (ours.length === 1 || unclear.length === 0) return ours[0]?.Id;
    throw new MigratorError('CONFLICT', `migrator cannot tell which task is the ${sought.kind} of this run`, {
      hint: `look at ${unclear.map(({ Id }) => Id).join(', ')} in the web portal; if none is this run's, start a new run with --fresh`,
      details: { tasks: unclear.map(({ Id }) => Id) },
    });
  });
}

/** No document tells the names of these tasks, so name and description are read as words. */
function isOfKind({ Name, Description }: TaskResource, kind: string): boolean {
  const isProjects = (text: string): boolean => /project/i.test(text) && text.toLowerCase().includes(kind);
  return isProjects(Name ?? '') || isProjects(Description ?? '');
}

/** All words stand in the arguments, some other ones do, or the server shows none. */
function judge({ Arguments }: TaskResource, words: readonly string[]): Evidence {
  const shown = textsIn(Arguments);
  if (words.every((word) => shown.some((text) => text === word))) return 'ours';
  const telling = shown.some((text) => /^Projects-\d+$/.test(text) || /\.zip$/i.test(text));
  return telling ? 'other' : 'silent';
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/[\s,;]+/);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
