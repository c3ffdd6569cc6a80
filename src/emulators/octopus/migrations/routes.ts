import type { Instance } from '../instance.ts';
import { json } from '../refusal.ts';
import type { TaskQueue } from '../task-queue.ts';
import { keepRequest } from '../task-requests.ts';
import { queueTask } from '../tasks.ts';
import { route, type Route } from '../visit.ts';
import { readExportRequest, readImportRequest, type ExportRequest, type ImportRequest } from './request.ts';

export const exportTask = 'MigrationPartialExport';
export const importTask = 'MigrationImport';

function start(
  instance: Instance,
  queue: TaskQueue,
  name: string,
  description: string,
  request: ExportRequest | ImportRequest,
) {
  const task = instance.store.atomically(() => {
    const space = 'SpaceId' in request ? request.SpaceId : null;
    const queued = queueTask(instance, {
      name,
      description,
      arguments: { PackageId: request.PackageId, PackageVersion: request.PackageVersion },
      space: undefined,
    });
    // A migration is a task of the whole server, but it waits while the queue of the space that it reads is stopped.
    if (space !== null) instance.store.put({ ...queued, body: { ...queued.body, $queueSpace: space } });
    keepRequest(instance, queued.id, request);
    return queued;
  });
  queue.kick();
  // The published contract has Password and DestinationApiKey in the response too, so they are sent back: callers must
  // keep the answer secret.
  return json(200, { ...request, TaskId: task.id, Links: {} });
}

/** These two paths do not name a space. */
export const migrationRoutes = (queue: TaskQueue): readonly Route[] => [
  route('POST', '/migrations/partialexport', { permission: 'AdministerSystem' }, async ({ instance, body }) => {
    const request = readExportRequest(await body());
    const projects = request.Projects.map((name) => `'${name}'`).join(', ');
    return start(instance, queue, exportTask, `Partial export of ${projects}`, request);
  }),
  route('POST', '/migrations/import', { permission: 'AdministerSystem' }, async ({ instance, body }) => {
    const request = readImportRequest(await body());
    const what = `${request.PackageId} version ${request.PackageVersion}`;
    return start(instance, queue, importTask, `Import of ${what}${request.IsDryRun ? ' (dry run)' : ''}`, request);
  }),
];
