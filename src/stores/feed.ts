import { createHash } from 'node:crypto';
import { isMigratorError, MigratorError } from '../errors.ts';
import { nameFault } from '../package/manifest/rules.ts';
import { plural } from '../plural.ts';
import type { ArtifactFile, ByteStream, PackageRef, StoredPackage } from '../ports/artifact.ts';
import type { Store } from '../ports/store.ts';
import { inParallel } from '../streams/in-parallel.ts';
import { checked, resumed } from '../streams/resumed-download.ts';
import { labelOf } from './label.ts';
import type { StoreTools } from './module.ts';
import { extensionOf, folderOf, keyOf, type Named, parseFileName, parseKey } from './names.ts';
import { rangedSource } from './ranged-source.ts';
import type { Entry, Shelf } from './shelf.ts';

/** A package in the store: what its key tells, and what lies under it. */
interface Held extends Named {
  readonly entry: Entry;
}

/** How many packages of a listing are looked into at once. */
const looksAtOnce = 8;
/** How often, and after how long, a store is looked at again while two packages share a name. */
const looks = 6;
const pauseMs = 400;

/** The feed of a store, over what its kind does its own way. Decision 0017 says why an upload is safe. */
export function storeFeed(shelf: Shelf, tools: Pick<StoreTools, 'clock' | 'notice'>): Store['feed'] {
  /** What bears this name, the oldest first. More than one only while an upload is not over, or when one was killed. */
  const heldAs = async (ref: PackageRef, signal: AbortSignal): Promise<readonly Held[]> => {
    if (nameFault(ref) !== undefined) return [];
    const found: Held[] = [];
    for await (const entry of shelf.list(folderOf(ref), signal)) {
      const named = parseKey(entry.key);
      if (named !== undefined) found.push({ ...named, entry });
    }
    return found.sort(byAge);
  };

  const describe = async (held: Held, signal: AbortSignal): Promise<StoredPackage> => {
    const { id, version, sha256, extension, entry } = held;
    const source = rangedSource(entry.size, (start, end) => shelf.read(entry, start, end, signal));
    return {
      id,
      version,
      fileName: fileNameOf(held),
      size: entry.size,
      digest: { algorithm: 'sha256', hex: sha256 },
      publishedAt: entry.modifiedAt.toISOString(),
      ...(extension === 'tar' ? await labelOf(source, held) : {}),
    };
  };

  /** The bytes of a package, resumed where they break off, and compared with its digest at their end. */
  const content = (held: Held, signal: AbortSignal): ByteStream => {
    const { entry, sha256: hex } = held;
    const name = `${describeRef(held)} of ${shelf.name}`;
    const rest = (from: number): ByteStream => shelf.read(entry, from, entry.size, signal);
    const stream = resumed({ name, rest, size: () => entry.size }, tools.clock, signal);
    const digest = { algorithm: 'sha256', hex } as const;
    const hints = { digest: 'see it with "migrator package list", delete it, and upload it again' };
    return checked(stream, { name, size: entry.size, digest, statedBy: 'its key', hints });
  };

  const isWhole = async (held: Held, signal: AbortSignal): Promise<boolean> => {
    try {
      const stream = content(held, signal)[Symbol.asyncIterator]();
      while ((await stream.next()).done !== true);
      return true;
    } catch (error) {
      if (isMigratorError(error, 'REMOTE_UNEXPECTED')) return false;
      throw error;
    }
  };

  /**
   * Of two uploads of one name at the same time, each sees the other's in the listing that follows its own. The later one
   * takes its own away. The earlier one stays when the other goes; when the other does not go, it had ended before, and
   * the earlier one gives way too. So there is never a second one that its uploader believes to be the only one.
   */
  const requireAlone = async (own: Named, before: readonly Held[], made: boolean, signal: AbortSignal) => {
    for (let look = 1; ; look += 1) {
      const now = await heldAs(own, signal);
      const mine = now.find((held) => isSame(held, own));
      const rivals = now.filter((held) => !isSame(held, own) && !before.some((one) => isSame(one, held)));
      if (mine === undefined) throw conflict(own, 'was deleted while it was uploaded');
      if (rivals.length === 0) return mine;
      if (look < looks && rivals.every((rival) => byAge(mine, rival) < 0)) {
        await tools.clock.sleep(pauseMs, signal, `another upload of ${describeRef(own)} to ${shelf.name} to end`);
        continue;
      }
      if (made) await shelf.remove(keyOf(own), signal);
      throw conflict(own, 'was uploaded by another one with other bytes at the same time', { takenAway: made });
    }
  };

  const conflict = (ref: PackageRef, what: string, details = {}): MigratorError =>
    new MigratorError('CONFLICT', `${describeRef(ref)} ${what} (${shelf.name})`, {
      hint: 'choose another version, delete that package, or replace it with --on-conflict overwrite',
      details: { id: ref.id, version: ref.version, ...details },
    });

  const put = async (own: Named, file: ArtifactFile, size: number, before: readonly Held[], signal: AbortSignal) => {
    const key = keyOf(own);
    const open = (inner: AbortSignal) => announced(file, { size, hex: own.sha256 }, inner);
    const { made, proven } = await shelf.put(key, { size, open }, signal);
    const mine = await requireAlone(own, before, made, signal);
    if (mine.entry.size === size && (proven || (await isWhole(mine, signal)))) return mine;
    // A key tells the digest of its bytes, so nobody can use these.
    await shelf.remove(key, signal);
    throw new MigratorError('REMOTE_UNEXPECTED', `${shelf.name} does not keep the bytes that it was sent`, {
      hint: 'upload the package again; if that happens twice, its disk or a proxy before it changes what it is sent',
      details: { key },
    });
  };

  return {
    keepsSealed: true,
    list: async function* (filter, signal) {
      const strange: string[] = [];
      async function* named(): AsyncGenerator<Held> {
        for await (const entry of shelf.list(filter === undefined ? '' : `${filter}/`, signal)) {
          const found = parseKey(entry.key);
          if (found === undefined) strange.push(entry.key);
          else yield { ...found, entry };
        }
      }
      if (filter !== undefined && nameFault({ id: filter }) !== undefined) return;
      yield* inParallel(named(), looksAtOnce, (held) => describe(held, signal));
      const [first] = strange;
      if (first === undefined) return;
      const what = plural(strange.length, 'other file');
      tools.notice(`${shelf.name} holds ${what}, such as ${JSON.stringify(first)}, which migrator leaves alone`);
    },
    stat: async (ref, signal) => {
      const [first] = await heldAs(ref, signal);
      return first && describe(first, signal);
    },
    upload: async (file, ref, onConflict, signal) => {
      const fault = nameFault(ref);
      if (fault !== undefined) throw new MigratorError('USAGE', fault, { hint: 'give it another id or version' });
      const { hex, size } = await digestOf(file, signal);
      const own = { ...ref, sha256: hex, extension: extensionOf(file.path) };
      const before = await heldAs(ref, signal);
      if (before.length > 0 && onConflict === 'fail') throw conflict(ref, 'is there already');
      const others = before.filter((held) => held.sha256 !== hex);
      if (others.length > 0 && onConflict === 'keep') throw conflict(ref, 'is there already, with other bytes');
      const same = before.find((held) => held.sha256 === hex);
      const kept = same?.entry.size === size ? same : undefined;
      // It is cut short, and nobody can use it.
      if (same !== undefined && kept === undefined) await shelf.remove(same.entry.key, signal);
      const mine = kept ?? (await put(own, file, size, before, signal));
      for (const { entry } of others) await shelf.remove(entry.key, signal);
      const outcome = others.length > 0 ? 'overwritten' : kept === undefined ? 'created' : 'kept';
      return { stored: await describe(mine, signal), outcome };
    },
    download: async (ref, signal) => {
      for (let look = 1; ; look += 1) {
        const [first, ...others] = await heldAs(ref, signal);
        if (first === undefined) {
          throw new MigratorError('NOT_FOUND', `${shelf.name} has no package ${describeRef(ref)}`, {
            hint: '"migrator package list" lists the packages',
          });
        }
        if (others.length === 0) {
          return {
            path: `native/${fileNameOf(first)}`,
            size: first.entry.size,
            mediaType: 'application/octet-stream',
            digest: { algorithm: 'sha256', hex: first.sha256 },
            open: (inner) => content(first, inner),
            range: (start, length, inner) => shelf.read(first.entry, start, start + length, inner),
          };
        }
        if (look === looks) throw twofold(shelf, ref, [first, ...others]);
        await tools.clock.sleep(pauseMs, signal, `an upload of ${describeRef(ref)} to ${shelf.name} to end`);
      }
    },
    parseFileName,
    delete: async (ref, signal) => {
      const found = await heldAs(ref, signal);
      for (const { entry } of found) await shelf.remove(entry.key, signal);
      return found.length === 0 ? 'absent' : 'deleted';
    },
  };
}

const isSame = (one: Named, other: Named): boolean => keyOf(one) === keyOf(other);
const describeRef = ({ id, version }: PackageRef): string => `${id} ${version}`;
const fileNameOf = ({ id, version, extension }: Named): string => `${id}.${version}.${extension}`;

/** One order for everybody who looks: by the time of the server, and by the digest where that is equal. */
function byAge(one: Held, other: Held): number {
  const years = one.entry.modifiedAt.getTime() - other.entry.modifiedAt.getTime();
  return years !== 0 ? years : one.sha256 < other.sha256 ? -1 : 1;
}

/** An uploader that was killed at the end of its upload has left its package beside another one. */
function twofold(shelf: Shelf, ref: PackageRef, all: readonly Held[]): MigratorError {
  const sums = all.map(({ sha256 }) => sha256.slice(0, 12)).join(', ');
  return new MigratorError(
    'CONFLICT',
    `${shelf.name} has ${all.length} packages ${describeRef(ref)} with other bytes (SHA-256 ${sums}…)`,
    {
      hint: 'an upload was killed; upload the right one again with --on-conflict overwrite, or delete both with "migrator package delete"',
      details: { ...ref, digests: all.map(({ sha256 }) => sha256) },
    },
  );
}

/** The digest and size of a file: as it states them, or by reading it once. */
async function digestOf(
  file: ArtifactFile,
  signal: AbortSignal,
): Promise<{ readonly hex: string; readonly size: number }> {
  if (file.digest?.algorithm === 'sha256' && file.size !== undefined) return { hex: file.digest.hex, size: file.size };
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of file.open(signal)) {
    hash.update(chunk);
    size += chunk.byteLength;
  }
  return { hex: hash.digest('hex'), size };
}

/** The bytes of a file, which must be those of which the key tells. Otherwise it fails before the last of them is used. */
async function* announced(
  file: ArtifactFile,
  { size, hex }: { readonly size: number; readonly hex: string },
  signal: AbortSignal,
): ByteStream {
  const hash = createHash('sha256');
  let seen = 0;
  for await (const chunk of file.open(signal)) {
    hash.update(chunk);
    seen += chunk.byteLength;
    yield chunk;
  }
  if (seen === size && hash.digest('hex') === hex) return;
  throw new MigratorError('LOCAL_IO', 'the package changed while it was uploaded', {
    hint: 'wait until nobody writes to it, and upload it again',
  });
}
