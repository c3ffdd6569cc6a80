import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { messageOf } from '../shared/error-members.ts';
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
  let received: { readonly fileName: string; readonly written: Promise<void> } | undefined;
  try {
    const parser = busboy({ headers: request.headers, defParamCharset: 'utf8' });
    parser.on('file', (_, stream, info) => {
      const { filename } = info;
      if (received === undefined && filename !== undefined && filename !== '') {
        const written = pipeline(stream, createWriteStream(path));
        // Awaited below; until then a failure must not count as unhandled.
        written.catch(() => undefined);
        received = { fileName: filename, written };
      } else {
        stream.resume();
      }
    });
    await pipeline(request, parser);
    if (received === undefined) throw invalid('A package file must be provided');
    await received.written;
    return { fileName: received.fileName, path, size: (await stat(path)).size };
  } catch (error) {
    // Some systems cannot remove a file that is still open.
    await received?.written.catch(() => undefined);
    await rm(path, { force: true });
    if (/multipart|content.?type|unexpected end|boundary|malformed/i.test(messageOf(error))) {
      throw invalid('A package file must be provided');
    }
    throw error;
  }
}
