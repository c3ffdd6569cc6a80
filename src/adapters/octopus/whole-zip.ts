import { MigratorError } from '../../errors.ts';
import type { ByteStream } from '../../ports/artifact.ts';

const localFile = Buffer.from('PK\x03\x04', 'latin1');
const endOfDirectory = Buffer.from('PK\x05\x06', 'latin1');
// The end of central directory record with the longest comment (ZIP, 4.3.16).
const longestEnd = 22 + 65_535;

/**
 * Passes a zip on and fails at its end when its directory is missing: a feed that stored half a package vouches for
 * that half with its own digest. What does not begin as a zip, such as an encrypted package, is passed on as it is.
 * JOB_FAILED, because the export has to be made again.
 */
export async function* wholeZip(stream: ByteStream, name: string): ByteStream {
  let head: Buffer = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    if (head.length < localFile.length) head = Buffer.concat([head, chunk]).subarray(0, localFile.length);
    tail = chunk.length >= longestEnd ? Buffer.from(chunk.subarray(-longestEnd)) : joined(tail, chunk);
    yield chunk;
  }
  if (!head.equals(localFile) || tail.includes(endOfDirectory)) return;
  throw new MigratorError(
    'JOB_FAILED',
    `the package ${name} is cut off: its feed holds only a part of what was exported`,
    {
      hint: 'look at the storage of the server (disk full, quota), then run the same command again',
    },
  );
}

function joined(tail: Buffer, chunk: Uint8Array): Buffer {
  const whole = Buffer.concat([tail, chunk]);
  return whole.subarray(Math.max(0, whole.length - longestEnd));
}
