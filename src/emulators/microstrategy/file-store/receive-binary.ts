import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BrokenForm, readForm } from '../../shared/multipart.ts';
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
 * Streams the part `file` of a multipart request to a draft in the shared folder, and returns its size and hash. 400
 * when the part is missing or larger than `most`, or when the form is broken. The caller moves or removes the file.
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
      if (size > most) done(invalid('The size of the file does not match its metadata.'));
      else {
        hash.update(chunk);
        done(null, chunk);
      }
    },
  });
  let isThere = false as boolean;
  try {
    await readForm(call.request, {
      file(name, { stream }) {
        if (name !== 'file' || isThere) return undefined;
        isThere = true;
        return pipeline(stream, meter, createWriteStream(file));
      },
    });
    if (!isThere) throw missing("The form has no part 'file'.");
    return { file, size, sha256: hash.digest('hex') };
  } catch (error) {
    await rm(file, { force: true });
    throw error instanceof BrokenForm ? missing("The form has no part 'file'.") : error;
  }
}
