import { json } from '../refusal.ts';
import { needSpaceManager } from '../space-managers.ts';
import type { TaskQueue } from '../task-queue.ts';
import { keepRequest } from '../task-requests.ts';
import { queueTask } from '../tasks.ts';
import { route, type Route, type Visit } from '../visit.ts';
import { withDeployedProjects } from './collect.ts';
import { listImportFiles, receiveImportFile } from './import-files.ts';
import { previewOf } from './preview.ts';
import { readExport, readImport, shownArguments, type ExportRequest, type ImportRequest } from './request.ts';
import { needSource } from './source.ts';
import { exportTask, importTask } from './task-names.ts';

/** Only for Space Managers: there is no permission of its own. */
const managed =
  (handle: Route['handle']): Route['handle'] =>
  (visit) => {
    needSpaceManager(visit);
    return handle(visit);
  };

/** Queues a task with its request, and returns its id. */
function start({ instance, space }: Visit, queue: TaskQueue, request: ExportRequest | ImportRequest): string {
  const exports = 'projects' in request;
  const task = instance.store.atomically(() => {
    const queued = queueTask(instance, {
      name: exports ? exportTask : importTask,
      // Also the name of the log's first node.
      description: exports ? 'Project export' : 'Project import',
      arguments: shownArguments(request),
      space,
    });
    keepRequest(instance, queued.id, request);
    return queued;
  });
  queue.kick();
  return task.id;
}

/** The calls of Projects Export/Import. */
export const importExportRoutes = (queue: TaskQueue): readonly Route[] => {
  const base = '/projects/import-export';
  const options = { scoped: true };
  return [
    route(
      'POST',
      `${base}/export`,
      options,
      managed(async (visit) => {
        const asked = readExport(visit, await visit.body());
        const ProjectIds = withDeployedProjects(visit.instance.store, asked.projects).map(({ id }) => id);
        return json(200, { ProjectIds, TaskId: start(visit, queue, { ...asked, projects: ProjectIds }) });
      }),
    ),
    route('POST', `${base}/import-files`, options, managed(receiveImportFile)),
    route('GET', `${base}/import-files`, options, managed(listImportFiles)),
    route(
      'POST',
      `${base}/import/preview`,
      options,
      managed(async (visit) => {
        const { source, password } = readImport(await visit.body());
        return json(200, await previewOf(visit.instance, needSource(visit, source), password));
      }),
    ),
    route(
      'POST',
      `${base}/import`,
      options,
      managed(async (visit) => {
        const request = readImport(await visit.body());
        needSource(visit, request.source);
        return json(200, { TaskId: start(visit, queue, request) });
      }),
    ),
  ];
};
