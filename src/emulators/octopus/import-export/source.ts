// Where the zip of an import is: an uploaded file, or the artifact of an export on this server.
import type { Entry } from '../../shared/store.ts';
import { artifactFile, zipOfTask } from '../artifacts.ts';
import type { Instance } from '../instance.ts';
import { absent } from '../refusal.ts';
import { needSpaceManager } from '../space-managers.ts';
import { asText } from '../tolerant-json.ts';
import type { Visit } from '../visit.ts';
import { findImportFile, pathOfImportFile } from './import-files.ts';
import type { ImportSource } from './request.ts';
import { exportTask } from './task-names.ts';

const exportOf = ({ store }: Instance, id: string): Entry | undefined => {
  const task = store.get('ServerTasks', id);
  return task?.body['Name'] === exportTask ? task : undefined;
};

/** The path of the zip. Undefined when it is not there. */
export function findSource(instance: Instance, space: string, source: ImportSource): string | undefined {
  if (source.type === 'upload') {
    const file = findImportFile(instance.store, space, source.file);
    return file === undefined ? undefined : pathOfImportFile(instance, file);
  }
  const task = exportOf(instance, source.task);
  const artifact = task === undefined ? undefined : zipOfTask(instance, task);
  return artifact === undefined ? undefined : artifactFile(instance, artifact);
}

/**
 * The same for a request: 404 for what is not there, 403 for a space that the user does not manage. The task decides from
 * which space the projects come. A wrong SpaceId is refused only with a fault, because the vendor's own sample sends one.
 */
export function needSource(visit: Visit, source: ImportSource): string {
  const { instance, space } = visit;
  if (source.type === 'space') {
    const task = exportOf(instance, source.task);
    if (task === undefined) throw absent(source.task);
    const own = asText(task.body['SpaceId']);
    if (instance.store.get('Spaces', source.space) === undefined) throw absent(source.space);
    const wrong = own.toLowerCase() !== source.space.toLowerCase();
    if (wrong && instance.faults.named('wrong-space-refused') !== undefined) throw absent(source.task);
    needSpaceManager(visit, own);
  }
  const file = findSource(instance, space, source);
  if (file === undefined) throw absent(source.type === 'upload' ? source.file : source.task);
  return file;
}
