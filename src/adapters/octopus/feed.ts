import { createHash } from 'node:crypto';
import { isMigratorError, MigratorError } from '../../errors.ts';
import type { ArtifactFile, ByteStream, PackageRef, StoredPackage } from '../../ports/artifact.ts';
import type { OnConflict, PackageFeed } from '../../ports/feed.ts';
import type { Clock } from '../../ports/runtime.ts';
import { flagOf } from '../shared/option-values.ts';
import type { OctopusConnection } from './connection.ts';
import { requireLikelyPackage, requirePackage } from './migration-api/package-file.ts';
import { checkPackageRef, fileNameOf, parsePackageName } from './package-name.ts';
import { requirePushRight } from './push-right.ts';
import type { Server } from './server.ts';
import type { SpacePaths } from './wire/client.ts';
import { download } from './wire/download.ts';
import type { PackageResource } from './wire/schemas.ts';

/** A package and the space whose feed holds it. */
interface Located {
  readonly stored: StoredPackage;
  readonly space: SpacePaths;
}

export interface Feed extends PackageFeed {
  /**
   * The package in this instance's space, or in the default space, where an export without a destination may leave it.
   */
  locate(ref: PackageRef, signal: AbortSignal): Promise<Located | undefined>;
  fileOf(located: Located): ArtifactFile;
}

export function createFeed(server: Server, connection: OctopusConnection, { clock }: { readonly clock: Clock }): Feed {
  const { client } = server;
  const { apiKey } = connection;

  const statIn = async (
    space: SpacePaths,
    ref: PackageRef,
    signal: AbortSignal,
  ): Promise<StoredPackage | undefined> => {
    const found = await client.package(space, idOf(ref), signal);
    return found === undefined ? undefined : storedOf(found);
  };
  const stat: Feed['stat'] = async (ref, signal) => statIn(await server.space(signal), ref, signal);

  const locate: Feed['locate'] = async (ref, signal) => {
    const { links } = await server.root(signal);
    for (const space of [await server.space(signal), { links, prefix: 'api' }]) {
      const stored = await statIn(space, ref, signal);
      if (stored !== undefined) return { stored, space };
    }
    return undefined;
  };

  const fileOf: Feed['fileOf'] = ({ stored, space }) => ({
    path: `native/${stored.fileName}`,
    size: stored.size,
    mediaType: 'application/zip',
    ...(stored.digest === undefined ? {} : { digest: stored.digest }),
    open: (signal) =>
      download(
        (from, aborted) => client.rawPackage(space, idOf(stored), from, aborted),
        { name: stored.fileName, size: stored.size, digest: stored.digest },
        clock,
        signal,
      ),
  });

  return {
    locate,
    fileOf,
    stat,
    check: (signal) => requirePushRight(server, signal),
    list: async function* (filter, signal) {
      for await (const item of client.packages(await server.space(signal), filter, signal)) {
        const stored = storedOf(item);
        if (filter === undefined || stored.id.toLowerCase() === filter.toLowerCase()) yield stored;
      }
    },
    inspect: (file, exportedWith, signal) =>
      flagOf(exportedWith ?? {}, 'encryptPackage')
        ? requirePackage(file, { encrypted: true }, signal)
        : requireLikelyPackage(file, signal),
    upload: (file, ref, onConflict, signal, absent = false) =>
      upload(server, { stat, absent }, file, ref, onConflict, signal),
    parseFileName: (fileName) => parsePackageName(fileName.replace(/\.(tar\.[a-z0-9]+|[a-z]+)$/i, '')),
    download: async (ref, signal) => {
      const space = await server.space(signal);
      const stored = await statIn(space, ref, signal);
      if (stored === undefined) {
        throw new MigratorError('NOT_FOUND', `the feed does not hold ${ref.id} ${ref.version}`, {
          details: { missing: [`${ref.id}@${ref.version}`] },
        });
      }
      return fileOf({ stored, space });
    },
    delete: async (ref, signal) =>
      (await client.deletePackage(await server.space(signal), idOf(ref), signal)) ? 'deleted' : 'absent',
    ...(apiKey === undefined
      ? {}
      : {
          destination: async (signal) => ({
            url: connection.url,
            secret: apiKey,
            container: (await server.space(signal)).id,
          }),
        }),
  };
}

/** Of an upload that breaks off. The feed is looked at before each further one. */
const mostAttempts = 3;

type Uploaded = Awaited<ReturnType<PackageFeed['upload']>>;

async function upload(
  server: Server,
  { stat, absent }: { readonly stat: Feed['stat']; readonly absent: boolean },
  file: ArtifactFile,
  ref: PackageRef,
  onConflict: OnConflict,
  signal: AbortSignal,
  attempts = mostAttempts,
): Promise<Uploaded> {
  checkPackageRef(ref);
  const before = absent ? undefined : await stat(ref, signal);
  if (before !== undefined && onConflict !== 'overwrite') return settleConflict(before, file, ref, onConflict, signal);

  const hashed = hashing(file);
  const mode = onConflict === 'overwrite' ? 'OverwriteExisting' : 'FailIfExists';
  const part = { field: 'file', fileName: fileNameOf(ref), contentType: 'application/octet-stream' };
  const space = await server.space(signal);
  try {
    const status = await server.client.upload(space, { ...part, size: file.size, open: hashed.open }, mode, signal);
    if (status === 409) {
      const meanwhile = await stat(ref, signal);
      if (meanwhile !== undefined) return await settleConflict(meanwhile, file, ref, onConflict, signal);
      throw new MigratorError(
        'CONFLICT',
        `the feed refuses ${ref.id} ${ref.version} because it exists already, but does not show it`,
      );
    }
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    if (error.code !== 'REMOTE_UNREACHABLE' && error.details['ambiguous'] !== true) throw error;
    // The answer is lost, but the package may have arrived: what the feed holds now decides.
    const after = await stat(ref, signal);
    if (after === undefined && error.code === 'REMOTE_UNREACHABLE' && attempts > 1)
      return upload(server, { stat, absent: true }, file, ref, onConflict, signal, attempts - 1);
    if (after === undefined) throw settled(error);
    const local = await digestOf(file, signal);
    if (!isSame(after, local)) throw before === undefined ? damaged(ref, after, local) : settled(error);
    return { stored: after, outcome: before === undefined ? 'created' : 'overwritten' };
  }
  const stored = await stat(ref, signal);
  const local = hashed.result();
  if (stored === undefined) {
    throw new MigratorError('REMOTE_UNEXPECTED', `the feed accepted ${ref.id} ${ref.version} but does not hold it`);
  }
  if (!isSame(stored, local)) throw damaged(ref, stored, local);
  return { stored, outcome: before === undefined ? 'created' : 'overwritten' };
}

/** The package is there already. It is kept when the bytes are the same and `onConflict` is `keep`; else CONFLICT. */
async function settleConflict(
  stored: StoredPackage,
  file: ArtifactFile,
  ref: PackageRef,
  onConflict: OnConflict,
  signal: AbortSignal,
): Promise<Uploaded> {
  const identical = isSame(stored, await digestOf(file, signal));
  if (identical && onConflict === 'keep') return { stored, outcome: 'kept' };
  const what = identical ? 'already holds' : 'holds another package as';
  throw new MigratorError('CONFLICT', `the feed ${what} ${ref.id} ${ref.version}`, {
    hint: identical
      ? 'it is the same file: --on-conflict keep accepts it'
      : 'choose another version; import and package upload replace it with --on-conflict overwrite',
    details: { identical },
  });
}

function settled(error: MigratorError): MigratorError {
  return new MigratorError(error.code, error.message, {
    hint: 'the feed shows that the package did not arrive; run the same command again',
    details: { ...error.details, ambiguous: false },
    cause: error,
  });
}

function damaged(ref: PackageRef, stored: StoredPackage, local: Measured): MigratorError {
  return new MigratorError(
    'REMOTE_UNEXPECTED',
    `the feed holds ${ref.id} ${ref.version} differently from what was sent`,
    {
      hint: 'it may have been cut off (storage quota, proxy limit); delete it from the feed and upload it again',
      details: { sent: { ...local }, stored: { size: stored.size, sha1: stored.digest?.hex } },
    },
  );
}

interface Measured {
  readonly size: number;
  readonly sha1: string;
}

function isSame(stored: StoredPackage, local: Measured): boolean {
  if (stored.size !== undefined && stored.size !== local.size) return false;
  // Without a digest only the size can be compared.
  return stored.digest === undefined ? stored.size !== undefined : stored.digest.hex === local.sha1;
}

/** The same file, measured while it is read. `result` tells the measures of the last complete reading. */
function hashing(file: ArtifactFile): { open: (signal: AbortSignal) => ByteStream; result: () => Measured } {
  let measured: Measured = { size: -1, sha1: '' };
  return {
    open: async function* (signal) {
      const hash = createHash('sha1');
      let size = 0;
      for await (const chunk of file.open(signal)) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
      measured = { size, sha1: hash.digest('hex') };
    },
    result: () => measured,
  };
}

async function digestOf(file: ArtifactFile, signal: AbortSignal): Promise<Measured> {
  const hashed = hashing(file);
  const reading = hashed.open(signal)[Symbol.asyncIterator]();
  while ((await reading.next()).done !== true);
  return hashed.result();
}

function idOf({ id, version }: PackageRef): string {
  return `packages-${id}.${version}`;
}

function storedOf(resource: PackageResource): StoredPackage {
  const ref = { id: resource.PackageId ?? resource.NuGetPackageId ?? '', version: resource.Version };
  const hash = resource.Hash?.toLowerCase();
  return {
    ...ref,
    fileName: fileNameOf(ref, resource.FileExtension ?? '.zip'),
    size: resource.PackageSizeBytes ?? undefined,
    ...(hash !== undefined && /^[0-9a-f]{40}$/.test(hash) ? { digest: { algorithm: 'sha1' as const, hex: hash } } : {}),
    ...(resource.Published === undefined ? {} : { publishedAt: resource.Published }),
  };
}
