import { isMigratorError, MigratorError } from '../../../errors.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import { jsonOf } from '../../shared/answers.ts';
import { bytesOf } from '../model/package-content.ts';
import type { Server } from '../server.ts';
import { filesIn } from '../wire/folder-archive.ts';

/** A folder of migration files on a server's disk. */
export interface MigrationFolder {
  exists(signal: AbortSignal): Promise<boolean>;
  create(signal: AbortSignal): Promise<void>;
  /** The whole file; undefined when there is none. */
  read(fileName: string, signal: AbortSignal): Promise<Buffer | undefined>;
  /** Those of the files that are there, each whole: in one request where the server gives out folders. */
  readAll(fileNames: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Buffer>>;
  /** Writes files, the last one at the end, and reads them back: REMOTE_UNEXPECTED when the server holds other ones. */
  write(files: ReadonlyMap<string, Uint8Array>, signal: AbortSignal): Promise<void>;
}

/** Files that are sent at once. The server takes one in each request. */
const uploadsAtOnce = 4;

export function migrationFolder(server: Server, name: string): MigrationFolder {
  const { web, rest } = server;
  const path = `migrations/${name}`;
  const read = (fileName: string, signal: AbortSignal): Promise<Buffer | undefined> =>
    readWhole(server, `${path}/${fileName}`, signal);
  const readAll = async (fileNames: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Buffer>> => {
    const archived = fileNames.length < 2 ? undefined : await readArchive(server, path, signal);
    const files = new Map<string, Buffer>();
    for (const fileName of fileNames) {
      const bytes = archived === undefined ? await read(fileName, signal) : archived.get(fileName);
      if (bytes !== undefined) files.set(fileName, bytes);
    }
    return files;
  };
  return {
    exists: async (signal) => (await web.folders(signal)).includes(name),
    create: async (signal) => {
      const { failure } = await rest.upsert('folder', [{ name, path: `/migrations/${name}` }], signal);
      const [refused] = failure;
      if (refused === undefined) return;
      throw new MigratorError(
        'REMOTE_UNEXPECTED',
        `eNMS did not create the folder /migrations/${name}: ${refused.reason}`,
      );
    },
    read,
    readAll,
    write: async (files, signal) => {
      const send = async ([fileName, bytes]: readonly [string, Uint8Array]): Promise<void> => {
        const open = async function* () {
          await Promise.resolve();
          yield bytes;
        };
        await web.upload(`/migrations/${name}`, { size: bytes.length, open }, fileName, signal);
      };
      const all = [...files];
      // What comes last shows that the others are there.
      const last = all.splice(-1);
      for (const some of [all, last]) await drained(inParallel(some, uploadsAtOnce, send));
      const held = await readAll([...files.keys()], signal);
      for (const [fileName, bytes] of files) requireSame(fileName, bytes, held.get(fileName), name);
    },
  };
}

async function drained(work: AsyncIterable<unknown>): Promise<void> {
  const each = work[Symbol.asyncIterator]();
  while ((await each.next()).done !== true);
}

function requireSame(fileName: string, sent: Uint8Array, held: Buffer | undefined, name: string): void {
  if (held?.equals(sent) === true) return;
  throw new MigratorError(
    'REMOTE_UNEXPECTED',
    held === undefined
      ? `eNMS accepted ${fileName}, but does not hold it in /migrations/${name}`
      : `eNMS holds another ${fileName} in /migrations/${name} than was sent`,
    { hint: 'look at the disk of the server and at its setting paths.migration' },
  );
}

/** The files that migrator itself writes into a folder: what was asked of the server, and what it answered. */
export const remarks = { started: 'migrator-started.txt', answer: 'migrator-answer.txt' } as const;

export async function writeRemark(
  folder: MigrationFolder,
  fileName: string,
  content: object,
  signal: AbortSignal,
): Promise<void> {
  await folder.write(new Map([[fileName, Buffer.from(`${JSON.stringify(content)}\n`)]]), signal);
}

export async function readRemark(folder: MigrationFolder, fileName: string, signal: AbortSignal): Promise<unknown> {
  return remarkIn(await folder.read(fileName, signal));
}

export function remarkIn(bytes: Buffer | undefined): unknown {
  return bytes === undefined ? undefined : jsonOf(bytes.toString('utf8'));
}

/**
 * The files of a folder, from one archive. Undefined when the server gives out no archive of it, or not a whole one:
 * then each file tells for itself whether it is there.
 */
async function readArchive(
  { web }: Server,
  path: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  const opened = await web.open(path, signal, 'folder');
  if (opened === undefined) return undefined;
  try {
    return await filesIn(opened.body);
  } catch (error) {
    if (!isMigratorError(error, 'REMOTE_UNREACHABLE')) throw error;
    return undefined;
  }
}

const attempts = 3;
const pauseMs = 1000;

/**
 * A file below the server's files folder; undefined when there is none. It is read from its beginning again when the
 * connection breaks.
 */
export async function readWhole(
  { web, clock }: Server,
  path: string,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const opened = await web.open(path, signal);
    if (opened === undefined) return undefined;
    try {
      return await bytesOf(opened.body);
    } catch (error) {
      if (!isMigratorError(error, 'REMOTE_UNREACHABLE') || attempt === attempts) throw error;
    }
    await clock.sleep(pauseMs * attempt, signal, `the next try to read ${path}`);
  }
}
