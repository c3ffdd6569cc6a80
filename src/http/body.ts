import { MigratorError } from '../errors.ts';
import type { ByteStream } from '../ports/artifact.ts';
import type { HttpRequest, RequestBody } from '../ports/http.ts';
import type { Random } from '../ports/runtime.ts';

/** What a request sends. A small body is plain bytes and needs no stream. */
export type Outgoing = { readonly contentType: string; readonly bytes: Uint8Array } | RequestBody;

export function outgoing(request: HttpRequest, random: Random): Outgoing | undefined {
  if (request.json !== undefined) {
    return {
      contentType: request.headers?.['content-type'] ?? 'application/json',
      bytes: Buffer.from(JSON.stringify(request.json)),
    };
  }
  return request.form === undefined ? request.body : multipart(request.form, random);
}

type Part = NonNullable<HttpRequest['form']>[number];

/** A form as multipart/form-data (RFC 7578). Its size is known when the sizes of its files are. */
function multipart(parts: readonly Part[], random: Random): RequestBody {
  const boundary = `migrator-${Buffer.from(random.bytes(18)).toString('hex')}`;
  const framed = parts.map((part) => ({ part, head: Buffer.from(`--${boundary}\r\n${headOf(part)}\r\n\r\n`) }));
  const tail = Buffer.from(`--${boundary}--\r\n`);
  const sizes = [tail.length, ...framed.flatMap(({ part, head }) => [head.length, sizeOf(part), lineEnd.length])];
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    size: sizes.reduce<number | undefined>(
      (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
      0,
    ),
    async *open(signal) {
      for (const { part, head } of framed) {
        yield head;
        if ('value' in part) yield Buffer.from(part.value);
        else yield* exactly(part.open(signal), part.size, part.fileName);
        yield lineEnd;
      }
      yield tail;
    },
  };
}

const lineEnd = Buffer.from('\r\n');

function headOf(part: Part): string {
  const name = `Content-Disposition: form-data; name="${quoted(part.field)}"`;
  return 'value' in part ? name : `${name}; filename="${quoted(part.fileName)}"\r\nContent-Type: ${part.contentType}`;
}

function sizeOf(part: Part): number | undefined {
  return 'value' in part ? Buffer.byteLength(part.value) : part.size;
}

/** LOCAL_IO when a source does not have its announced size: the server would wait, or misread the next request. */
export async function* exactly(source: ByteStream, size: number | undefined, name: string): ByteStream {
  let sent = 0;
  for await (const chunk of source) {
    sent += chunk.length;
    if (size !== undefined && sent > size) throw changed(name, size);
    yield chunk;
  }
  if (size !== undefined && sent !== size) throw changed(name, size);
}

function changed(name: string, size: number): MigratorError {
  return new MigratorError('LOCAL_IO', `${name} is no longer ${size} bytes long`, {
    hint: 'it changed while it was being sent; run the command again',
  });
}

/** Escapes a text as browsers do in the headers of a form. */
function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
