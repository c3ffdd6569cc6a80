import { access, constants, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { systemCode } from '../../files/local-error.ts';
import { configDirectory } from '../state/directories.ts';
import type { IO } from '../terminal/io.ts';
import { loaders } from './loaders.ts';

const extensions = ['json', 'yaml', 'yml', 'js', 'mjs', 'cjs'];
const scripts = ['js', 'mjs', 'cjs'];

/** The file names to look for in each folder, in this order. */
const places = [
  '.migratorrc',
  ...extensions.map((extension) => `.migratorrc.${extension}`),
  ...scripts.map((extension) => `migrator.config.${extension}`),
  'package.json',
];

/** The file names to look for in the user's configuration folder. */
const userPlaces = ['config', ...['yaml', 'yml', 'json', 'js', 'mjs', 'cjs'].map((extension) => `config.${extension}`)];

export interface FoundConfig {
  readonly file: string;
  readonly content: unknown;
}

async function explorer(searchPlaces: readonly string[]) {
  const { cosmiconfig, defaultLoaders } = await import('cosmiconfig');
  return cosmiconfig('migrator', {
    searchPlaces: [...searchPlaces],
    // One folder at a time: a file in a folder above needs the check of `refuseForeign`.
    searchStrategy: 'none',
    // An empty file is an empty configuration. The search stops there and does not use a file above it.
    ignoreEmptySearchPlaces: false,
    cache: false,
    loaders: loaders(defaultLoaders['.yaml']),
  });
}

function invalid(message: string, file: string, hint?: string, cause?: unknown): MigratorError {
  return new MigratorError('CONFIG_INVALID', message, { hint, details: { file }, cause });
}

/** A file that exists but cannot be read must not be skipped: the next file may name other servers. */
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
 * A configuration can run commands. A file above the working directory (in /tmp, on a shared disk) is used only when it
 * belongs to the user or to root.
 */
async function refuseForeign(file: string, uid: number | undefined): Promise<void> {
  if (uid === undefined) return;
  const owner = (await stat(file)).uid;
  if (owner === uid || owner === 0) return;
  throw invalid(
    `the configuration "${file}" above the working directory belongs to another user`,
    file,
    'if you trust the file, name it with --config',
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

/**
 * Looks at `--config`, MIGRATOR_CONFIG, the working directory, the folders above it, and the user's configuration
 * folder.
 */
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
  try {
    return await searchIn(configDirectory(io), userPlaces);
  } catch (error) {
    // A home folder that is none, as in some containers, holds no file.
    if (systemCode(error) !== 'ENOTDIR') throw error;
    return undefined;
  }
}
