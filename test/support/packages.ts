import type { ByteStream } from '../../src/ports/artifact.ts';
import type { Secrets } from '../../src/ports/options.ts';
import { Secret } from '../../src/secret.ts';
import {
  defaultLimits,
  generateIdentity,
  generateSigningKey,
  open,
  seal,
  verify,
  type DecryptionKeys,
  type OpenLimits,
  type PayloadEntry,
  type SealInput,
  type TrustPolicy,
} from '../../src/package/index.ts';
import { MemorySink, MemorySource, seededRandom } from './memory-bytes.ts';

export const never = new AbortController().signal;
export const signer = generateSigningKey(seededRandom('signer'));
export const identity = generateIdentity(seededRandom('identity'));
export const trust: TrustPolicy = { trusted: [signer.publicKey], allowUnsigned: false };
export const keys: DecryptionKeys = { identities: [identity] };

export interface File {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mediaType?: string;
}

export const files: readonly File[] = [
  { path: 'native/export.zip', bytes: seededRandom('zip').bytes(3000), mediaType: 'application/zip' },
  { path: 'objects/project.ndjson', bytes: Buffer.from('{"id":"Projects-1"}\n'.repeat(100)) },
  { path: 'files/leer.txt', bytes: new Uint8Array(0) },
  { path: 'files/größe/日本語.txt', bytes: Buffer.from('ünïcode') },
  { path: `files/${'long/'.repeat(30)}name.bin`, bytes: seededRandom('long').bytes(512) },
];

/** What the golden packages of format 2 carry. */
export const carried: Secrets = { password: new Secret('golden password') };

export async function* entriesOf(from: readonly File[]): AsyncGenerator<PayloadEntry, void> {
  for (const file of from) yield await Promise.resolve(entryOf(file));
}

export function entryOf({ path, bytes, mediaType }: File): PayloadEntry {
  return { path, size: bytes.length, content: () => once(bytes), ...(mediaType === undefined ? {} : { mediaType }) };
}

export async function* once(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

export function input(change: Partial<SealInput> = {}): SealInput {
  return {
    id: 'acme-web',
    version: '1.2.3',
    createdAt: new Date('2026-11-21T01:02:03.456Z'),
    createdBy: 'migrator-cli 0.1.0',
    source: { product: 'octopus', version: '2026.4.1', instance: 'prod', url: 'https://octopus.example' },
    scope: { projects: ['Web shop'], exclude: ['certificates'] },
    notes: ['2 variables are sensitive'],
    entries: entriesOf(files),
    compression: 'auto',
    encryption: { recipients: [identity.recipient] },
    signer,
    privateManifest: false,
    ...change,
  };
}

/** The bytes of a sealed package. */
export async function sealed(change: Partial<SealInput> = {}, seed = 'seal'): Promise<Uint8Array> {
  const sink = new MemorySink();
  await seal(input(change), sink, { random: seededRandom(seed) }, never);
  return sink.bytes;
}

export interface Opening {
  readonly trust?: TrustPolicy;
  readonly keys?: DecryptionKeys;
  readonly limits?: Partial<OpenLimits>;
  readonly chunkSize?: number;
}

/** Verifies and opens a package, and returns its whole content. */
export async function opened(bytes: Uint8Array, options: Opening = {}): Promise<File[]> {
  const source = new MemorySource(bytes, options.chunkSize);
  const verified = await verify(source, options.trust ?? trust, never);
  const limits = { ...defaultLimits, ...options.limits };
  const result: File[] = [];
  for await (const entry of open(source, verified, options.keys ?? keys, limits, never)) {
    result.push({ path: entry.path, bytes: await collect(entry.content) });
  }
  return result;
}

/** The secrets that a package carries, in plain text. Undefined when it carries none. */
export async function secretsIn(bytes: Uint8Array, options: Opening = {}): Promise<object | undefined> {
  const source = new MemorySource(bytes, options.chunkSize);
  const verified = await verify(source, options.trust ?? trust, never);
  let found: object | undefined;
  const onSecrets = (secrets: Secrets): void => {
    found = Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()]));
  };
  for await (const { content } of open(source, verified, options.keys ?? keys, defaultLimits, never, { onSecrets }))
    await collect(content);
  return found;
}

export async function collect(stream: ByteStream): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

export function plain(from: readonly File[]): { path: string; hex: string }[] {
  return from.map(({ path, bytes }) => ({ path, hex: Buffer.from(bytes).toString('hex') }));
}
