import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMigratorError } from '../../errors.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { writePrivateFile } from '../../files/whole-file.ts';
import type { IO } from '../terminal/io.ts';
import { stateDirectory } from './directories.ts';

/** What an earlier listing of an instance showed. Completion reads it. */
export interface KnownNames {
  readonly projects: readonly string[];
  readonly kinds: readonly string[];
}

/** Enough for a person to choose from, and read fast. */
const most = 2000;

const fileOf = (io: IO, instance: string): string => join(stateDirectory(io), 'names', `${instance}.json`);

/** Keeps the names of an instance. A state folder that takes no file is no reason for a listing to fail. */
export async function rememberNames(io: IO, instance: string, { projects, kinds }: KnownNames): Promise<void> {
  try {
    await makePrivateFolder(join(stateDirectory(io), 'names'));
    const text = JSON.stringify({ projects: projects.slice(0, most), kinds });
    await writePrivateFile(fileOf(io, instance), text, 'replace');
  } catch (error) {
    if (!isMigratorError(error)) throw error;
  }
}

/** The names of these instances. An instance that was not listed yet, or whose file is damaged, has none. */
export async function knownNames(io: IO, instances: readonly string[]): Promise<readonly KnownNames[]> {
  return Promise.all(
    instances.map(async (instance) => {
      try {
        const { projects, kinds } = JSON.parse(await readFile(fileOf(io, instance), 'utf8')) as Partial<KnownNames>;
        return { projects: texts(projects), kinds: texts(kinds) };
      } catch {
        return { projects: [], kinds: [] };
      }
    }),
  );
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
