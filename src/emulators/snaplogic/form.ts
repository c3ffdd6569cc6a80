import { createWriteStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { messageOf } from '../shared/error-members.ts';
import type { Contents } from './contents.ts';
import { Refusal } from './refusal.ts';

export interface FormFile {
  readonly fileName: string;
  /** On disk until the work is done. */
  readonly path: string;
}

const largestField = 16 * 1024 * 1024;
const broken = /multipart|content.?type|unexpected end|boundary|malformed/i;

/**
 * Streams the parts of a multipart request to disk, by part name, for as long as the work takes; also those that come
 * without a file name. 400 for another body.
 */
export async function withForm<Result>(
  contents: Contents,
  request: IncomingMessage,
  work: (files: ReadonlyMap<string, FormFile>) => Promise<Result>,
): Promise<Result> {
  const files = new Map<string, FormFile>();
  const written: Promise<void>[] = [];
  try {
    try {
      const limits = { fieldSize: largestField };
      const parser = busboy({ headers: request.headers, defParamCharset: 'utf8', limits });
      const keep = (part: string, fileName: string, write: (path: string) => Promise<void>) => {
        const path = contents.workFile();
        const done = write(path);
        // Awaited below; until then a failure must not count as unhandled.
        done.catch(() => undefined);
        written.push(done);
        files.set(part, { fileName, path });
      };
      parser.on('file', (part, stream, { filename }) => {
        keep(part, filename ?? part, (path) => pipeline(stream, createWriteStream(path)));
      });
      parser.on('field', (part, text) => keep(part, part, (path) => writeFile(path, text)));
      await pipeline(request, parser);
      await Promise.all(written);
    } catch (error) {
      if (broken.test(messageOf(error))) throw new Refusal(400, 'The request body must be multipart/form-data');
      throw error;
    }
    return await work(files);
  } finally {
    await Promise.allSettled(written);
    await Promise.all([...files.values()].map(({ path }) => rm(path, { force: true })));
  }
}
