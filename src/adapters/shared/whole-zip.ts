import type { MigratorError } from '../../errors.ts';
import type { ByteStream } from '../../ports/artifact.ts';

const localFile = Buffer.from('PK\x03\x04', 'latin1');
const endOfDirectory = Buffer.from('PK\x05\x06', 'latin1');
// The end of central directory record with the longest comment (ZIP, 4.3.16).
const longestEnd = 22 + 65_535;

export interface ZipFaults {
  /** The stream ends before the zip does. */
  readonly cutOff: () => MigratorError;
  /** The stream does not begin as a zip. Without this fault such a stream is passed on unchanged. */
  readonly noZip?: () => MigratorError;
}

/** Passes a zip on. Fails at its end when its directory is missing, or when it does not have the announced `size`. */
export async function* wholeZip(stream: ByteStream, size: number | undefined, faults: ZipFaults): ByteStream {
  let head: Buffer = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  let length = 0;
  const isZip = (): boolean => head.equals(localFile) || head.equals(endOfDirectory);
  for await (const chunk of stream) {
    length += chunk.length;
    if (head.length < localFile.length) {
      head = Buffer.concat([head, chunk.subarray(0, localFile.length)]).subarray(0, localFile.length);
      if (head.length === localFile.length && !isZip() && faults.noZip !== undefined) throw faults.noZip();
    }
    tail = chunk.length >= longestEnd ? Buffer.from(chunk.subarray(-longestEnd)) : joined(tail, chunk);
    yield chunk;
  }
  if (!isZip() && faults.noZip === undefined) return;
  if (!tail.includes(endOfDirectory) || (size !== undefined && size !== length)) throw faults.cutOff();
}

function joined(tail: Buffer, chunk: Uint8Array): Buffer {
  const whole = Buffer.concat([tail, chunk]);
  return whole.subarray(Math.max(0, whole.length - longestEnd));
}
