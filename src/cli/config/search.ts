import { access, constants, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { systemCode } from '../../files/local-error.ts';
import { configDirectory } from '../state/directories.ts';
import type { IO } from '../terminal/io.ts';
import { loaders } from './loaders.ts';

const extensions = ['json', 'yaml', 'yml', 'js', 'mjs', 'cjs'];
const scripts = ['js', 'mjs', 'cjs'];

/** In each folder, in this order. */
const places = [
  '.migratorrc',
  ...extensions.map((extension) => `.migratorrc.${extension}`),
  ...scripts.map((extension) => `migrator.config.${extension}`),
  'package.json',
];

/** In the user's own configuration folder. */
const userPlaces = ['config', ...['yaml', 'yml', 'json', 'js', 'mjs', 'cjs'].map((extension) => `config.${extension}`)];

export interface FoundConfig {
  readonly file: string;
  readonly content: unknown;
}

async function explorer(searchPlaces: readonly string[]) {
  const { cosmiconfig, defaultLoaders } = await import('cosmiconfig');
  return cosmiconfig('migrator', {
    searchPlaces: [...searchPlaces],
    // Each folder is asked by itself: what lies above is looked at more closely below.
    searchStrategy: 'none',
    // An empty file is a configuration that says nothing, and not a reason to take the one above it.
    ignoreEmptySearchPlaces: false,
    cache: false,
    loaders: loaders(defaultLoaders['.yaml']),
  });
}

function invalid(message: string, file: string, hint?: string, cause?: unknown): MigratorError {
  return new MigratorError('CONFIG_INVALID', message, { hint, details: { file }, cause });
}

/** A file that exists and cannot be read must not be passed over: the next one found may name other servers. */
async function refuseUnreadable(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names.filter((place) => place !== 'package.json')) {
    const file = join(folder, name);
    try {
      await access(file, constants.R_OK);
    } catch (error) {
      if (systemCode(error) !== 'EACCES') continue;
      const inside = await access(folder, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (inside)
        throw invalid(`the configuration "${file}" cannot be read: permission denied`, file, undefined, error);
    }
  }
}

/**
 * A configuration can run commands. One that lies above the working directory (/tmp, a shared disk) is taken only when
 * the user or the system put it there.
 */
async function refuseForeign(file: string, uid: number | undefined): Promise<void> {
  if (uid === undefined) return;
  const owner = (await stat(file)).uid;
  if (owner === uid || owner === 0) return;
  throw invalid(
    `the configuration "${file}" above the working directory belongs to another user`,
    file,
    'name it with --config if you trust it',
  );
}

function foldersUpwards(from: string): string[] {
  const folders = [from];
  for (let folder = from; dirname(folder) !== folder; folder = dirname(folder)) folders.push(dirname(folder));
  return folders;
}

async function searchIn(folder: string, names: readonly string[]): Promise<FoundConfig | undefined> {
  await refuseUnreadable(folder, names);
  const found = await (await explorer(names)).search(folder);
  return found === null ? undefined : { file: found.filepath, content: found.config as unknown };
}

async function loadNamed(path: string, origin: string): Promise<FoundConfig> {
  const extension = extname(path);
  if (!['', '.ts', ...extensions.map((known) => `.${known}`)].includes(extension)) {
    throw invalid(`"${path}" (${origin}) has an unknown extension`, path, 'use .yaml, .json, .mjs, or none for YAML');
  }
  try {
    const found = await (await explorer(places)).load(path);
    if (found === null) throw invalid(`"${path}" (${origin}) has no "migrator" key`, path);
    return { file: path, content: found.config as unknown };
  } catch (error) {
    const code = systemCode(error);
    if (isMigratorError(error) || code === undefined) throw error;
    const what = code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be read (${code})`;
    throw invalid(`the configuration "${path}" (${origin}) ${what}`, path, undefined, error);
  }
}

/** `--config`, then MIGRATOR_CONFIG, then the working directory and those above it, then the user's own folder. */
export async function findConfig(io: IO, explicitFile: string | undefined): Promise<FoundConfig | undefined> {
  if (explicitFile !== undefined) return loadNamed(resolve(io.cwd, explicitFile), '--config');
  const named = io.env['MIGRATOR_CONFIG'];
  if (named !== undefined && named !== '') return loadNamed(resolve(io.cwd, named), 'MIGRATOR_CONFIG');
  for (const folder of foldersUpwards(resolve(io.cwd))) {
    const found = await searchIn(folder, places);
    if (found === undefined) continue;
    if (folder !== resolve(io.cwd)) await refuseForeign(found.file, io.uid);
    return found;
  }
  return searchIn(configDirectory(io), userPlaces);
}
