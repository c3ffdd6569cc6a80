import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { messageOf } from '../../shared/error-members.ts';
import type { Call } from '../../shared/server.ts';
import { newGuid } from '../identifiers.ts';
import { invalid, missing } from '../refusal.ts';
import { packagesFolder } from './shared-folder.ts';

export interface ReceivedBinary {
  readonly file: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * Streams the part `file` of a multipart request to a draft in the shared folder, counting and hashing. The part needs
 * a file name but no content type. 400 when the part is missing, larger than `most`, or the form is
 * broken. The caller moves or removes the file.
 */
export async function receiveBinary(call: Call, root: string, most: number): Promise<ReceivedBinary> {
  const folder = join(root, packagesFolder);
  mkdirSync(folder, { recursive: true });
  const file = join(root, `.upload-${newGuid()}`);
  const hash = createHash('sha256');
  let size = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      if (size > most) done(new Error('the part is larger than declared'));
      else {
        hash.update(chunk);
        done(null, chunk);
      }
    },
  });
  let written: Promise<void> | undefined;
  try {
    const parser = busboy({ headers: call.headers });
    parser.on('file', (name, stream) => {
      if (name !== 'file' || written !== undefined) stream.resume();
      else {
        written = pipeline(stream, meter, createWriteStream(file));
        // Awaited below; until then a failure must not count as unhandled. The rest of the form is read and dropped.
        written.catch(() => stream.resume());
      }
    });
    await pipeline(call.request, parser);
    if (written === undefined) throw missing("The form has no part 'file'.");
    await written;
    return { file, size, sha256: hash.digest('hex') };
  } catch (error) {
    await written?.catch(() => undefined);
    await rm(file, { force: true });
    if (messageOf(error) === 'the part is larger than declared') {
      throw invalid('The size of the file does not match its metadata.');
    }
    if (/multipart|content.?type|unexpected end|boundary|malformed/i.test(messageOf(error))) {
      throw missing("The form has no part 'file'.");
    }
    throw error;
  }
}
