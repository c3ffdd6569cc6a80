// The content of a file asset is stored on disk under its hash, so that a copy of a project copies no bytes.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Content {
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
}

export interface Contents {
  /** An unused path in the work folder. The caller removes the file. */
  workFile(): string;
  keep(data: Uint8Array): Promise<Content>;
  read(hash: string): Promise<Buffer>;
  stream(hash: string): AsyncIterable<Uint8Array>;
  /** Removes every content that is not in `held`. */
  sweep(held: ReadonlySet<string>): Promise<void>;
}

export async function openContents(directory: string): Promise<Contents> {
  const [files, work] = [join(directory, 'files'), join(directory, 'work')];
  // Removes files that an earlier process did not finish.
  await rm(work, { recursive: true, force: true });
  await mkdir(files, { recursive: true });
  await mkdir(work);
  let count = 0;
  const workFile = () => join(work, String((count += 1)));
  return {
    workFile,
    async keep(data) {
      const hash = createHash('sha256').update(data).digest('hex');
      const draft = workFile();
      await writeFile(draft, data);
      await rename(draft, join(files, hash));
      return { hash, size: data.length };
    },
    read: (hash) => readFile(join(files, hash)),
    stream: (hash) => createReadStream(join(files, hash)),
    async sweep(held) {
      const dead = (await readdir(files)).filter((name) => !held.has(name));
      await Promise.all(dead.map((name) => rm(join(files, name), { force: true })));
    },
  };
}
