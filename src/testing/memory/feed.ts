import { createHash } from 'node:crypto';
import { MigratorError } from '../../errors.ts';
import type { ArtifactFile } from '../../ports/artifact.ts';
import type { PackageFeed } from '../../ports/feed.ts';
import type { Clock } from '../../ports/runtime.ts';
import { Secret } from '../../secret.ts';
import { keyOf, type MemoryInstance, type MemoryPackage } from './instance.ts';

/** Lets a caller in: AUTH_REFUSED with a wrong token, CANCELLED once its signal has aborted. */
export type Door = (signal: AbortSignal) => Promise<MemoryInstance>;

export function createFeed(door: Door, { clock }: { readonly clock: Clock }): PackageFeed {
  return {
    list: async function* (filter, signal) {
      for (const { stored } of [...(await door(signal)).packages.values()].toReversed()) {
        if (filter === undefined || stored.id === filter) yield stored;
      }
    },
    stat: async (ref, signal) => (await door(signal)).packages.get(keyOf(ref))?.stored,
    upload: async (file, ref, onConflict, signal) => {
      const instance = await door(signal);
      const chunks: Uint8Array[] = [];
      for await (const chunk of file.open(signal)) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const before = instance.packages.get(keyOf(ref));
      if (before === undefined || onConflict === 'overwrite') {
        const stored = instance.store(ref, bytes, clock.now());
        return { stored, outcome: before === undefined ? 'created' : 'overwritten' };
      }
      const identical = before.stored.digest?.hex === createHash('sha256').update(bytes).digest('hex');
      if (identical && onConflict === 'keep') return { stored: before.stored, outcome: 'kept' };
      throw new MigratorError('CONFLICT', `the feed already holds ${keyOf(ref)}`, { details: { identical } });
    },
    parseFileName: (fileName) => {
      const [, id, version] = /^(.+?)\.(\d+\.\d+\.\d+[^/]*)\.json$/.exec(fileName) ?? [];
      return id === undefined || version === undefined ? undefined : { id, version };
    },
    download: async (ref, signal) => {
      const held = (await door(signal)).packages.get(keyOf(ref));
      if (held === undefined) throw new MigratorError('NOT_FOUND', `the feed does not hold ${keyOf(ref)}`);
      return fileOf(held);
    },
    delete: async (ref, signal) => ((await door(signal)).packages.delete(keyOf(ref)) ? 'deleted' : 'absent'),
    destination: async (signal) => {
      const { url, token } = await door(signal);
      return { url, secret: new Secret(token) };
    },
  };
}

export function fileOf({ stored, bytes }: MemoryPackage): ArtifactFile {
  return {
    path: `native/${stored.fileName}`,
    size: bytes.length,
    mediaType: 'application/json',
    digest: stored.digest,
    open: async function* (signal) {
      await Promise.resolve();
      for (let at = 0; at < bytes.length; at += 65_536) {
        if (signal.aborted) throw new MigratorError('CANCELLED', `the download of ${stored.fileName} was interrupted`);
        yield bytes.subarray(at, at + 65_536);
      }
    },
  };
}
