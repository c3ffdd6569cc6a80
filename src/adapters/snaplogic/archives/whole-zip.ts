import { MigratorError } from '../../../errors.ts';
import type { ByteStream } from '../../../ports/artifact.ts';

const localFile = Buffer.from('PK\x03\x04', 'latin1');
const endOfDirectory = Buffer.from('PK\x05\x06', 'latin1');
// The end of central directory record with the longest comment (ZIP, 4.3.16).
const longestEnd = 22 + 65_535;

/**
 * Passes a zip on and fails when it does not begin or does not end as one: the control plane cuts what takes longer
 * than 15 minutes off. JOB_FAILED, because the export has to be made again.
 */
export async function* wholeZip(stream: ByteStream, name: string, size: number | undefined): ByteStream {
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (head.length < localFile.length) {
      head = Buffer.concat([head, chunk.subarray(0, localFile.length)]).subarray(0, localFile.length);
      if (head.length === localFile.length && !head.equals(localFile) && !head.equals(endOfDirectory))
        throw noZip(name);
    }
    tail = chunk.length >= longestEnd ? Buffer.from(chunk.subarray(-longestEnd)) : joined(tail, chunk);
    yield chunk;
  }
  if (tail.includes(endOfDirectory) && (size === undefined || size === length)) return;
  throw new MigratorError('JOB_FAILED', `the export of ${name} is cut off`, {
    hint: 'the control plane ends an export after 15 minutes; take fewer --asset-type, or run the command again',
  });
}

function noZip(name: string): MigratorError {
  return new MigratorError('REMOTE_UNEXPECTED', `the export of ${name} did not answer with a zip`);
}

function joined(tail: Buffer, chunk: Uint8Array): Buffer<ArrayBuffer> {
  const whole = Buffer.concat([tail, chunk]);
  return whole.subarray(Math.max(0, whole.length - longestEnd));
}
