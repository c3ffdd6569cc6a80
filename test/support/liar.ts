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

/** `body` goes to the server instead of what was sent; `answer` is said without asking the server. */
export type Lie = { readonly body: string } | { readonly answer: string; readonly status?: number } | undefined;

const hopByHop = new Set(['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding']);

/**
 * Puts a liar before prod, as the rc file of a workshop names it. All requests go to the server of prod, but for those to
 * which the liar has another answer.
 */
export async function withLiar(
  workshop: Workshop,
  lie: (asked: Asked) => Lie,
  work: () => Promise<void>,
): Promise<void> {
  const { prod, path } = workshop;
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
      const answer = await fetch(new URL(asked.path, prod.url), {
        method: asked.method,
        headers,
        redirect: 'manual',
        ...(sends ? { body: told === undefined ? new Uint8Array(asked.body) : told.body } : {}),
      });
      const cookies = answer.headers.getSetCookie();
      const back = [...answer.headers].filter(
        ([name]) => !hopByHop.has(name) && name !== 'content-encoding' && name !== 'set-cookie',
      );
      response.writeHead(answer.status, {
        ...Object.fromEntries(back),
        ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
      });
      response.end(Buffer.from(await answer.arrayBuffer()));
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const rc = path('.migratorrc.yaml');
  const text = await readFile(rc, 'utf8');
  try {
    const { port } = server.address() as AddressInfo;
    await writeFile(
      rc,
      text.replace(prod.url, `http://127.0.0.1:${port}${new URL(prod.url).pathname}`.replace(/\/$/u, '')),
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
