// The body of a POST: form fields and uploaded files, or a JSON object in the place of fields.
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { readForm } from '../shared/multipart.ts';
import { readText } from '../shared/request-body.ts';
import type { Values } from './objects.ts';
import { ServerError } from './refusal.ts';

/** 100 MiB: the server's `max_content_length`. */
const largestBody = 100 * 1024 * 1024;

export interface UploadedFile {
  /** As the client named it. */
  readonly fileName: string;
  readonly content: Buffer;
}

export interface FormBody {
  readonly fields: Values;
  readonly files: ReadonlyMap<string, UploadedFile>;
  /** The body when it is a JSON array. */
  readonly list: readonly unknown[] | undefined;
}

/** The body is larger than `max_content_length`. Pages answer 413, REST 500. */
export class BodyTooLarge extends ServerError {
  override readonly name = 'BodyTooLarge';

  constructor() {
    super('RequestEntityTooLarge');
  }
}

async function readMultipart(request: IncomingMessage): Promise<FormBody> {
  const fields: Record<string, unknown> = {};
  const files = new Map<string, UploadedFile>();
  await readForm(request, {
    async file(name, { stream, fileName = '' }) {
      const content = await buffer(stream);
      if (!files.has(name)) files.set(name, { fileName, content });
    },
    field(name, value) {
      fields[name] ??= value;
      return undefined;
    },
    largestFile: largestBody,
    largestField: largestBody,
  });
  return { fields, files, list: undefined };
}

const formOf = (fields: Values, list?: readonly unknown[]): FormBody => ({ fields, files: new Map(), list });

/** Reads the body. Fails for one that is neither a form nor JSON; the server answers that with 500. */
export async function readFormBody(request: IncomingMessage): Promise<FormBody> {
  if (Number(request.headers['content-length'] ?? 0) > largestBody) throw new BodyTooLarge();
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'multipart/form-data') return readMultipart(request);
  const text = await readText(request, largestBody, () => new BodyTooLarge());
  if (text === '') return formOf({});
  if (type === 'application/x-www-form-urlencoded') return formOf(Object.fromEntries(new URLSearchParams(text)));
  if (type !== 'application/json' && !type.endsWith('+json')) throw new ServerError('UnsupportedMediaType');
  const parsed = JSON.parse(text) as unknown;
  if (Array.isArray(parsed)) return formOf({}, parsed);
  if (typeof parsed === 'object' && parsed !== null) return formOf(parsed as Values);
  throw new ServerError('the body is no JSON object');
}
