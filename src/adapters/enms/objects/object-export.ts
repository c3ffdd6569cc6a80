import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile, ByteStream } from '../../../ports/artifact.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import { carried } from '../model/carried-fields.ts';
import type { Type } from '../model/types-and-relations.ts';
import type { Server } from '../server.ts';
import { isAddressable } from '../wire/rest.ts';

/** Requests that are under way at once; the server's own pool of database connections is not much larger. */
const width = 8;

/** Characters of a piece of a file. */
const pieceLength = 64 * 1024;

/** What the REST API does not give, or must not be given back. */
export function notCarried(wanted: readonly Type[]): readonly string[] {
  const has = (type: Type): boolean => wanted.includes(type);
  return [
    'the REST API gives no passwords and keys: users arrive without a password, credentials without theirs',
    ...(has('service') || has('device') || has('network')
      ? ['positions are not given: workflows and networks arrive without their layout']
      : []),
    ...(has('device') ? ['configurations and operational data of devices are not taken along'] : []),
    ...(has('task') ? ['tasks arrive inactive'] : []),
    ...(has('file') ? ['files arrive as entries, without their content'] : []),
  ];
}

/** One file of lines for each type, read while it is written: memory does not grow with the number of objects. */
export function exportedObjects(server: Server, wanted: readonly Type[]): readonly ArtifactFile[] {
  return wanted.map((type) => ({
    path: `objects/${type}.ndjson`,
    size: undefined,
    mediaType: 'application/x-ndjson',
    open: (signal) => linesOf(server, type, signal),
  }));
}

async function* linesOf({ rest }: Server, type: Type, signal: AbortSignal): ByteStream {
  const names = namesOf(type, rest.search(type, ['name'], signal));
  const read = (name: string) => rest.instance(type, name, signal);
  // Each piece is a write of its own on its way to the disk, which takes longer than a line.
  let lines = '';
  for await (const object of inParallel(names, width, read)) {
    // What was deleted since the names were listed is not there any more.
    if (object !== undefined) lines += `${JSON.stringify(carried(type, object))}\n`;
    if (lines.length < pieceLength) continue;
    yield Buffer.from(lines);
    lines = '';
  }
  if (lines !== '') yield Buffer.from(lines);
}

async function* namesOf(type: Type, objects: AsyncIterable<Readonly<Record<string, unknown>>>): AsyncIterable<string> {
  for await (const { name } of objects) {
    if (typeof name !== 'string') continue;
    // It would look as if it were deleted meanwhile, and be missing in the package.
    if (!isAddressable(name)) {
      throw new MigratorError('UNSUPPORTED', `the ${type} named "${name}" cannot be read over the REST API`, {
        hint: 'rename it, or export with --via web',
      });
    }
    yield name;
  }
}
