// The files that were uploaded for an import. A file's id is its name, so a second file of the same name replaces the first.
// There is no call that removes one.
import { mkdir, rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Entry, Store } from '../../shared/store.ts';
import type { Instance } from '../instance.ts';
import { invalid, json } from '../refusal.ts';
import { asText } from '../tolerant-json.ts';
import { receiveFile } from '../upload.ts';
import type { Visit } from '../visit.ts';

/** The kind of the entries in the store, and the folder's name below the server's own. */
const kind = 'ProjectImportFiles';
export const importFolder = 'import-files';

const keyOf = (space: string, id: string) => `${space}/${id}`;

export const findImportFile = (store: Store, space: string, id: string): Entry | undefined =>
  store.get(kind, keyOf(space, id));

export const pathOfImportFile = ({ directory }: Instance, { container = '', body }: Entry): string =>
  join(directory, importFolder, container, asText(body['file']));

const shown = ({ name }: Entry) => ({ Id: name, FileName: name });

export const listImportFiles = ({ instance, space }: Visit) =>
  json(200, { ProjectImportFiles: instance.store.all(kind, space).map(shown) });

/** Forgets the files of a space that is removed. */
export function forgetImportFiles(store: Store, space: string): void {
  for (const { id } of store.all(kind, space)) store.remove(kind, id);
}

/** Takes all of an upload but its last byte, and breaks the connection. */
async function breakOff(request: IncomingMessage): Promise<void> {
  // The request loses its socket when it is not read to its end.
  const { socket } = request;
  const last = Number(request.headers['content-length']) - 1;
  let seen = 0;
  for await (const chunk of request) {
    seen += (chunk as Uint8Array).length;
    if (seen >= last) break;
  }
  socket.resetAndDestroy();
}

/** Stores the first file of a form. The name of its part does not matter. */
export async function receiveImportFile({ instance, space, call }: Visit) {
  const { store, faults } = instance;
  if (faults.take('upload-cut') !== undefined) {
    await breakOff(call.request);
    throw invalid('The upload is not complete.');
  }
  const received = await receiveFile(instance, call.request);
  const file = `${store.next(kind)}.zip`;
  await mkdir(join(instance.directory, importFolder, space), { recursive: true });
  await rename(received.path, join(instance.directory, importFolder, space, file));
  const before = findImportFile(store, space, received.fileName);
  const name = before?.name ?? received.fileName;
  const entry: Entry = { kind, id: keyOf(space, name), container: space, name, body: { file } };
  store.put(entry);
  if (before !== undefined) await rm(pathOfImportFile(instance, before), { force: true });
  return faults.take('upload-unanswered') === undefined ? json(200, shown(entry)) : { status: 200 };
}
