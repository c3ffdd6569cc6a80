import { createHash } from 'node:crypto';
import type { Json } from '../../src/ports/journal.ts';
import { encodeCanonical } from '../../src/package/canonical-json.ts';
import type { SigningKey } from '../../src/package/index.ts';
import { printSums } from '../../src/package/sums.ts';
import { HeaderForm, padding } from '../../src/package/tar/header.ts';
import { signer } from './packages.ts';

/** Makes packages that `seal` would never write: member by member, and signed. */
export const createdAt = '2026-11-21T01:02:03Z';
export const form = new HeaderForm(Date.parse(createdAt) / 1000);

export interface Part {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Replaces the correct header. */
  readonly header?: Uint8Array;
}

export function part(name: string, bytes: Uint8Array | string, header?: Uint8Array): Part {
  return { name, bytes: Buffer.from(bytes), ...(header === undefined ? {} : { header }) };
}

/** A tar of these parts. `end` replaces the two zero blocks. */
export function tarOf(parts: readonly Part[], end: Uint8Array = Buffer.alloc(1024)): Buffer {
  const blocks = parts.flatMap(({ name, bytes, header }) => [
    header ?? form.encode(name, bytes.length),
    bytes,
    Buffer.alloc(padding(bytes.length)),
  ]);
  return Buffer.concat([...blocks, end]);
}

/** A header with any fields and the correct checksum. */
export function rawHeader(change: (block: Buffer) => void, name = 'files/a', size = 0): Buffer {
  const block = form.encode(name, size);
  change(block);
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

type JsonObject = Readonly<Record<string, Json>>;
/** A key with the value undefined is left out. */
type Change = Readonly<Record<string, Json | undefined>>;

export interface Forgery {
  /** The payload tar, stored as it is. */
  readonly payload?: Uint8Array;
  /** What the manifest lists; one file `files/a` by default. */
  readonly listed?: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  readonly content?: Change;
  readonly manifest?: Change;
  readonly manifestBytes?: Uint8Array;
  readonly sums?: string;
  readonly comment?: string;
  readonly signature?: string;
  readonly key?: SigningKey;
}

export const aFile = { path: 'files/a', bytes: Buffer.from('alpha') };

export function forgedParts(change: Forgery = {}): Part[] {
  const listed = change.listed ?? [aFile];
  const payload = change.payload ?? tarOf(listed.map(({ path, bytes }) => part(path, bytes)));
  const content = {
    member: 'content.tar',
    compression: 'none',
    encryption: 'none',
    recipients: [],
    counts: { files: listed.length, bytes: listed.reduce((sum, { bytes }) => sum + bytes.length, 0) },
    files: listed.map(({ path, bytes }) => ({ path, size: bytes.length, sha256: sha256(bytes) })),
    ...change.content,
  };
  const manifest = {
    format: 'migrator-package/1',
    id: 'acme',
    version: '1.0.0',
    createdAt,
    createdBy: 'forger 1.0.0',
    private: false,
    scope: {},
    notes: [],
    content: definite(content),
    ...change.manifest,
  };
  const bytes = change.manifestBytes ?? encodeCanonical(definite(manifest));
  const { member } = content;
  const sums = change.sums ?? printSums(member, { content: sha256(payload), manifest: sha256(bytes) });
  const comment =
    change.comment ?? `format=${manifest.format} id=${manifest.id} version=${manifest.version} created=${createdAt}`;
  const signature = change.signature ?? (change.key ?? signer).sign(Buffer.from(sums), comment);
  return [
    part(member, payload),
    part('manifest.json', bytes),
    part('SHA256SUMS', sums),
    part('SHA256SUMS.minisig', signature),
  ];
}

/** Without the keys that a test has set to undefined. */
function definite(object: Readonly<Record<string, unknown>>): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject;
}

export function forged(change: Forgery = {}): Buffer {
  return tarOf(forgedParts(change));
}

/** The members of a sealed package. */
export function partsOf(bytes: Uint8Array): Part[] {
  const parts: Part[] = [];
  for (let position = 0; ;) {
    const header = form.decode(bytes.subarray(position, position + 512));
    if (header === undefined) return parts;
    parts.push({ name: header.name, bytes: bytes.subarray(position + 512, position + 512 + header.size) });
    position += 512 + header.size + padding(header.size);
  }
}
