import { createWriteStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Refusal } from '../shared/answering.ts';
import { BrokenForm, readForm } from '../shared/multipart.ts';
import type { Contents } from './contents.ts';

export interface FormFile {
  readonly fileName: string;
  /** The file exists until the work is done. */
  readonly path: string;
}

/**
 * Streams the parts of a multipart request to disk, also those without a file name, and removes them after the work.
 * The keys are the names of the parts. 400 for another body.
 */
export async function withForm<Result>(
  contents: Contents,
  request: IncomingMessage,
  work: (files: ReadonlyMap<string, FormFile>) => Promise<Result>,
): Promise<Result> {
  const files = new Map<string, FormFile>();
  const place = (part: string, fileName = part): string => {
    const path = contents.workFile();
    files.set(part, { fileName, path });
    return path;
  };
  try {
    await readForm(request, {
      file: (part, { stream, fileName }) => pipeline(stream, createWriteStream(place(part, fileName))),
      field: (part, text) => writeFile(place(part), text),
      largestField: 16 * 1024 * 1024,
    });
    return await work(files);
  } catch (error) {
    throw error instanceof BrokenForm ? new Refusal(400, 'The request body must be multipart/form-data') : error;
  } finally {
    await Promise.all([...files.values()].map(({ path }) => rm(path, { force: true })));
  }
}
