import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMigratorError } from '../../errors.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { writePrivateFile } from '../../files/whole-file.ts';
import type { IO } from '../terminal/io.ts';
import { stateDirectory } from './directories.ts';

/** What earlier listings of an instance showed. Completion reads it. */
export interface KnownNames {
  readonly projects: readonly string[];
  readonly kinds: readonly string[];
  readonly packages: readonly string[];
}

/** An instance, and its server: another rc file may have another server of that name. */
export interface Named {
  readonly name: string;
  readonly place: string;
}

/** Enough for a person to choose from, and read fast. */
const most = 2000;

const fileOf = (io: IO, instance: string): string => join(stateDirectory(io), 'names', `${instance}.json`);

/** Keeps names of an instance. A state folder that takes no file is no reason for a listing to fail. */
export async function rememberNames(io: IO, { name, place }: Named, found: Partial<KnownNames>): Promise<void> {
  try {
    await makePrivateFolder(join(stateDirectory(io), 'names'));
    const all = { ...(await namesOf(io, { name, place })), ...found };
    const [projects, packages] = [all.projects.slice(0, most), all.packages.slice(0, most)];
    await writePrivateFile(fileOf(io, name), JSON.stringify({ place, ...all, projects, packages }), 'replace');
  } catch (error) {
    if (!isMigratorError(error)) throw error;
  }
}

/** The names of these instances. An instance that was not listed yet, or whose file is damaged, has none. */
export async function knownNames(io: IO, instances: readonly Named[]): Promise<readonly KnownNames[]> {
  return Promise.all(instances.map((instance) => namesOf(io, instance)));
}

async function namesOf(io: IO, { name, place }: Named): Promise<KnownNames> {
  const text = await readFile(fileOf(io, name), 'utf8').catch(() => '{}');
  const kept = parsed(text);
  return kept['place'] === place
    ? { projects: texts(kept['projects']), kinds: texts(kept['kinds']), packages: texts(kept['packages']) }
    : { projects: [], kinds: [], packages: [] };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(text) ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
