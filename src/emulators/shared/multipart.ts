import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';

/** The body is not a form, or it ends early. */
export class BrokenForm extends Error {
  override readonly name = 'BrokenForm';
}

interface FormFile {
  readonly stream: Readable;
  /** As the client named it, without folders; absent when the part has no file name. */
  readonly fileName: string | undefined;
}

interface FormReader {
  /** Reads a part that comes as a file to its end. A part for which there is no promise is skipped. */
  readonly file: (name: string, file: FormFile) => Promise<unknown> | undefined;
  /** Takes a part that comes as a plain field. */
  readonly field?: (name: string, text: string) => Promise<unknown> | undefined;
  /** Bytes of one file; what is beyond is cut off. Default: no limit. */
  readonly largestFile?: number;
  /** Bytes of one field; what is beyond is cut off. Default: 1 MiB. */
  readonly largestField?: number;
}

/**
 * Hands out the parts of a multipart request as they arrive, and waits until all of them are taken. Fails with
 * BrokenForm, or as the reader fails; the rest of the form is read first, so that an answer can be sent.
 */
export async function readForm(request: IncomingMessage, reader: FormReader): Promise<void> {
  const { largestFile: fileSize = Number.POSITIVE_INFINITY, largestField: fieldSize = 1024 * 1024 } = reader;
  const taken: Promise<unknown>[] = [];
  const take = (work: Promise<unknown> | undefined, skip: () => unknown) => {
    if (work === undefined) {
      skip();
      return;
    }
    taken.push(work);
    // Awaited below; until then a failure must not count as unhandled.
    work.catch(skip);
  };
  try {
    const parser = busboy({ headers: request.headers, defParamCharset: 'utf8', limits: { fileSize, fieldSize } });
    parser.on('file', (name, stream, { filename: fileName }) => {
      take(reader.file(name, { stream, fileName }), () => stream.resume());
    });
    parser.on('field', (name, text) => take(reader.field?.(name, text), () => undefined));
    await pipeline(request, parser);
  } catch (cause) {
    // Some systems cannot remove a file that is still being written.
    await Promise.allSettled(taken);
    throw new BrokenForm('the request is not a complete form', { cause });
  }
  const ends = await Promise.allSettled(taken);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
