import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import type { ByteStream } from '../../ports/artifact.ts';
import { moveWithoutReplacing, syncFolder } from './durable.ts';
import { entryParts } from './entry-path.ts';
import { localError, systemCode } from './local-error.ts';
import { partialName } from './partial-name.ts';

/** A folder that receives files. Nothing is visible in it before `commit`. */
export interface TreeWriter {
  /** PACKAGE_MALFORMED when the path leaves the folder or two entries would be one file. */
  write(path: string, content: ByteStream): Promise<void>;
  /** Puts everything into place; CONFLICT names what is in the way, and then nothing has moved. Gives the paths written. */
  commit(): Promise<readonly string[]>;
  /** Removes what was written; harmless after `commit`. */
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

/** What keeps these paths from being put below the folder: existing files, and links on the way, which are never followed. */
async function obstacles(folder: string, paths: readonly string[], overwrite: boolean): Promise<readonly string[]> {
  const found = new Set<string>();
  const seen = new Map<string, Kind>();
  for (const path of paths) {
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const step = parts.slice(0, depth).join('/');
      const kind = seen.get(step) ?? (await kindOf(join(folder, step)));
      seen.set(step, kind);
      if (kind === 'absent') break;
      const last = depth === parts.length;
      if (last ? kind !== 'file' || !overwrite : kind !== 'folder') found.add(step);
    }
  }
  return [...found];
}

/** Moves staged files into an existing folder, one by one; a failure on the way puts everything back. */
async function merge(stage: string, folder: string, paths: readonly string[], overwrite: boolean): Promise<void> {
  const kept = join(stage, 'replaced');
  await mkdir(kept);
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const [index, path] of paths.entries()) {
      const target = join(folder, path);
      const made = await mkdir(dirname(target), { recursive: true });
      if (made !== undefined) undo.push(() => rm(made, { recursive: true, force: true }));
      if (overwrite && (await kindOf(target)) === 'file') {
        const old = join(kept, String(index));
        await rename(target, old);
        undo.push(() => rename(old, target));
      }
      await moveWithoutReplacing(join(stage, 'files', path), target);
      undo.push(() => rm(target, { force: true }));
    }
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

function conflict(folder: string, names: readonly string[]): MigratorError {
  const shown = names.slice(0, 10).join(', ') + (names.length > 10 ? ` and ${String(names.length - 10)} more` : '');
  return new MigratorError('CONFLICT', `"${folder}" already holds ${shown}`, {
    hint: 'choose another folder, or allow files to be replaced with --force; links are never followed',
    details: { existing: names },
  });
}

async function makeStage(folder: string, kind: Kind): Promise<string> {
  // Inside a folder that exists, because a folder may be a disk of its own; beside one that does not exist yet.
  const stage = kind === 'folder' ? join(folder, partialName('open')) : partialName(folder);
  try {
    await mkdir(stage, { mode: 0o700 });
    await mkdir(join(stage, 'files'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') {
      throw new MigratorError('USAGE', `the folder "${dirname(folder)}" does not exist`, { cause: error });
    }
    throw localError(error, `could not write to "${folder}"`);
  }
  return stage;
}

async function writeFully(target: string, content: ByteStream): Promise<void> {
  const handle = await open(target, 'wx', 0o666);
  try {
    for await (const chunk of content) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Receives files for a folder in a private folder beside it (inside it when it exists), and renames them into place on
 * `commit`: a package that turns out bad leaves nothing behind. USAGE when the destination is a file or a link.
 */
export async function createTreeWriter(
  folder: string,
  options: { readonly overwrite: boolean; readonly platform: NodeJS.Platform },
): Promise<TreeWriter> {
  const before = await kindOf(folder);
  if (before === 'file' || before === 'link') {
    throw new MigratorError(
      'USAGE',
      `"${folder}" is ${before === 'file' ? 'a file' : 'a symbolic link'}, not a folder`,
    );
  }
  const stage = await makeStage(folder, before);
  const paths: string[] = [];
  let done = false;
  const discard = async (): Promise<void> => {
    done = true;
    await rm(stage, { recursive: true, force: true, maxRetries: 3 });
  };
  return {
    write: async (path, content) => {
      const target = join(stage, 'files', ...entryParts(path, options.platform));
      try {
        await mkdir(dirname(target), { recursive: true });
        await writeFully(target, content);
      } catch (error) {
        if (['EEXIST', 'EISDIR', 'ENOTDIR'].includes(systemCode(error) ?? '')) {
          throw new MigratorError(
            'PACKAGE_MALFORMED',
            `the package holds two files that would be one here: ${JSON.stringify(path)}`,
          );
        }
        throw localError(error, `could not write ${JSON.stringify(path)} below "${folder}"`);
      }
      paths.push(path);
    },
    commit: async () => {
      if (done) throw new RangeError('the folder was already finished');
      try {
        if ((await kindOf(folder)) === 'absent') {
          await rename(join(stage, 'files'), folder);
        } else {
          const names = await obstacles(folder, paths, options.overwrite);
          if (names.length > 0) throw conflict(folder, names);
          await merge(stage, folder, paths, options.overwrite);
        }
      } catch (error) {
        if (['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw conflict(folder, ['other files']);
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
