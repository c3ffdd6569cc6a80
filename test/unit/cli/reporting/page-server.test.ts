import { request } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type LivePage, type PageServer, servePage } from '../../../../src/cli/reporting/page-server.ts';

const open: PageServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

/** A page that counts how often it is made. */
async function served(more: Partial<LivePage> = {}) {
  const counts = { pages: 0, parts: 0 };
  const faults: unknown[] = [];
  const server = await servePage(0, {
    page: () => Promise.resolve(`<p>page ${String((counts.pages += 1))}</p>`),
    parts: () => Promise.resolve({ made: (counts.parts += 1) }),
    onFault: (error) => faults.push(error),
    ...more,
  });
  open.push(server);
  return { server, counts, faults };
}

interface Asked {
  readonly method?: string;
  readonly host?: string;
  readonly path?: string;
}

/** A request as a browser, or somebody else, may send it. */
function ask(url: string, { method = 'GET', host, path }: Asked = {}) {
  const { port, pathname, host: own } = new URL(url);
  const options = { port, method, path: path ?? pathname, host: '127.0.0.1', headers: { host: host ?? own } };
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((done, fail) => {
    const sent = request(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on('error', fail).end();
  });
}

/** Reads the stream of events; `seen` waits for a text in it. */
async function follow(url: string) {
  const response = await fetch(new URL('events', url));
  const state = { text: '', over: false };
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) state.text += decoder.decode(chunk as Uint8Array, { stream: true });
    state.over = true;
  })();
  const seen = async (what: RegExp) => {
    while (!what.test(state.text)) {
      if (state.over) throw new Error(`the stream ended with ${state.text}`);
      await new Promise((done) => setTimeout(done, 5));
    }
  };
  return { response, reading, seen, state };
}

describe('a served page', () => {
  test('is there under its token alone, for its own hosts, to be read', async () => {
    const { server, counts } = await served();
    const { url } = server;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/u);
    const { port, pathname } = new URL(url);
    const page = await ask(url);
    expect(page).toMatchObject({
      status: 200,
      body: '<p>page 1</p>',
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'x-frame-options': 'DENY',
      },
    });
    expect(page.headers['access-control-allow-origin']).toBeUndefined();
    for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`])
      expect(await ask(url, { host })).toMatchObject({ status: 200 });
    expect(await ask(url, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    const made = counts.pages;

    const wrong = `${pathname.slice(0, -2)}${pathname.at(-2) === 'A' ? 'B' : 'A'}/`;
    const paths = [
      '/',
      '/events',
      '//',
      pathname.slice(0, -1),
      `${pathname}x`,
      `${pathname}events/`,
      wrong,
      `${wrong}events`,
    ];
    for (const path of [...paths, `/x${pathname}`, `${pathname}../`, `http://127.0.0.1:${port}${pathname}`]) {
      const answer = await ask(url, { path });
      expect({ path, status: answer.status, body: answer.body }).toEqual({ path, status: 404, body: '' });
    }
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      'localhost:1',
      `127.0.0.1.evil.example:${port}`,
    ])
      expect(await ask(url, { host })).toMatchObject({ status: 403, body: '' });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
      expect(await ask(url, { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' }, body: '' });
    expect(counts.pages).toBe(made);
  });

  test('is made for nobody when nobody shows it, and at most once a second for those who do', async () => {
    const { server, counts } = await served();
    for (let change = 0; change < 100; change += 1) server.changed();
    await new Promise((done) => setTimeout(done, 20));
    expect(counts).toEqual({ pages: 0, parts: 0 });
    const reader = await follow(server.url);
    expect(reader.response.headers.get('content-type')).toBe('text/event-stream');
    expect(reader.response.headers.get('cache-control')).toBe('no-store');
    await reader.seen(/event: change\ndata: \{"made":1\}\n\n/u);
    const began = Date.now();
    while (Date.now() - began < 1200) {
      server.changed();
      await new Promise((done) => setTimeout(done, 10));
    }
    await reader.seen(/"made":3/u);
    expect(counts.parts).toBe(3);
    await server.close();
    await reader.reading;
    expect(reader.state.text).toMatch(/event: end\ndata: \{"made":4\}\n\n$/u);
    await expect(ask(server.url)).rejects.toThrow('ECONNREFUSED');
  });

  test('that cannot be made says so and stops nothing', async () => {
    const broken = () => Promise.reject(new Error('no page'));
    const { server, faults } = await served({ page: broken, parts: broken });
    await expect(ask(server.url)).rejects.toThrow('socket hang up');
    await server.close();
    expect(faults).toEqual([new Error('no page')]);
  });

  test('does not hold the process open', async () => {
    const servers = () => process.getActiveResourcesInfo().filter((name) => name.includes('TCPServer')).length;
    const before = servers();
    await served();
    expect(servers()).toBe(before);
  });

  test('needs a port that is free', async () => {
    const { server } = await served();
    const port = Number(new URL(server.url).port);
    await expect(servePage(port, { ...silentPage })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `port ${String(port)} of 127.0.0.1 is in use`,
      hint: 'write --watch 0 for a port that is free',
    });
  });
});

const silentPage: LivePage = {
  page: () => Promise.resolve(''),
  parts: () => Promise.resolve({}),
  onFault: () => undefined,
};
