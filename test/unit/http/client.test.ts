import { createServer as createRawServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { MigratorError } from '../../../src/errors.ts';
import { createHttpFactory } from '../../../src/http/client.ts';
import type { ByteStream } from '../../../src/ports/artifact.ts';
import type { HttpOptions } from '../../../src/ports/http.ts';
import { Secret } from '../../../src/secret.ts';
import { adapterTools, never } from '../../support/adapter-tools.ts';
import { bodyOf, withServer, type Handler } from '../../support/with-server.ts';

const planted = 'API-PLANTED-SECRET';

function open(url: string, settings = {}, options: Partial<HttpOptions> = {}) {
  const tools = adapterTools(settings);
  return {
    ...tools,
    client: tools.http({ baseUrl: url, headers: () => ({ 'x-key': new Secret(planted) }), ...options }),
  };
}

async function failure(promise: Promise<unknown>): Promise<MigratorError> {
  return promise.then(
    () => {
      throw new Error('nothing failed');
    },
    (error: unknown) => error as MigratorError,
  );
}

/** Answers the first requests with the given handlers, one each, and keeps the last. */
function inTurn(...handlers: readonly Handler[]): Handler & { count: number } {
  const handler: Handler & { count: number } = (request, response) => {
    handlers[Math.min(handler.count++, handlers.length - 1)]!(request, response);
  };
  handler.count = 0;
  return handler;
}

const ok: Handler = (_, response) => response.end('{"fine":true}');
const status =
  (code: number, headers = {}, body = ''): Handler =>
  (_, response) =>
    response.writeHead(code, headers).end(body);
const reset: Handler = (request) => request.socket.destroy();

describe('reads', () => {
  test('parse JSON and send the credentials', async () => {
    let key: unknown;
    await withServer(
      (request, response) => {
        key = request.headers['x-key'];
        ok(request, response);
      },
      async (url) => {
        expect((await open(url).client.json({ method: 'GET', path: 'x' }, never)).body).toEqual({ fine: true });
      },
    );
    expect(key).toBe(planted);
  });

  test.each([429, 502, 503, 504])('are repeated after %p', async (code) => {
    const handler = inTurn(status(code, { 'retry-after': '7' }), ok);
    await withServer(handler, async (url) => {
      const { client, waits } = open(url);
      await client.json({ method: 'GET', path: 'x' }, never);
      expect(waits).toHaveLength(1);
      expect(waits[0]).toBeGreaterThanOrEqual(7000);
    });
  });

  test('are repeated after a reset connection and after a body that was cut off', async () => {
    const cut: Handler = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"fi', () => response.destroy());
    };
    const handler = inTurn(reset, cut, ok);
    await withServer(handler, async (url) => {
      expect((await open(url).client.json({ method: 'GET', path: 'x' }, never)).body).toEqual({ fine: true });
    });
    expect(handler.count).toBe(3);
  });

  test.each([
    ['60', / which answered 503 and asks to wait; then it is asked again$/u],
    [undefined, / which answered 503; then it is asked again$/u],
  ])('say what they wait for with a Retry-After of %s s', async (asked, told) => {
    const { clock, random, debug } = adapterTools();
    const seen: (string | undefined)[] = [];
    const sleep = (_: number, __: AbortSignal, what?: string) => {
      seen.push(what);
      return Promise.resolve();
    };
    const settings = { timeoutMs: 5000, retries: 1, userAgent: 'test' };
    const http = createHttpFactory(settings, { clock: { ...clock, sleep }, random, debug });
    await withServer(inTurn(status(503, asked === undefined ? {} : { 'retry-after': asked }), ok), async (url) => {
      await http({ baseUrl: url, headers: () => ({}) }).json({ method: 'GET', path: 'x' }, never);
    });
    expect(seen).toEqual([expect.stringMatching(told)]);
  });

  test('are repeated after one 500', async () => {
    const handler = inTurn(status(500), ok);
    await withServer(handler, async (url) => {
      expect((await open(url).client.json({ method: 'GET', path: 'x' }, never)).body).toEqual({ fine: true });
    });
  });

  test('of an answer that is too long are given up at once, and the error says that no repeat helps', async () => {
    const long: Handler = (_, response) => {
      const block = Buffer.alloc(1024 * 1024);
      const more = (): void => {
        while (response.write(block));
        response.once('drain', more);
      };
      more();
    };
    await withServer(long, async (url) => {
      const { client, waits } = open(url);
      const error = await failure(client.json({ method: 'GET', path: 'x' }, never));
      expect(error).toMatchObject({ code: 'REMOTE_UNEXPECTED', details: { hopeless: true } });
      expect(error.hint).toBeDefined();
      expect(waits).toEqual([]);
    });
  });

  test('are given up after three 500', async () => {
    const handler = inTurn(status(500, {}, 'no luck'));
    await withServer(handler, async (url) => {
      const error = await failure(open(url).client.json({ method: 'GET', path: 'x' }, never));
      expect(error).toMatchObject({ code: 'REMOTE_UNEXPECTED', details: { status: 500, ambiguous: false } });
    });
    expect(handler.count).toBe(3);
  });

  test('decompress JSON', async () => {
    const zipped: Handler = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"fine":true}'));
    await withServer(zipped, async (url) => {
      expect((await open(url).client.json({ method: 'GET', path: 'x' }, never)).body).toEqual({ fine: true });
    });
  });
});

describe('writes', () => {
  const post = { method: 'POST', path: 'x', json: { Password: planted }, secretBodies: true } as const;

  test.each<[string, Handler, string]>([
    ['a reset', reset, 'REMOTE_UNREACHABLE'],
    ['503', status(503), 'REMOTE_UNREACHABLE'],
    ['504', status(504), 'REMOTE_UNREACHABLE'],
    ['500', status(500), 'REMOTE_UNEXPECTED'],
  ])('are sent once and called ambiguous after %s', async (_, answer, code) => {
    const handler = inTurn(answer);
    await withServer(handler, async (url) => {
      const error = await failure(open(url).client.json(post, never));
      expect(error).toMatchObject({ code, details: { ambiguous: true } });
    });
    expect(handler.count).toBe(1);
  });

  test('are repeated after 429', async () => {
    const handler = inTurn(status(429), ok);
    await withServer(handler, async (url) => {
      await open(url).client.json(post, never);
    });
    expect(handler.count).toBe(2);
  });

  test('are repeated when no server received them, and are not ambiguous', async () => {
    const url = await withServer(ok, (address) => Promise.resolve(address));
    const { client, waits } = open(url);
    expect(await failure(client.json(post, never))).toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      details: { ambiguous: false, code: 'ECONNREFUSED' },
    });
    expect(waits).toHaveLength(3);
  });

  test('never share a kept-alive connection', async () => {
    const ports = new Set<number | undefined>();
    await withServer(
      (request, response) => {
        ports.add(request.socket.remotePort);
        ok(request, response);
      },
      async (url) => {
        const { client } = open(url);
        await client.json(post, never);
        await client.json(post, never);
      },
    );
    expect(ports.size).toBe(2);
  });

  test('are repeated when they are idempotent', async () => {
    const handler = inTurn(reset, ok);
    await withServer(handler, async (url) => {
      await open(url).client.json({ ...post, safety: 'idempotent' }, never);
    });
    expect(handler.count).toBe(2);
  });

  test('are not redirected', async () => {
    await withServer(status(307, { location: '/y' }), async (url) => {
      expect(await failure(open(url).client.json(post, never))).toMatchObject({ code: 'REMOTE_UNEXPECTED' });
    });
  });
});

describe('errors', () => {
  test.each([
    [401, 'AUTH_REFUSED'],
    [403, 'AUTH_REFUSED'],
    [404, 'NOT_FOUND'],
    [409, 'CONFLICT'],
    [400, 'REMOTE_UNEXPECTED'],
  ])('the status %p becomes %s', async (code, expected) => {
    await withServer(status(code), async (url) => {
      await expect(() => open(url).client.text({ method: 'GET', path: 'x' }, never)).toThrowCode(
        expected as 'CONFLICT',
      );
    });
  });

  test('of a product name the server and the request too', async () => {
    const explain: HttpOptions['explain'] = () => new MigratorError('REMOTE_UNEXPECTED', 'Octopus Deploy failed: boom');
    await withServer(status(500), async (url) => {
      const { message } = await failure(
        open(url, {}, { explain }).client.json({ method: 'GET', path: 'api/tasks' }, never),
      );
      expect(message).toBe(`Octopus Deploy failed: boom (${new URL(url).host}, GET /api/tasks)`);
    });
  });

  test('of a doubled part of the path say what is wrong with the URL', async () => {
    await withServer(status(404), async (url) => {
      const error = await failure(open(`${url}/api`).client.json({ method: 'GET', path: 'api/tasks' }, never));
      expect(error).toMatchObject({ code: 'NOT_FOUND', hint: expect.stringContaining('leave /api out') });
    });
  });

  test('say where a secret has a character that no header carries, and nothing is sent', async () => {
    const handler = inTurn(ok);
    await withServer(handler, async (url) => {
      for (const [value, position] of [
        ['API-€URO', 5],
        ['API\r', 4],
        ['\ufeffAPI', 1],
      ] as const) {
        const headers = () => ({ 'x-key': new Secret(value) });
        const error = await failure(open(url, {}, { headers }).client.json({ method: 'GET', path: 'x' }, never));
        expect(error).toMatchObject({
          code: 'CONFIG_INVALID',
          message: expect.stringContaining(`position ${position}`),
        });
        expect(error.message).not.toContain('API');
      }
    });
    expect(handler.count).toBe(0);
  });

  test('name the title of a web page that came instead of JSON', async () => {
    const page = status(200, { 'content-type': 'text/html' }, '<!DOCTYPE html><html><title>Sign in</title>…</html>');
    await withServer(page, async (url) => {
      const error = await failure(open(url).client.json({ method: 'GET', path: 'x' }, never));
      expect(error.code).toBe('REMOTE_UNEXPECTED');
      expect(error.message).toContain('a web page titled "Sign in"');
    });
  });

  test('do not show a secret that the server repeats: it is masked before the text is cut or explained', async () => {
    const body = `${'x'.repeat(190)} ${planted}`;
    const seen: string[] = [];
    const explain: HttpOptions['explain'] = (code, text) => {
      if (code === 500) seen.push(text);
      return undefined;
    };
    await withServer(inTurn(status(500, {}, body), status(400, {}, body)), async (url) => {
      const redact = (text: string) => text.replaceAll(planted, '***');
      const { clock, random } = open(url);
      const http = createHttpFactory(
        { timeoutMs: 1000, retries: 0, userAgent: 'test' },
        { clock, random, debug: () => undefined, redact },
      );
      const client = http({ baseUrl: url, headers: () => ({}), explain });
      for (let time = 0; time < 2; time += 1) {
        const { message } = await failure(client.json({ method: 'GET', path: 'x' }, never));
        expect(message).not.toContain('API-');
      }
    });
    expect(seen).toEqual([expect.stringMatching(/^x+ \*\*\*$/)]);
  });

  test('do not occur for a status that the request accepts', async () => {
    await withServer(status(418, {}, 'teapot'), async (url) => {
      const { client } = open(url);
      expect((await client.text({ method: 'GET', path: 'x', accept: [418] }, never)).body).toBe('teapot');
      expect((await failure(client.text({ method: 'GET', path: 'x' }, never))).message).toContain('teapot');
    });
  });

  test('are explained by the product where it knows more', async () => {
    const explain: HttpOptions['explain'] = (code, text) =>
      code === 418 ? new MigratorError('CONFLICT', `it is a ${text}`, { hint: 'ask for tea' }) : undefined;
    await withServer(inTurn(status(418, {}, 'teapot'), status(404)), async (url) => {
      const { client } = open(url, {}, { explain });
      expect(await failure(client.text({ method: 'GET', path: 'x' }, never))).toMatchObject({
        code: 'CONFLICT',
        message: 'it is a teapot',
        hint: 'ask for tea',
        details: { status: 418, request: 'GET /x' },
      });
      await expect(() => client.text({ method: 'GET', path: 'x' }, never)).toThrowCode('NOT_FOUND');
    });
  });

  test('quote no secret body, whatever goes wrong', async () => {
    const secretBodies = {
      method: 'POST',
      path: 'x?apikey=' + planted,
      json: { planted },
      secretBodies: true,
    } as const;
    for (const handler of [status(400, {}, planted), status(200, {}, planted), status(500, {}, planted), reset]) {
      await withServer(handler, async (url) => {
        const { client, lines } = open(url);
        const error = await failure(client.json(secretBodies, never));
        const shown = JSON.stringify([
          error.message,
          error.hint,
          error.details,
          error.stack,
          String(error.cause),
          lines,
        ]);
        expect(shown).not.toContain(planted);
        expect(shown).toContain('apikey=***');
      });
    }
  });

  test('name what did not move in time', async () => {
    const silent: Handler = () => undefined;
    const drip: Handler = (_, response) => {
      response.writeHead(200);
      response.write('{');
    };
    for (const [handler, what] of [
      [silent, 'the answer'],
      [drip, 'the download'],
    ] as const) {
      await withServer(handler, async (url) => {
        const { client } = open(url, { timeoutMs: 80, retries: 0 });
        const error = await failure(client.json({ method: 'GET', path: 'x' }, never));
        expect(error.code).toBe('REMOTE_UNREACHABLE');
        expect(error.message).toContain(what);
      });
    }
  });

  test.each([200, 400])('name the download when a body of status %p only drips', async (code) => {
    const drip: Handler = (_, response) => {
      response.writeHead(code);
      const timer = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(timer));
    };
    await withServer(drip, async (url) => {
      const { client } = open(url, { timeoutMs: 150, retries: 0 });
      const began = performance.now();
      const error = await failure(client.json({ method: 'GET', path: 'x' }, never));
      expect(error.code).toBe(code === 200 ? 'REMOTE_UNREACHABLE' : 'REMOTE_UNEXPECTED');
      if (code === 200) expect(error.message).toMatch(/the download of .* did not move for 0\.15 s/);
      expect(performance.now() - began).toBeLessThan(5000);
    });
  });

  test('do not occur in a long body that makes progress, or whose reader is slow', async () => {
    const flow: Handler = (_, response) => {
      let count = 0;
      const timer = setInterval(() => {
        response.write(Buffer.alloc(1000));
        if ((count += 1) < 15) return;
        clearInterval(timer);
        response.end();
      }, 40);
    };
    await withServer(flow, async (url) => {
      const { client } = open(url, { timeoutMs: 250, retries: 0 });
      const { body } = await client.stream({ method: 'GET', path: 'x' }, never);
      let size = 0;
      for await (const chunk of body) {
        if (size === 0) await new Promise((done) => setTimeout(done, 400));
        size += chunk.length;
      }
      expect(size).toBe(15_000);
    });
  });

  test('do not occur when a slow answer was given more time', async () => {
    const slow: Handler = (_, response) => setTimeout(() => response.end('{}'), 200);
    await withServer(slow, async (url) => {
      const { client } = open(url, { timeoutMs: 80, retries: 0 });
      const { body } = await client.json({ method: 'GET', path: 'x', answerWithinMs: 5000 }, never);
      expect(body).toEqual({});
    });
  });

  test('name an upload that the server does not read', async () => {
    const held: Socket[] = [];
    const deaf = createRawServer((socket) => void held.push(socket.pause().on('error', () => undefined)));
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const { client } = open(`http://127.0.0.1:${(deaf.address() as AddressInfo).port}`, { timeoutMs: 150, retries: 0 });
    const endless = async function* (): ByteStream {
      for (;;) yield await Promise.resolve(new Uint8Array(65_536));
    };
    const body = { contentType: 'application/octet-stream', size: undefined, open: endless };
    const error = await failure(client.json({ method: 'POST', path: 'x', body }, never));
    deaf.close();
    // Who reads nothing does not see that the client has hung up either.
    for (const socket of held) socket.destroy();
    expect(error).toMatchObject({ code: 'REMOTE_UNREACHABLE', details: { ambiguous: true } });
    expect(error.message).toContain('the upload');
  });

  test('are CANCELLED when the request is aborted, before it starts and while it waits', async () => {
    const controller = new AbortController();
    const silent: Handler = () => controller.abort();
    await withServer(silent, async (url) => {
      const { client } = open(url);
      await expect(() => client.json({ method: 'GET', path: 'x' }, controller.signal)).toThrowCode('CANCELLED');
      await expect(() => client.json({ method: 'GET', path: 'x' }, controller.signal)).toThrowCode('CANCELLED');
    });
  });
});

describe('redirects', () => {
  test('of reads are followed on the same origin only', async () => {
    let reached = 0;
    await withServer(
      () => {
        reached += 1;
      },
      async (elsewhere) => {
        const handler = inTurn(status(302, { location: '/y' }), ok, status(302, { location: `${elsewhere}/x` }));
        await withServer(handler, async (url) => {
          const { client } = open(url);
          expect((await client.json({ method: 'GET', path: 'x' }, never)).body).toEqual({ fine: true });
          await expect(() => client.json({ method: 'GET', path: 'x' }, never)).toThrowCode('CONFIG_INVALID');
        });
      },
    );
    expect(reached).toBe(0);
  });

  test.each([301, 302, 303, 307, 308])(
    'to another server are a fault of the URL, for reads and writes: %p',
    async (code) => {
      await withServer(status(code, { location: 'https://elsewhere.example/x' }), async (url) => {
        for (const method of ['GET', 'POST'] as const)
          expect(await failure(open(url).client.json({ method, path: 'x', safety: 'once' }, never))).toMatchObject({
            code: 'CONFIG_INVALID',
            message: expect.stringContaining('https://elsewhere.example'),
            hint: expect.stringContaining('configure that address'),
          });
      });
    },
  );

  test('are not followed when the caller accepts the status', async () => {
    const handler: Handler = (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end();
    await withServer(handler, async (url) => {
      const answer = await open(url).client.text({ method: 'GET', path: 'x', accept: [302] }, never);
      expect(answer).toMatchObject({ status: 302, headers: { location: '/elsewhere' } });
    });
  });

  test('in a circle are given up', async () => {
    await withServer(status(302, { location: '/x' }), async (url) => {
      await expect(() => open(url).client.json({ method: 'GET', path: 'x' }, never)).toThrowCode('REMOTE_UNEXPECTED');
    });
  });
});

describe('streams', () => {
  const bytes = Buffer.alloc(300_000, 'abc');

  test('give the bytes as the server stores them, with their size', async () => {
    const handler: Handler = (request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      response.writeHead(200, { 'content-length': String(bytes.length) }).end(bytes);
    };
    await withServer(handler, async (url) => {
      const answer = await open(url).client.stream({ method: 'GET', path: 'x' }, never);
      expect(answer.size).toBe(bytes.length);
      expect((await bodyOf(answer.body)).equals(bytes)).toBe(true);
    });
  });

  test('are CANCELLED when they are aborted midway', async () => {
    const controller = new AbortController();
    const endless: Handler = (_, response) => {
      response.writeHead(200, { 'content-length': '300000' });
      response.write(bytes.subarray(0, 1000));
    };
    await withServer(endless, async (url) => {
      const answer = await open(url).client.stream({ method: 'GET', path: 'x' }, controller.signal);
      setTimeout(() => controller.abort(), 50);
      await expect(() => bodyOf(answer.body)).toThrowCode('CANCELLED');
    });
  });

  test('are refused when they were compressed on the way', async () => {
    const zipped: Handler = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'));
    await withServer(zipped, async (url) => {
      await expect(open(url).client.stream({ method: 'GET', path: 'x' }, never)).rejects.toMatchObject({
        code: 'REMOTE_UNEXPECTED',
        details: { hopeless: true },
      });
    });
  });

  test.each([{ 'content-length': '300000' }, {}])('fail when they end early (%p)', async (headers) => {
    const cut: Handler = (_, response) => {
      response.writeHead(200, headers);
      response.write(bytes.subarray(0, 1000), () => response.destroy());
    };
    await withServer(cut, async (url) => {
      const answer = await open(url).client.stream({ method: 'GET', path: 'x' }, never);
      await expect(() => bodyOf(answer.body)).toThrowCode('REMOTE_UNREACHABLE');
    });
  });
});

describe('uploads', () => {
  const content = Buffer.alloc(200_000, 'xyz');
  const file = (size: number | undefined) => ({
    field: 'file',
    fileName: 'a "b".zip',
    contentType: 'application/octet-stream',
    size,
    // eslint-disable-next-line @typescript-eslint/require-await
    open: async function* (): ByteStream {
      yield content.subarray(0, 70_000);
      yield content.subarray(70_000);
    },
  });

  test.each([content.length, undefined])('of one file are sent as multipart (size %p)', async (size) => {
    let head: Record<string, unknown> = {};
    let body: Buffer = Buffer.alloc(0);
    const handler: Handler = (request, response) => {
      head = request.headers;
      void bodyOf(request).then((read) => {
        body = read;
        response.writeHead(201).end();
      });
    };
    await withServer(handler, async (url) => {
      const answer = await open(url).client.json({ method: 'POST', path: 'x', form: [file(size)] }, never);
      expect(answer).toMatchObject({ status: 201, body: undefined });
    });
    expect(head['content-length']).toBe(size === undefined ? undefined : String(body.length));
    const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(String(head['content-type']))![1]!;
    const text = body.toString('latin1');
    expect(
      text.startsWith(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a %22b%22.zip"\r\n`),
    ).toBe(true);
    expect(text.endsWith(`\r\n--${boundary}--\r\n`)).toBe(true);
    expect(text).toContain(content.toString('latin1'));
  });

  test('with fields and several files keep their order and announce their length', async () => {
    let received: { readonly head: Record<string, unknown>; readonly body: Buffer } | undefined;
    const handler: Handler = (request, response) => {
      void bodyOf(request).then((body) => {
        received = { head: request.headers, body };
        response.writeHead(200).end();
      });
    };
    await withServer(handler, async (url) => {
      const form = [{ field: 'folder', value: '/migrations/Größe' }, file(content.length), file(content.length)];
      await open(url).client.json({ method: 'POST', path: 'x', form }, never);
    });
    expect(received?.head['content-length']).toBe(String(received?.body.length));
    const boundary = /boundary=(\S+)$/.exec(String(received?.head['content-type']))![1]!;
    const parts = received!.body.toString('latin1').split(`--${boundary}`);
    const some = content.toString('latin1');
    expect(parts[1]).toBe(
      `\r\nContent-Disposition: form-data; name="folder"\r\n\r\n${Buffer.from('/migrations/Größe').toString('latin1')}\r\n`,
    );
    for (const part of [parts[2], parts[3]]) {
      expect(part).toMatch(
        /^\r\nContent-Disposition: form-data; name="file"; filename="[^"]+"\r\nContent-Type: \S+\r\n\r\n/,
      );
      expect(part!.endsWith(`\r\n\r\n${some}\r\n`)).toBe(true);
    }
    expect(parts.slice(4)).toEqual(['--\r\n']);
  });

  test('are LOCAL_IO when they are shorter than announced', async () => {
    const handler: Handler = (request) => request.resume();
    await withServer(handler, async (url) => {
      const request = { method: 'POST', path: 'x', form: [file(content.length + 1)] } as const;
      await expect(() => open(url).client.json(request, never)).toThrowCode('LOCAL_IO');
    });
  });

  test('stop when the server answers early', async () => {
    let ended = false;
    const endless = async function* (): ByteStream {
      try {
        for (;;) yield await Promise.resolve(new Uint8Array(65_536));
      } finally {
        ended = true;
      }
    };
    await withServer(status(409), async (url) => {
      const request = {
        method: 'POST',
        path: 'x',
        form: [{ ...file(undefined), open: endless }],
        accept: [409],
      } as const;
      expect((await open(url).client.json(request, never)).status).toBe(409);
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ended).toBe(true);
  });

  test('give the answer of a server that refuses early', async () => {
    await withServer(status(401), async (url) => {
      const request = { method: 'POST', path: 'x', form: [file(content.length)] } as const;
      await expect(() => open(url).client.json(request, never)).toThrowCode('AUTH_REFUSED');
    });
  });
});

describe('cookies', () => {
  test('are kept only when that was asked for, and go back with every later call', async () => {
    const seen: (string | undefined)[] = [];
    const handler: Handler = (request, response) => {
      seen.push(request.headers.cookie);
      response.writeHead(204, { 'set-cookie': ['JSESSIONID=A1; Path=/; HttpOnly', 'iSession=B2'] }).end();
    };
    await withServer(handler, async (url) => {
      const { client } = open(url, {}, { cookies: true });
      await client.json({ method: 'POST', path: 'login' }, never);
      await client.json({ method: 'GET', path: 'x' }, never);
      const plain = open(url).client;
      await plain.json({ method: 'POST', path: 'login' }, never);
      await plain.json({ method: 'GET', path: 'x' }, never);
    });
    expect(seen).toEqual([undefined, 'JSESSIONID=A1; iSession=B2', undefined, undefined]);
  });
});

describe('a 401', () => {
  const only =
    (key: string): Handler =>
    (request, response) =>
      response.writeHead(request.headers['x-key'] === key ? 200 : 401).end('{"fine":true}');

  test('has the credentials fetched again once, also for a request that is not repeated', async () => {
    const handler = inTurn(only('new'));
    await withServer(handler, async (url) => {
      const key = new Secret('old').renewedBy(() => Promise.resolve('new'));
      const { client } = open(url, {}, { headers: () => ({ 'x-key': key.as((value) => value) }) });
      const request = { method: 'POST', path: 'x', json: {}, safety: 'once' } as const;
      expect((await client.json(request, never)).body).toEqual({ fine: true });
      expect(handler.count).toBe(2);
      await client.json(request, never);
      expect(handler.count).toBe(3);
    });
  });

  test.each([
    ['credentials that are still the same', new Secret('old').renewedBy(() => Promise.resolve('old')), 1],
    ['credentials that are no better', new Secret('old').renewedBy(() => Promise.resolve('worse')), 2],
    ['credentials that cannot be fetched again', new Secret('old'), 1],
  ])('stays for %s', async (_, key, count) => {
    const handler = inTurn(only('new'));
    await withServer(handler, async (url) => {
      const { client } = open(url, {}, { headers: () => ({ 'x-key': key }) });
      const error = await failure(client.json({ method: 'GET', path: 'x' }, never));
      expect(error).toMatchObject({ code: 'AUTH_REFUSED' });
      expect(handler.count).toBe(count);
    });
  });
});
