import { mkdirSync } from 'node:fs';
import { link, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import type { ByteStream } from '../../ports/artifact.ts';
import { pathFault } from '../../portable-path.ts';
import { hasNoLinks, moveWithoutReplacing, syncFolder } from '../durable.ts';
import { localError, systemCode } from '../local-error.ts';
import { noPlace } from '../no-place.ts';
import { partialName, removeStalePartials } from '../partial-name.ts';
import { FileWriter } from './file-writer.ts';
import { holdFolder, type HeldFolder } from './held-folder.ts';

/** A folder that receives files. Nothing is visible in it before `commit`. */
export interface TreeWriter {
  /**
   * PACKAGE_MALFORMED when the path is not portable (`pathFault`) or two entries would be one file. Of many small
   * files, the failure of one may be told by a later call, or by `commit`.
   */
  write(path: string, content: ByteStream | Uint8Array): Promise<void>;
  /** Puts all files into place and returns their paths. CONFLICT names what is in the way; nothing has moved then. */
  commit(): Promise<readonly string[]>;
  /** Removes what was written. Does nothing after `commit`. */
  discard(): Promise<void>;
}

type Kind = 'absent' | 'folder' | 'file' | 'link';

async function kindOf(path: string): Promise<Kind> {
  try {
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) return 'link';
    return stats.isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return 'absent';
    throw error;
  }
}

/** The existing files and links that are in the way of these paths. Links are never followed. */
async function obstacles(folder: HeldFolder, paths: readonly string[], overwrite: boolean): Promise<readonly string[]> {
  const found = new Set<string>();
  const seen = new Map<string, Kind>();
  for (const path of paths) {
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const step = parts.slice(0, depth).join('/');
      const kind = seen.get(step) ?? (await kindOf(folder.at(step)));
      seen.set(step, kind);
      if (kind === 'absent') break;
      const last = depth === parts.length;
      if (last ? kind !== 'file' || !overwrite : kind !== 'folder') found.add(step);
    }
  }
  return [...found];
}

/** Moves staged files into an existing folder, one by one. A failure puts everything back. */
async function merge(stage: HeldFolder, root: HeldFolder, paths: readonly string[], overwrite: boolean): Promise<void> {
  await mkdir(stage.at('replaced'));
  const route = new Route(root);
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const [index, path] of paths.entries()) {
      const name = basename(path);
      const target = await route.to(path, (made) => undo.push(() => remove(route, made)));
      const staged = stage.at(`files/${path}`);
      const old = stage.at(`replaced/${String(index)}`);
      if (overwrite && (await keepOld(target.at(name), old))) {
        undo.push(async () => rename(old, (await route.to(path)).at(name)));
        await rename(staged, target.at(name));
      } else {
        await (overwrite ? rename(staged, target.at(name)) : moveWithoutReplacing(staged, target.at(name)));
        undo.push(() => remove(route, path));
      }
    }
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  } finally {
    route.release();
  }
}

/**
 * Keeps a file that will be replaced under a second name. It keeps its own too, because another run may replace it at
 * this moment. False when there is none.
 */
async function keepOld(path: string, old: string): Promise<boolean> {
  try {
    const kind = await kindOf(path);
    if (kind === 'link') throw Object.assign(new Error(`"${path}" is a link`), { code: 'ELOOP' });
    if (kind !== 'file') return false;
    await link(path, old).catch((error: unknown) => {
      if (!hasNoLinks(error)) throw error;
      return rename(path, old);
    });
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function remove(route: Route, path: string): Promise<void> {
  await rm((await route.to(path)).at(basename(path)), { recursive: true, force: true });
}

/** Holds the folders from the root down to the last path; the next path uses those that it shares. */
class Route {
  readonly #root: HeldFolder;
  readonly #steps: { readonly name: string; readonly folder: HeldFolder }[] = [];

  constructor(root: HeldFolder) {
    this.#root = root;
  }

  /** The folder that contains `path`. With `onMade`, missing folders are made. */
  async to(path: string, onMade?: (path: string) => void): Promise<HeldFolder> {
    const names = path.split('/').slice(0, -1);
    const shared = names.findIndex((name, depth) => this.#steps[depth]?.name !== name);
    this.#leave(shared === -1 ? names.length : shared);
    for (const [depth, name] of names.entries()) {
      if (depth < this.#steps.length) continue;
      const parent = this.#steps.at(-1)?.folder ?? this.#root;
      if (onMade !== undefined && (await made(parent.at(name)))) onMade(names.slice(0, depth + 1).join('/'));
      this.#steps.push({ name, folder: parent.enter(name) });
    }
    return this.#steps.at(-1)?.folder ?? this.#root;
  }

  release(): void {
    this.#leave(0);
  }

  #leave(depth: number): void {
    for (const { folder } of this.#steps.splice(depth).reverse()) folder.release();
  }
}

async function made(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return false;
  }
}

function conflict(folder: string, names: readonly string[]): MigratorError {
  const shown = names.slice(0, 10).join(', ') + (names.length > 10 ? ` and ${String(names.length - 10)} more` : '');
  return new MigratorError('CONFLICT', `"${folder}" already holds ${shown}`, {
    hint: 'choose another folder, or allow files to be replaced with --force; links are never followed',
    details: { existing: names },
  });
}

/** The reader of packages refuses the same paths, by the same rules: this is the second wall. */
function refuseUnsafe(path: string): void {
  const fault = pathFault(path);
  if (fault === undefined) return;
  throw new MigratorError(
    'PACKAGE_MALFORMED',
    `the path ${JSON.stringify(path)} in the package is refused: it ${fault}`,
  );
}

/** The folder where the files wait for the commit. `name` is its name in `place`. */
interface Stage {
  readonly place: HeldFolder;
  readonly name: string;
  readonly folder: HeldFolder;
}

function makeStage(folder: string, kind: Kind): Stage {
  // Inside the folder when it exists, because it may be on a disk of its own; beside it when it does not.
  const isInside = kind === 'folder';
  const name = basename(partialName(isInside ? join(folder, 'open') : folder));
  try {
    const place = holdFolder(isInside ? folder : dirname(folder), !isInside);
    mkdirSync(place.at(name), { mode: 0o700 });
    const stage = place.enter(name);
    mkdirSync(stage.at('files'));
    return { place, name, folder: stage };
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') {
      throw noPlace(folder, { hint: 'create it, or choose another place', cause: error });
    }
    throw localError(error, `could not write to "${folder}"`);
  }
}

/**
 * Writes files into a private folder first, which is beside the destination, or inside it when that exists. `commit`
 * renames them into place, so a bad package leaves nothing behind. Links are never followed, even when they appear in
 * the meantime. USAGE when the destination is a file or a link.
 */
export async function createTreeWriter(folder: string, options: { readonly overwrite: boolean }): Promise<TreeWriter> {
  const before = await kindOf(folder);
  if (before === 'file' || before === 'link') {
    throw new MigratorError(
      'USAGE',
      `"${folder}" is ${before === 'file' ? 'a file' : 'a symbolic link'}, not a folder`,
      { hint: 'name another folder' },
    );
  }
  // Decrypted files that a killed run left must not stay.
  await removeStalePartials(folder);
  if (before === 'folder') await removeStalePartials(join(folder, 'open'));
  const stage = makeStage(folder, before);
  const files = new FileWriter((path, error) =>
    ['EEXIST', 'EISDIR', 'ENOTDIR'].includes(systemCode(error) ?? '')
      ? new MigratorError(
          'PACKAGE_MALFORMED',
          `the package holds two files that would be one here: ${JSON.stringify(path)}`,
        )
      : localError(error, `could not write ${JSON.stringify(path)} below "${folder}"`),
  );
  const paths: string[] = [];
  let done = false;
  const discard = async (): Promise<void> => {
    if (done) return;
    done = true;
    await files.close();
    await rm(stage.place.at(stage.name), { recursive: true, force: true, maxRetries: 3 });
    stage.folder.release();
    stage.place.release();
  };
  const mergeInto = async (root: HeldFolder): Promise<void> => {
    const names = await obstacles(root, paths, options.overwrite);
    if (names.length > 0) throw conflict(folder, names);
    await merge(stage.folder, root, paths, options.overwrite);
  };
  const commit = async (): Promise<void> => {
    if (before === 'folder') return mergeInto(stage.place);
    try {
      await rename(stage.folder.at('files'), stage.place.at(basename(folder)));
    } catch (error) {
      if (!options.overwrite || !['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error;
      // Another run has made the folder in the meantime.
      const root = stage.place.enter(basename(folder));
      await mergeInto(root).finally(() => root.release());
    }
  };
  return {
    write: async (path, content) => {
      refuseUnsafe(path);
      const target = stage.folder.at(`files/${path}`);
      // When a file is replaced, the old one or the new one must survive a power cut at any moment.
      await files.write(path, target, content, options.overwrite);
      paths.push(path);
    },
    commit: async () => {
      if (done) throw new RangeError('the folder was already finished');
      try {
        await files.flush();
        await commit();
      } catch (error) {
        const code = systemCode(error) ?? '';
        if (['ENOTEMPTY', 'EEXIST'].includes(code)) throw conflict(folder, ['other files']);
        if (['ENOTDIR', 'ELOOP'].includes(code)) throw conflict(folder, ['a link or a file where a folder must be']);
        throw localError(error, `could not put the files into "${folder}"`);
      } finally {
        await discard();
      }
      await syncFolder(dirname(folder));
      return paths;
    },
    discard,
  };
}
