import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile, ByteStream } from '../../../ports/artifact.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import { isOfMigrations } from '../migration/folder-name.ts';
import { carried } from '../model/carried-fields.ts';
import type { Type } from '../model/types-and-relations.ts';
import type { Server } from '../server.ts';
import { isAddressable } from '../wire/rest.ts';
import { objectReader } from './object-reader.ts';

/** So many requests are sent at once. The server's pool of database connections is not much larger. */
const width = 8;

/** So many objects of a type may be read at once, and not one by one. */
const mostAtOnce = 20_000;

/** The length of a piece of a file, in characters. */
const pieceLength = 64 * 1024;

/** Warns of what the REST API does not give, or does not take. */
export function notCarried(wanted: readonly Type[]): readonly string[] {
  const has = (type: Type): boolean => wanted.includes(type);
  return [
    ...(has('user') || has('credential') || has('service')
      ? ['the REST API gives no passwords, keys and tokens: users, credentials and services arrive without theirs']
      : []),
    ...(has('device') ? ['configurations and operational data of devices are left out'] : []),
    ...(has('task') ? ['tasks arrive inactive'] : []),
    ...(has('file') ? ['files arrive as entries, without their content'] : []),
  ];
}

/**
 * One file of JSON lines for each type. The objects of large types are read while the file is written, so memory does
 * not grow with their number.
 */
export function exportedObjects(server: Server, wanted: readonly Type[]): readonly ArtifactFile[] {
  return wanted.map((type) => ({
    path: `objects/${type}.ndjson`,
    size: undefined,
    mediaType: 'application/x-ndjson',
    open: (signal) => linesOf(server, type, signal),
  }));
}

async function* linesOf(server: Server, type: Type, signal: AbortSignal): ByteStream {
  const { rest } = server;
  const names: string[] = [];
  for await (const name of namesOf(type, rest.search(type, ['name'], signal))) names.push(name);
  const read =
    names.length > mostAtOnce
      ? rest.instance.bind(rest, type)
      : await objectReader(server).of(type, names.length, signal);
  // Lines are collected, because each piece is written to the disk on its own.
  let lines = '';
  for await (const object of inParallel(names, width, (name) => read(name, signal))) {
    // Undefined: it was deleted after the names were listed.
    if (object !== undefined) lines += `${JSON.stringify(carried(type, object))}\n`;
    if (lines.length < pieceLength) continue;
    yield Buffer.from(lines);
    lines = '';
  }
  if (lines !== '') yield Buffer.from(lines);
}

async function* namesOf(type: Type, objects: AsyncIterable<Readonly<Record<string, unknown>>>): AsyncIterable<string> {
  for await (const { name } of objects) {
    // Rows of the folders of migrations mean nothing on another server.
    if (typeof name !== 'string' || (type === 'file' && isOfMigrations(name))) continue;
    // Such an object would look deleted, and be missing in the package.
    if (!isAddressable(name)) {
      throw new MigratorError(
        'UNSUPPORTED',
        `the ${type} named ${JSON.stringify(name)} cannot be read over the REST API`,
        {
          hint: name === '' ? 'give it a name on the server' : 'rename it, or export with --via web',
        },
      );
    }
    yield name;
  }
}
