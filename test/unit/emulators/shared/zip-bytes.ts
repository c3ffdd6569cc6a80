import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { readZip, type ZipMember } from '../../../../src/emulators/shared/zip.ts';

export async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** A zip in which one name was replaced by one of the same length. The writer refuses names that lead out of a folder. */
export function renamed(zip: Buffer, name: string, other: string): Buffer {
  expect(Buffer.byteLength(other)).toBe(Buffer.byteLength(name));
  const changed = Buffer.from(zip);
  for (let at = zip.indexOf(name); at >= 0; at = zip.indexOf(name, at + 1)) changed.write(other, at);
  return changed;
}

/** The members of a zip file in memory. */
export async function unzipped(bytes: Uint8Array): Promise<readonly ZipMember[]> {
  const folder = await mkdtemp(join(tmpdir(), 'zip-'));
  try {
    const file = join(folder, 'a.zip');
    await writeFile(file, bytes);
    const members: ZipMember[] = [];
    for await (const member of readZip(file)) members.push(member);
    return members;
  } finally {
    await rm(folder, { recursive: true });
  }
}
