import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { rootMessageOf } from '../../shared/error-members.ts';
import { TaskFailure } from '../task-queue.ts';

export interface PushTarget {
  /** The other server's base URL. */
  readonly server: string;
  readonly apiKey: string | null;
  readonly space: string | null;
}

async function* multipart(file: string, fileName: string, boundary: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  );
  yield* createReadStream(file) as AsyncIterable<Uint8Array>;
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}

/** The URL of a push: `/api/packages/raw`, or `/api/Spaces-2/packages/raw` when the request names a space. */
function pushUrl({ server, space }: PushTarget): string {
  const base = server.replace(/\/+$/, '').replace(/\/api$/i, '');
  return `${base}/api${space === null ? '' : `/${encodeURIComponent(space)}`}/packages/raw`;
}

/** Streams a package into another server's built-in feed. Fails with TaskFailure, in the words of the product's log. */
export async function pushPackage(
  target: PushTarget,
  file: string,
  fileName: string,
  signal: AbortSignal,
): Promise<void> {
  const boundary = `----migration${randomBytes(12).toString('hex')}`;
  const { size } = await stat(file);
  const body = multipart(file, fileName, boundary);
  let response: Response;
  try {
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: {
        'Content-Type': `multipart/form-data; boundary=${boundary}`,
        Accept: 'application/json',
        ...(target.apiKey === null ? {} : { 'X-Octopus-ApiKey': target.apiKey }),
      },
      body: ReadableStream.from(body),
      duplex: 'half',
      // The key must not follow a redirect to another server.
      redirect: 'error',
      signal,
    };
    response = await fetch(pushUrl(target), init);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new TaskFailure(`Error while copying content to a stream.\n${rootMessageOf(error)} (${size} bytes)`);
  }
  const text = await response.text();
  if (!response.ok) {
    const detail = text.slice(0, 1000);
    throw new TaskFailure(`Pushing the package failed: the destination answered HTTP ${response.status}.\n${detail}`);
  }
}
