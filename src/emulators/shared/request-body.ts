import type { IncomingMessage } from 'node:http';

export const usualLimit = 32 * 1024 * 1024;

/** The whole body as text, without a byte order mark. Fails with `tooLarge` when it has more than `most` bytes. */
export async function readText(request: IncomingMessage, most: number, tooLarge: () => Error): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw tooLarge();
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
