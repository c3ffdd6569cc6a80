import { limitWarnings, seal, type PayloadEntry, type SealedPackage, type SealInput } from '../../package/index.ts';
import type { InstanceInfo } from '../../ports/adapter.ts';
import type { Artifact, ArtifactFile, ByteStream, PackageRef } from '../../ports/artifact.ts';
import type { ByteSink } from '../../ports/bytes.ts';
import type { PreparedExport } from '../../ports/exporter.ts';
import type { Json } from '../../ports/journal.ts';
import type { Options, Secrets } from '../../ports/options.ts';
import type { Keeper } from '../instance.ts';
import type { OperationPorts } from '../operation.ts';
import { downloadWhole } from './download.ts';
import type { Via } from './settle-way.ts';

/** How the user wants packages to be sealed. */
export type SealSettings = Pick<SealInput, 'createdBy' | 'compression' | 'encryption' | 'signer' | 'privateManifest'>;

/** Stores a stream of unknown length until its size is known. */
export type Spool = (
  stream: ByteStream,
  signal: AbortSignal,
) => Promise<{
  readonly size: number;
  content(): ByteStream;
  /** From `start` up to and without `end`. */
  part(start: number, end: number): ByteStream;
  release(): Promise<void>;
}>;

export interface PackageOutput {
  readonly settings: SealSettings;
  /** The file name to show to the user. */
  name(ref: PackageRef): string;
  create(ref: PackageRef): Promise<ByteSink>;
  readonly spool: Spool;
}

/** Streams the files of an export into a sealed package. */
export async function sealArtifact(
  artifact: Artifact,
  origin: {
    readonly source: Pick<Keeper, 'name'>;
    readonly info: InstanceInfo;
    readonly prepared: PreparedExport | undefined;
    readonly options: Options;
    /** What the package carries for its import. */
    readonly carried?: Secrets | undefined;
    readonly via?: Via | undefined;
  },
  output: PackageOutput,
  { clock, random, reporter }: Pick<OperationPorts, 'clock' | 'random' | 'reporter'>,
  signal: AbortSignal,
): Promise<SealedPackage> {
  const { source, info, prepared, options, carried, via } = origin;
  const name = output.name(artifact.package);
  reporter.report({ type: 'phase', name: 'seal', subject: name });
  const total = artifact.files.reduce<number | undefined>(
    (sum, file) => (sum === undefined || file.size === undefined ? undefined : sum + file.size),
    0,
  );
  const scope: Json = {
    projects: (prepared?.projects ?? []).map(({ id, name }) => (id === '' ? { name } : { id, name })),
    options: (prepared?.exportedWith ?? options) as Json,
    ...(via === undefined ? {} : { via: via.name }),
  };
  const sealed = await seal(
    {
      ...artifact.package,
      ...output.settings,
      createdAt: clock.now(),
      source: { product: info.product, version: info.version, instance: source.name, url: info.url },
      scope,
      notes: artifact.notes,
      secrets: carried,
      entries: payload(artifact.files, output.spool, { clock, reporter }, signal),
    },
    await output.create(artifact.package),
    { random, onProgress: (done) => reporter.report({ type: 'bytes', subject: name, done, total }) },
    signal,
  );
  for (const message of limitWarnings(sealed.manifest, sealed.size)) reporter.report({ type: 'warning', message });
  return sealed;
}

async function* payload(
  files: readonly ArtifactFile[],
  spool: Spool,
  ports: Pick<OperationPorts, 'clock' | 'reporter'>,
  signal: AbortSignal,
): AsyncGenerator<PayloadEntry> {
  for (const file of files) {
    const { path, mediaType, size } = file;
    if (size !== undefined) {
      yield { path, mediaType, size, content: () => file.open(signal) };
    } else {
      const spooled = await downloadWhole(() => spool(file.open(signal), signal), ports, signal);
      try {
        yield { path, mediaType, size: spooled.size, content: () => spooled.content() };
      } finally {
        await spooled.release();
      }
    }
  }
}
