import { MigratorError } from '../errors.ts';
import type { ByteStream } from '../ports/artifact.ts';
import type { HttpRequest, RequestBody, RequestFile } from '../ports/http.ts';
import type { Random } from '../ports/runtime.ts';

/** What a request sends; undefined when it sends nothing. Small bodies are bytes, so that they need no stream. */
export type Outgoing = { readonly contentType: string; readonly bytes: Uint8Array } | RequestBody;

export function outgoing(request: HttpRequest, random: Random): Outgoing | undefined {
  if (request.json !== undefined) {
    return { contentType: 'application/json', bytes: Buffer.from(JSON.stringify(request.json)) };
  }
  return request.file === undefined ? request.body : multipart(request.file, random);
}

/** One file as multipart/form-data (RFC 7578); its size is known when the file's is. */
function multipart(file: RequestFile, random: Random): RequestBody {
  const boundary = `migrator-${Buffer.from(random.bytes(18)).toString('hex')}`;
  const head = Buffer.from(
    `--${boundary}\r\n` +
      `Content-Disposition: form-data; name="${quoted(file.field)}"; filename="${quoted(file.fileName)}"\r\n` +
      `Content-Type: ${file.contentType}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    size: file.size === undefined ? undefined : head.length + file.size + tail.length,
    open: (signal) => framed(head, file, tail, signal),
  };
}

async function* framed(head: Uint8Array, file: RequestFile, tail: Uint8Array, signal: AbortSignal): ByteStream {
  yield head;
  yield* exactly(file.open(signal), file.size, file.fileName);
  yield tail;
}

/** Fails when a source is not as long as it was announced: the server would wait, or read the next request wrongly. */
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

/** As browsers escape it in a form's header. */
function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
