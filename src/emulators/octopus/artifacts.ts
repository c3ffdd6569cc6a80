// Artifacts with contents. Their files are in `artifacts/<space>/`, under the ids of their documents.
import { createReadStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry } from '../shared/store.ts';
import { newId, putDocument, wireDate, type Instance } from './instance.ts';
import { findDocument } from './lookup.ts';
import { absent } from './refusal.ts';
import { asText } from './tolerant-json.ts';
import { route, type Route, type Visit } from './visit.ts';

const fileOf = ({ directory }: Instance, space: string, id: string) => join(directory, 'artifacts', space, id);

/** The file of an artifact; undefined for one that was made without contents. */
export const artifactFile = (instance: Instance, { id, container = '', body }: Entry): string | undefined =>
  body['$hasContent'] === true ? fileOf(instance, container, id) : undefined;

/** Moves a complete file into the artifacts of a task. */
export async function addArtifact(
  instance: Instance,
  {
    task,
    space,
    fileName,
    path,
  }: { readonly task: Entry; readonly space: string; readonly fileName: string; readonly path: string },
): Promise<void> {
  const id = newId(instance.store, 'Artifacts');
  await mkdir(join(instance.directory, 'artifacts', space), { recursive: true });
  await rename(path, fileOf(instance, space, id));
  const now = wireDate(new Date());
  putDocument(instance.store, 'Artifacts', {
    Id: id,
    SpaceId: space,
    Filename: fileName,
    Source: null,
    ServerTaskId: task.id,
    Created: now,
    LogCorrelationId: `${task.id}_1`,
    LastModifiedOn: now,
    LastModifiedBy: 'system',
    $hasContent: true,
  });
}

/** The newest artifact of a task that ends in `.zip`. */
export const zipOfTask = ({ store }: Instance, task: Entry): Entry | undefined =>
  store
    .all('Artifacts')
    .findLast(({ body }) => body['ServerTaskId'] === task.id && asText(body['Filename']).endsWith('.zip'));

async function* bytes(file: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file) as AsyncIterable<Uint8Array>;
}

async function download(visit: Visit) {
  const entry = findDocument(visit, 'Artifacts');
  const file = artifactFile(visit.instance, entry);
  if (file === undefined) throw absent(`${entry.id}/content`);
  const { size } = await stat(file);
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(size),
      'Content-Disposition': `attachment; filename="${asText(entry.body['Filename'])}"`,
    },
    body: bytes(file),
  };
}

export const artifactRoutes: readonly Route[] = [
  route('GET', '/artifacts/:id/content', { scoped: true, permission: 'ArtifactView' }, download),
];
