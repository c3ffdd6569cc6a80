import { createHash } from 'node:crypto';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import { jsonOf } from '../../shared/answers.ts';
import { bytesOf } from '../model/package-content.ts';
import type { Server } from '../server.ts';

/** A folder of migration files on a server's disk. */
export interface MigrationFolder {
  exists(signal: AbortSignal): Promise<boolean>;
  create(signal: AbortSignal): Promise<void>;
  /** The whole file; undefined when there is none. */
  read(fileName: string, signal: AbortSignal): Promise<Buffer | undefined>;
  /** Writes a file and reads it back: REMOTE_UNEXPECTED when the server holds something else. */
  write(fileName: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
}

export function migrationFolder(server: Server, name: string): MigrationFolder {
  const { web, rest } = server;
  const read = (fileName: string, signal: AbortSignal): Promise<Buffer | undefined> =>
    readWhole(server, `migrations/${name}/${fileName}`, signal);
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
    write: async (fileName, bytes, signal) => {
      const open = async function* () {
        await Promise.resolve();
        yield bytes;
      };
      await web.upload(`/migrations/${name}`, { size: bytes.length, open }, fileName, signal);
      const held = await read(fileName, signal);
      if (held !== undefined && sha256(held) === sha256(bytes)) return;
      throw new MigratorError(
        'REMOTE_UNEXPECTED',
        held === undefined
          ? `eNMS accepted ${fileName}, but does not hold it in /migrations/${name}`
          : `eNMS holds another ${fileName} in /migrations/${name} than was sent`,
        { hint: 'look at the disk of the server and at its setting paths.migration' },
      );
    },
  };
}

/** The files that migrator itself writes into a folder: what was asked of the server, and what it answered. */
export const remarks = { started: 'migrator-started.txt', answer: 'migrator-answer.txt' } as const;

export async function writeRemark(
  folder: MigrationFolder,
  fileName: string,
  content: object,
  signal: AbortSignal,
): Promise<void> {
  await folder.write(fileName, Buffer.from(`${JSON.stringify(content)}\n`), signal);
}

export async function readRemark(folder: MigrationFolder, fileName: string, signal: AbortSignal): Promise<unknown> {
  const bytes = await folder.read(fileName, signal);
  return bytes === undefined ? undefined : jsonOf(bytes.toString('utf8'));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
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
    await clock.sleep(pauseMs * attempt, signal);
  }
}
