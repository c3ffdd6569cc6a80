import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readZip, type ZipMember } from '../../../../src/emulators/shared/zip.ts';

export async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
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
