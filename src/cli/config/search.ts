import { basename, dirname, extname, resolve } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { systemCode } from '../../files/local-error.ts';
import { configDirectory } from '../state/directories.ts';
import type { IO } from '../terminal/io.ts';
import { checkAllowed, type RcFile } from './allowed.ts';
import { type BeforeCode, loaders } from './loaders.ts';
import { checkOwner } from './ownership.ts';
import { refuseUnreadable, requireReadable } from './readable.ts';

const extensions = ['json', 'yaml', 'yml', 'js', 'mjs', 'cjs'];
const scripts = ['js', 'mjs', 'cjs'];

/** The file names to look for in each folder, in this order. */
export const rcFileNames = [
  '.migratorrc',
  ...extensions.map((extension) => `.migratorrc.${extension}`),
  ...scripts.map((extension) => `migrator.config.${extension}`),
  'package.json',
];

/** The file names to look for in the user's configuration folder. */
const userPlaces = ['config', ...['yaml', 'yml', 'json', 'js', 'mjs', 'cjs'].map((extension) => `config.${extension}`)];

export interface FoundConfig extends RcFile {
  readonly warnings: readonly string[];
}

async function explorer(searchPlaces: readonly string[], beforeCode: BeforeCode) {
  const { cosmiconfig, defaultLoaders } = await import('cosmiconfig');
  return cosmiconfig('migrator', {
    searchPlaces: [...searchPlaces],
    // One folder at a time, as `refuseUnreadable` looks.
    searchStrategy: 'none',
    // An empty file is an empty configuration. The search stops there and does not use a file above it.
    ignoreEmptySearchPlaces: false,
    cache: false,
    loaders: loaders(defaultLoaders['.yaml'], beforeCode),
  });
}

function invalid(message: string, file: string, hint: string): MigratorError {
  return new MigratorError('CONFIG_INVALID', message, { hint, details: { file } });
}

function foldersUpwards(from: string): string[] {
  const folders = [from];
  for (let folder = from; dirname(folder) !== folder; folder = dirname(folder)) folders.push(dirname(folder));
  return folders;
}

/** Thrown inside this file only, instead of running a file that is code. */
class NotRun extends Error {
  readonly file: string;

  constructor(file: string) {
    super('not run');
    this.file = file;
  }
}

interface Search {
  readonly io: IO;
  /** Undefined: code is not run, and the content of a file that is code is undefined. */
  readonly runs: boolean;
}

async function searchIn(folder: string, names: readonly string[], search: Search): Promise<FoundConfig | undefined> {
  await refuseUnreadable(folder, names);
  const { io, runs } = search;
  const beforeCode = async (file: string): Promise<void> => {
    await checkOwner(file, io.uid);
    if (!runs) throw new NotRun(file);
    await checkAllowed({ file, content: undefined, named: false }, basename(file), io);
  };
  const found = await notRun(async () => (await explorer(names, beforeCode)).search(folder));
  if (found === null) return undefined;
  const warning = await checkOwner(found.filepath, io.uid);
  return {
    file: found.filepath,
    content: found.config,
    named: false,
    warnings: warning === undefined ? [] : [warning],
  };
}

interface Loaded {
  readonly filepath: string;
  readonly config: unknown;
}

async function notRun(work: () => Promise<Loaded | null>): Promise<Loaded | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotRun) return { filepath: error.file, config: undefined };
    throw error;
  }
}

async function loadNamed(path: string, origin: string, { io, runs }: Search): Promise<FoundConfig> {
  const extension = extname(path);
  if (!['', '.ts', ...extensions.map((known) => `.${known}`)].includes(extension)) {
    throw invalid(`"${path}" (${origin}) has an unknown extension`, path, 'use .yaml, .json, .mjs, or none for YAML');
  }
  const beforeCode = async (file: string): Promise<void> => {
    if (!runs) throw new NotRun(file);
    await checkAllowed({ file, content: undefined, named: true }, basename(file), io);
  };
  await requireReadable(path, origin);
  const found = await notRun(async () => (await explorer(rcFileNames, beforeCode)).load(path));
  if (found === null) {
    throw invalid(`"${path}" (${origin}) has no "migrator" key`, path, 'add that key, or name another file');
  }
  return { file: path, content: found.config, named: true, warnings: [] };
}

/**
 * Looks at `--config`, MIGRATOR_CONFIG, the working directory, the folders above it, and the user's configuration
 * folder. With `runs: false`, a file that is code is found and not run.
 */
export async function findConfig(
  io: IO,
  explicitFile: string | undefined,
  { runs }: { readonly runs: boolean } = { runs: true },
): Promise<FoundConfig | undefined> {
  const search = { io, runs };
  if (explicitFile !== undefined) return loadNamed(resolve(io.cwd, explicitFile), originOf(explicitFile, io), search);
  const named = io.env['MIGRATOR_CONFIG'];
  if (named !== undefined && named !== '') return loadNamed(resolve(io.cwd, named), 'MIGRATOR_CONFIG', search);
  for (const folder of foldersUpwards(resolve(io.cwd))) {
    const found = await searchIn(folder, rcFileNames, search);
    if (found !== undefined) return found;
  }
  try {
    return await searchIn(configDirectory(io), userPlaces, search);
  } catch (error) {
    // A home folder that is none, as in some containers, holds no file.
    if (systemCode(error) !== 'ENOTDIR') throw error;
    return undefined;
  }
}

/** The environment gives its value to the flag, and a message must name what the user can change. */
const originOf = (file: string, { env }: IO): string =>
  env['MIGRATOR_CONFIG'] === file ? 'MIGRATOR_CONFIG' : '--config';
