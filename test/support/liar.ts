import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Workshop } from './workshop.ts';

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body: Buffer;
}

/**
 * `body` goes to the server instead of what was sent; `answer` is said without asking the server. `twice`: the server is
 * asked a second time, and the first answer is told. `then` happens when the server has answered, and before that is told.
 */
export type Lie =
  | { readonly body: string | Uint8Array<ArrayBuffer> }
  | { readonly answer: string; readonly status?: number }
  | { readonly twice: true }
  | { readonly then: (answer: string) => void }
  | undefined;

const hopByHop = new Set(['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding']);

/**
 * Puts a liar before prod, or another server, as the rc file of a workshop names it. All requests go to the server, but
 * for those to which the liar has another answer.
 */
export async function withLiar(
  workshop: Workshop,
  lie: (asked: Asked) => Lie,
  work: () => Promise<void>,
  honest = workshop.prod,
): Promise<void> {
  const { path } = workshop;
  const server = createServer((request, response) => {
    void (async () => {
      const asked: Asked = { method: request.method ?? '', path: request.url ?? '', body: await bodyOf(request) };
      const told = lie(asked);
      if (told !== undefined && 'answer' in told) {
        response.writeHead(told.status ?? 200, { 'content-type': 'application/json' }).end(told.answer);
        return;
      }
      const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        hopByHop.has(name) || value === undefined ? [] : [[name, String(value)]],
      );
      const sends = !['GET', 'HEAD'].includes(asked.method);
      const ask = (): Promise<Response> =>
        fetch(new URL(asked.path, honest.url), {
          method: asked.method,
          headers,
          redirect: 'manual',
          ...(sends ? { body: told !== undefined && 'body' in told ? told.body : new Uint8Array(asked.body) } : {}),
        });
      const answer = await ask();
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (told !== undefined && 'twice' in told) await (await ask()).arrayBuffer();
      if (told !== undefined && 'then' in told) told.then(bytes.toString('utf8'));
      const cookies = answer.headers.getSetCookie();
      const back = [...answer.headers].filter(
        ([name]) => !hopByHop.has(name) && name !== 'content-encoding' && name !== 'set-cookie',
      );
      response.writeHead(answer.status, {
        ...Object.fromEntries(back),
        ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
      });
      response.end(bytes);
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const rc = path('.migratorrc.yaml');
  const text = await readFile(rc, 'utf8');
  try {
    const { port } = server.address() as AddressInfo;
    await writeFile(
      rc,
      text.replaceAll(
        `"${honest.url}"`,
        `"http://127.0.0.1:${port}${new URL(honest.url).pathname}`.replace(/\/$/u, '').concat('"'),
      ),
    );
    await work();
  } finally {
    await writeFile(rc, text);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
