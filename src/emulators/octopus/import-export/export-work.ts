import { createWriteStream } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { writeZip } from '../../shared/zip.ts';
import { addArtifact } from '../artifacts.ts';
import { workFile } from '../feed.ts';
import { deriveKey } from '../migrations/encryption.ts';
import { TaskFailure, type TaskRun } from '../task-queue.ts';
import { asText } from '../tolerant-json.ts';
import { archiveMembers } from './archive.ts';
import { collect } from './collect.ts';
import { documentsOf } from './documents.ts';
import { refuseObstacles } from './export-obstacles.ts';
import type { ExportRequest } from './request.ts';

/** `Octopus-Export-20261128-100501.zip` */
const artifactName = (date: Date, mark: string): string =>
  `Octopus-Export-${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}${mark}.zip`;

/** Adds the zip to the task's artifacts, at once or, with a fault, later or twice. */
async function publish(run: TaskRun, space: string, path: string): Promise<void> {
  const { instance, task, log } = run;
  const now = new Date();
  const add = async (mark: string, from: string) => {
    const fileName = artifactName(now, mark);
    await addArtifact(instance, { task, space, fileName, path: from });
    return fileName;
  };
  if (instance.faults.take('two-artifacts') !== undefined) {
    const second = await workFile(instance, 'export.zip');
    await copyFile(path, second);
    await add('-1', second);
  }
  const late = instance.faults.take('artifact-late');
  if (late !== undefined) {
    const wait = late.values['after'] ?? 10 * instance.pace;
    void instance.background(instance.pause(wait).then(() => add('', path)));
    return;
  }
  log.write('Info', `Created the artifact ${await add('', path)}`);
}

/** Exports projects to an artifact of the task. */
export async function runExport(run: TaskRun, request: ExportRequest): Promise<void> {
  const { instance, task, log, pause, signal } = run;
  log.write('Info', 'Starting export');
  log.progress(5, 'Finding documents');
  await pause();
  const gone = request.projects.filter((id) => instance.store.get('Projects', id) === undefined);
  if (gone.length > 0) throw new TaskFailure(`The project '${gone.join("', '")}' does not exist any more.`);
  const set = collect(instance.store, request.projects, {
    lossy: instance.faults.take('tenant-references-lost') !== undefined,
  });
  refuseObstacles(instance, set);
  const key = deriveKey(request.password);
  const documents = documentsOf(instance, set, key);
  log.progress(30, 'Exporting documents');
  instance.store.atomically(() => {
    for (const { type, name } of documents) log.write('Verbose', `Exporting ${type} '${name}'`);
    for (const { name } of set.projects) log.write('Info', `Exported Project '${name}'`);
  });
  await pause();
  log.progress(70, 'Writing the archive');
  const path = await workFile(instance, 'export.zip');
  try {
    const zip = writeZip(archiveMembers(instance.version, key, documents));
    await pipeline(zip, createWriteStream(path), { signal });
    await pause();
    await publish(run, asText(task.body['SpaceId']), path);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  log.progress(100, `Exported ${documents.length} documents`);
}
