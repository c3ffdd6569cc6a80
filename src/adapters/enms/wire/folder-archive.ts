import { Parser, type ReadEntry } from 'tar';

/** Larger folders are read file by file. */
const mostBytes = 512 * 1024 * 1024;

/**
 * The files at the root of a tar archive of a folder, which may be compressed with gzip. Undefined when it is no whole
 * archive, or a larger one than `most` bytes: one that is cut off lacks its end.
 */
export async function filesIn(
  archive: AsyncIterable<Uint8Array>,
  most = mostBytes,
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  const files = new Map<string, Buffer>();
  let size = 0;
  const seen = { end: false, fault: false };
  const take = (entry: ReadEntry): void => {
    const name = entry.path.replace(/^(?:\.?\/)+/, '');
    if (entry.type !== 'File' || name === '' || name.includes('/')) {
      entry.resume();
      return;
    }
    const chunks: Buffer[] = [];
    entry.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > most) seen.fault = true;
      else chunks.push(chunk);
    });
    entry.on('end', () => files.set(name, Buffer.concat(chunks)));
  };
  const parser = new Parser({ strict: true, onReadEntry: take });
  const ended = new Promise<void>((resolve) => {
    parser.on('end', resolve);
    parser.on('error', () => {
      seen.fault = true;
      resolve();
    });
    parser.on('eof', () => {
      seen.end = true;
    });
  });
  for await (const chunk of archive) {
    if (seen.fault) return undefined;
    parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }
  parser.end();
  await ended;
  return seen.end && !seen.fault ? files : undefined;
}
