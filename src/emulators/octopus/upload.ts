import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { BrokenForm, readForm } from '../shared/multipart.ts';
import { workFile } from './feed.ts';
import type { Instance } from './instance.ts';
import { invalid } from './refusal.ts';

export interface ReceivedFile {
  /** As the client named it, without folders. */
  readonly fileName: string;
  readonly path: string;
  readonly size: number;
}

/**
 * Streams the first file part of a multipart request to disk; the part's name does not matter. 400 when there is no
 * file, when the body is not multipart or ends early. The caller moves or removes the file.
 */
export async function receiveFile(instance: Instance, request: IncomingMessage): Promise<ReceivedFile> {
  const path = await workFile(instance, 'upload.part');
  let received: string | undefined;
  try {
    await readForm(request, {
      file(_, { stream, fileName = '' }) {
        if (received !== undefined || fileName === '') return undefined;
        received = fileName;
        return pipeline(stream, createWriteStream(path));
      },
    });
    if (received === undefined) throw invalid('A package file must be provided');
    return { fileName: received, path, size: (await stat(path)).size };
  } catch (error) {
    await rm(path, { force: true });
    throw error instanceof BrokenForm ? invalid('A package file must be provided') : error;
  }
}
