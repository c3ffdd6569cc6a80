import { constants } from 'node:fs';
import { access, type FileHandle, lstat, mkdir, open, readdir, realpath, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMigratorError, MigratorError } from '../errors.ts';
import { syncFolder } from '../files/durable.ts';
import { sourceOver } from '../files/file-source.ts';
import { localError, systemCode } from '../files/local-error.ts';
import { createFileSink } from '../files/whole-file.ts';
import type { ByteStream } from '../ports/artifact.ts';
import { stopIfAborted } from '../streams/interruptible.ts';
import { storeFeed } from './feed.ts';
import type { StoreModule } from './module.ts';
import type { Entry, Shelf } from './shelf.ts';
import { storeUrlFault } from './urls.ts';

const embedded = 'embedded:';

/**
 * Packages in a folder of this machine or of a share. Its URL names the folder: `file:///srv/packages`. A folder that a
 * share should give is never made, because it is missing when the share is not mounted; the folder of `embedded:` is.
 */
export const folder: StoreModule = {
  secretSettings: [],
  ready: () => Promise.resolve(),
  create: ({ name, url }, tools) => {
    const root = rootOf(name, url);
    const isOwn = url.startsWith(embedded);
    const shelf = shelfIn(root);
    return {
      product: 'folder',
      probe: async () => {
        if (isOwn) await mkdir(root, { recursive: true, mode: 0o700 }).catch(() => undefined);
        const mayWrite = await look(root);
        return {
          product: 'folder',
          version: '',
          url,
          account: undefined,
          mode: 'normal',
          rights: [{ action: 'write packages', allowed: mayWrite, detail: `make "${root}" writable for this user` }],
          notes: [],
        };
      },
      feed: { ...storeFeed(shelf, tools), check: () => requireWritable(root) },
    };
  },
  place: ({ url }) => rootOf('', url),
};

function rootOf(name: string, url: string): string {
  try {
    if (url.startsWith(embedded)) return url.slice(embedded.length);
    if (storeUrlFault('folder', url) === undefined) return fileURLToPath(url);
  } catch (cause) {
    throw wrongUrl(name, cause);
  }
  throw wrongUrl(name, undefined);
}

function wrongUrl(name: string, cause: unknown): MigratorError {
  return new MigratorError('CONFIG_INVALID', `instances.${name}.url must name a folder`, {
    hint: 'write file:///srv/packages, or embedded:./packages for a folder beside the rc file',
    cause,
  });
}

/** Whether the folder can be written. Fails when it is no folder, or cannot be read. */
async function look(root: string): Promise<boolean> {
  try {
    if (!(await stat(root)).isDirectory()) {
      throw new MigratorError('CONFIG_INVALID', `"${root}" is not a folder`, { hint: 'correct the url of the store' });
    }
    await access(root, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw noFolder(root, error);
  }
  return access(root, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function noFolder(root: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new MigratorError('NOT_FOUND', `the folder "${root}" does not exist`, {
      hint: 'mount the share, or create the folder',
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EPERM') return refused(root, 'read', error);
  if (code === 'ESTALE' || code === 'EHOSTDOWN' || code === 'ETIMEDOUT' || code === 'ENOTCONN') {
    return new MigratorError('REMOTE_UNREACHABLE', `the share of "${root}" does not answer (${code})`, {
      hint: 'mount it again',
      cause: error,
    });
  }
  return localError(error, `could not use the folder "${root}"`);
}

function refused(root: string, what: 'read' | 'write', cause?: unknown): MigratorError {
  return new MigratorError('AUTH_REFUSED', `this user may not ${what} the folder "${root}"`, {
    hint: 'let its owner give you the right, or run migrator as another user',
    cause,
  });
}

async function requireWritable(root: string): Promise<void> {
  if (!(await look(root))) throw refused(root, 'write');
}

function shelfIn(root: string): Shelf {
  /** The path of a key. A link on the way would lead out of the store, so there must be none. */
  const pathOf = async (key: string): Promise<string> => {
    const path = join(root, ...key.split('/'));
    const wanted = join(await realpath(root), ...dirname(key).split('/'));
    if ((await realpath(dirname(path))) === wanted) return path;
    throw new MigratorError('CONFLICT', `"${dirname(path)}" leads to another folder`, {
      hint: 'a link, or a name that differs in case, lies in the store: remove it, or use another folder as the store',
    });
  };
  const named = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw noFolder(root, error);
    }
  };

  return {
    name: `the folder "${root}"`,
    list: async function* (below, signal) {
      await named(() => stat(root));
      yield* entriesBelow(root, below, signal);
    },
    put: (key, content, signal) =>
      named(async () => {
        try {
          return await write(root, key, pathOf, (inner) => content.open(inner), signal);
        } catch (error) {
          await removeEmpty(root, key);
          throw error;
        }
      }),
    read: (entry, start, end, signal) => bytesOf(entry, start, end, () => named(() => openAt(entry, pathOf)), signal),
    remove: (key) =>
      named(async () => {
        const path = await pathOf(key).catch((error: unknown) => {
          if (systemCode(error) === 'ENOENT') return undefined;
          throw error;
        });
        if (path === undefined) return;
        await rm(path, { force: true });
        await syncFolder(dirname(path));
        await removeEmpty(root, key);
      }),
  };
}

/** Regular files only. What is reached by a link is not of this store. Partial files are hidden by their names. */
async function* entriesBelow(root: string, below: string, signal: AbortSignal): AsyncGenerator<Entry> {
  const place = join(root, ...below.split('/'));
  let names;
  try {
    if (below !== '' && !(await lstat(place)).isDirectory()) return;
    names = await readdir(place, { withFileTypes: true });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return;
    throw noFolder(place, error);
  }
  for (const found of names.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    if (found.name.startsWith('.')) continue;
    stopIfAborted(signal);
    const key = `${below}${found.name}`;
    if (found.isDirectory()) yield* entriesBelow(root, `${key}/`, signal);
    else if (found.isFile()) {
      // It may go while it is listed.
      const stats = await lstat(join(place, found.name)).catch(() => undefined);
      if (stats?.isFile() === true) yield { key, size: stats.size, modifiedAt: stats.mtime };
    } else yield { key: `${key} (a link or a special file)`, size: 0, modifiedAt: new Date(0) };
  }
}

async function write(
  root: string,
  key: string,
  pathOf: (key: string) => Promise<string>,
  content: (signal: AbortSignal) => ByteStream,
  signal: AbortSignal,
): Promise<{ readonly made: boolean; readonly proven: boolean }> {
  const path = join(root, ...key.split('/'));
  await requireWritable(root);
  const sink = await made(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    return createFileSink(await pathOf(key), { overwrite: false });
  });
  if (sink === undefined) return { made: false, proven: false };
  try {
    for await (const chunk of content(signal)) {
      stopIfAborted(signal);
      await sink.write(chunk);
    }
    await sink.commit();
  } catch (error) {
    await sink.discard();
    if (isMigratorError(error, 'CONFLICT') && error.details['path'] === path) return { made: false, proven: false };
    throw error;
  }
  for (let at = dirname(dirname(path)); at.length >= root.length; at = dirname(at)) await syncFolder(at);
  return { made: true, proven: false };
}

/**
 * Opens a file below folders that another machine may remove at that moment, because its own upload failed. Undefined when
 * the file is there.
 */
async function made<T>(path: string, work: () => Promise<T>): Promise<T | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (isMigratorError(error, 'CONFLICT') && error.details['path'] === path) return undefined;
      const isGone = systemCode(error) === 'ENOENT' || isMigratorError(error, 'USAGE');
      if (!isGone || attempt === 3) throw error;
    }
  }
}

async function removeEmpty(root: string, key: string): Promise<void> {
  for (let at = dirname(key); at !== '.'; at = dirname(at)) {
    try {
      await rmdir(join(root, ...at.split('/')));
    } catch {
      // Something lies in it.
      return;
    }
  }
}

async function openAt(entry: Entry, pathOf: (key: string) => Promise<string>): Promise<FileHandle> {
  try {
    return await open(await pathOf(entry.key), constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'ELOOP') throw error;
    throw new MigratorError('NOT_FOUND', `"${entry.key}" is no longer in the store`, { cause: error });
  }
}

async function* bytesOf(
  entry: Entry,
  start: number,
  end: number,
  opened: () => Promise<FileHandle>,
  signal: AbortSignal,
): ByteStream {
  const handle = await opened();
  try {
    const { size } = await handle.stat();
    const source = sourceOver(handle, size, `"${entry.key}"`, () => handle.close());
    for await (const chunk of source.stream(start, Math.min(end, size))) {
      stopIfAborted(signal);
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}
