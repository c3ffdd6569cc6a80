import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { facet, type Keeper } from '../../core/instance.ts';
import type { Staging } from '../../core/operations/migrate-project/route.ts';
import { describeRef, formatRef } from '../../core/package-ref.ts';
import type { PackageOutput, SealSettings } from '../../core/steps/seal-artifact.ts';
import { bringToStore, digestOfBytes } from '../../core/steps/store-package.ts';
import { type FileSource, openFileSource } from '../../files/file-source.ts';
import { spool } from '../../files/spool.ts';
import { createFileSink } from '../../files/whole-file.ts';
import { inspect } from '../../package/index.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { Run } from '../../ports/journal.ts';
import type { Context } from '../context.ts';
import { type KeyRing, keyRing } from '../keys/key-ring.ts';
import { version } from '../version.ts';
import { sealedSource } from './input.ts';
import { removeOpened, stagingDirectory } from './package-folder.ts';
import { fetchFromStore } from './store-package.ts';

/**
 * A relayed package is staged in the state directory, encrypted to this user only. With a store it goes through that, stays
 * there, and is encrypted to the usual recipients as well.
 */
export async function openStaging(run: Run, context: Context, store?: Keeper): Promise<Staging> {
  const { path, name, signer, output, remove } = await stagedOutput(run, context, store);
  return {
    output,
    reopen: async () => {
      const staged = await openFileSource(path);
      context.onWorkEnd(() => staged.close());
      let bytes = staged;
      if (store !== undefined) {
        bytes = await fetchFromStore(await bringStaged(staged, store, run, context), store, context);
        await remove();
      }
      const sealed = await sealedSource(path, bytes, { trust: [], identity: [] }, context);
      return { ...sealed, name, trust: { trusted: [signer.publicKey], allowUnsigned: false } };
    },
    remove,
    left: () => {
      const ref = run.record.facts['store.package'];
      if (store === undefined || ref === undefined) return [];
      const what = `package ${describeRef(ref)}`;
      return [{ instance: store.name, what, remove: `migrator package delete ${formatRef(ref)} --from ${store.name}` }];
    },
  };
}

/** The first half of a relay through a store: its package is brought there, and another machine takes it. */
export async function openStoreOutput(run: Run, context: Context, store: Keeper) {
  const { path, output, remove } = await stagedOutput(run, context, store);
  return {
    output,
    /** Brings the package that was written to the store. Returns its name there. */
    bring: async (): Promise<PackageRef> => {
      const staged = await openFileSource(path);
      try {
        return await bringStaged(staged, store, run, context);
      } finally {
        await staged.close();
      }
    },
    remove,
  };
}

async function stagedOutput(run: Run, context: Context, store: Keeper | undefined) {
  const directory = stagingDirectory(context.io);
  await removeOpened(directory);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${run.record.key}.tar`);
  const ring = await keyRing(context);
  const signer = await ring.signingKey(undefined);
  const settings: SealSettings = {
    createdBy: `migrator-cli ${version()}`,
    compression: store === undefined ? 'none' : 'auto',
    encryption: { recipients: store === undefined ? await ring.ownRecipients() : await allReaders(ring) },
    signer,
    privateManifest: false,
  };
  const remove = (): Promise<void> => rm(path, { force: true });
  const name = store === undefined ? 'the staged package' : `the package for ${store.name}`;
  const output: PackageOutput = {
    settings,
    name: () => name,
    create: () => createFileSink(path, { overwrite: true, mode: 0o600 }),
    spool,
  };
  return { path, name, signer, output, remove };
}

/** The usual recipients, and this user, who imports the package. */
async function allReaders(ring: KeyRing): Promise<Awaited<ReturnType<KeyRing['recipients']>>> {
  const all = [...(await ring.recipients([])), ...(await ring.ownRecipients())];
  return [...new Map(all.map((one) => [one.toString(), one])).values()];
}

/** Puts a package into a store. Returns its name there. */
async function bringStaged(staged: FileSource, store: Keeper, run: Run, context: Context): Promise<PackageRef> {
  const { id, version: number } = (await inspect(staged)).manifest;
  const ref = { id, version: number };
  const digest = await digestOfBytes(staged);
  const { signal } = context;
  const there = await facet(store, 'feed').stat(ref, signal);
  const sent = run.record.facts['store.digests'] ?? [];
  // An earlier process of this run sent it. A package is other bytes each time it is sealed.
  const isOwn = sent.some((one) => one === there?.digest?.hex);
  await run.note({ 'store.digests': [...sent, digest] });
  const ports = { reporter: await context.reporter(), consent: () => Promise.resolve(true) };
  await bringToStore(store, { bytes: staged, digest, ref }, isOwn ? 'overwrite' : 'keep', ports, signal);
  await run.note({ 'store.package': ref });
  return ref;
}
