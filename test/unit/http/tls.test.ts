import { readFile } from 'node:fs/promises';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { connect, createServer, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret } from '../../../src/secret.ts';
import { adapterTools, never } from '../../support/adapter-tools.ts';
import { withServer } from '../../support/with-server.ts';

// An authority made for these tests, and a certificate that it signed for localhost and octopus.test.
const pem = (name: string): Promise<string> =>
  readFile(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');

let server: SecureServer;
let port: number;
let ca: string;

beforeAll(async () => {
  ca = await pem('ca');
  const options = { cert: await pem('cert'), key: await pem('key'), ca, requestCert: true, rejectUnauthorized: false };
  server = createSecureServer(options, (request, response) => {
    const { authorized } = request.socket as unknown as { authorized: boolean };
    response.end(JSON.stringify({ host: request.headers.host, known: authorized }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const get = (url: string, settings = {}) =>
  adapterTools(settings)
    .http({ baseUrl: url, headers: () => ({}) })
    .json({ method: 'GET', path: 'x' }, never);

describe('certificates', () => {
  test('of an unknown authority are explained, and the request is not repeated', async () => {
    const tools = adapterTools();
    const client = tools.http({ baseUrl: `https://localhost:${port}`, headers: () => ({}) });
    await expect(client.json({ method: 'GET', path: 'x' }, never)).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      hint: expect.stringContaining('http.ca'),
      details: { ambiguous: false, hopeless: true },
    });
    expect(tools.waits).toEqual([]);
  });

  test('of a configured authority are trusted', async () => {
    expect((await get(`https://localhost:${port}`, { ca })).body).toMatchObject({ known: false });
  });

  test('for another host name are refused', async () => {
    const error: unknown = await get(`https://127.0.0.1:${port}`, { ca }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      message: expect.stringMatching(/is for other names: .*octopus\.test/),
      hint: expect.not.stringContaining('http.ca'),
      details: { hopeless: true },
    });
  });

  test('of the client are sent', async () => {
    const settings = { ca, cert: await pem('cert'), key: new Secret(await pem('key')) };
    expect((await get(`https://localhost:${port}`, settings)).body).toMatchObject({ known: true });
  });

  test('of the client are CONFIG_INVALID without a key', async () => {
    const cert = await pem('cert');
    await expect(() => get(`https://localhost:${port}`, { cert })).toThrowCode('CONFIG_INVALID');
  });

  test('are not blamed when the port does not speak TLS', async () => {
    await withServer(
      (_, response) => response.end(),
      async (url) => {
        const error: unknown = await get(url.replace('http:', 'https:')).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'REMOTE_UNREACHABLE', hint: expect.stringContaining('http://') });
      },
    );
  });
});

describe('a proxy', () => {
  const seen: string[] = [];
  const tunnels: Duplex[] = [];

  /** Sends everything to the test server, whatever host was asked for. */
  async function withProxy(run: (proxy: string) => Promise<void>): Promise<void> {
    seen.length = 0;
    await withServer(
      (request, response) => {
        seen.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`);
        response.end('{"proxied":true}');
      },
      async (url, proxy) => {
        proxy.on('connect', (request, socket) => {
          tunnels.push(socket);
          seen.push(`CONNECT ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`);
          const onward = connect(port, '127.0.0.1', () => {
            socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
            onward.pipe(socket).pipe(onward);
          });
          onward.on('error', () => socket.destroy());
          socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
        });
        await run(url);
        for (const socket of tunnels.splice(0)) socket.destroy();
      },
    );
  }

  const basic = `Basic ${Buffer.from('night:shift').toString('base64')}`;

  test('opens a tunnel to an https server, whose certificate is checked', async () => {
    await withProxy(async (url) => {
      const proxy = new Secret(url.replace('//', '//night:shift@'));
      const answer = await get('https://octopus.test', { proxy, ca });
      expect(answer.body).toMatchObject({ host: 'octopus.test' });
      expect(seen).toEqual([`CONNECT octopus.test:443 ${basic}`]);
      await expect(() => get('https://other.test', { proxy, ca })).toThrowCode('REMOTE_UNREACHABLE');
    });
  });

  test('gets the whole URL of an http server', async () => {
    await withProxy(async (url) => {
      expect((await get('http://octopus.test:8080/base', { proxy: url })).body).toEqual({ proxied: true });
      expect(seen).toEqual(['GET http://octopus.test:8080/base/x ']);
    });
  });

  test('is named when it refuses a tunnel, and nothing is ambiguous', async () => {
    await withServer(
      () => undefined,
      async (url, proxy) => {
        proxy.on('connect', (_, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
        const client = adapterTools({ proxy: url, retries: 0 }).http({
          baseUrl: 'https://x.test',
          headers: () => ({}),
        });
        await expect(client.json({ method: 'POST', path: 'x' }, never)).rejects.toMatchObject({
          code: 'AUTH_REFUSED',
          message: expect.stringMatching(/^the proxy 127\.0\.0\.1:\d+ refused a tunnel to x\.test:443 with 407/),
          details: { ambiguous: false },
        });
      },
    );
  });

  test('is the one for the scheme of the target', async () => {
    await withProxy(async (url) => {
      const none = 'http://127.0.0.1:1';
      await get('http://octopus.test', { proxy: { http: url, https: none } });
      await get('https://octopus.test', { proxy: { http: none, https: url }, ca });
      expect(seen).toEqual(['GET http://octopus.test/x ', 'CONNECT octopus.test:443 ']);
    });
  });

  test('gets an address in brackets, and its own may be one', async () => {
    await withProxy(async (url) => {
      const listener = createServer((socket) => {
        const onward = connect(Number(new URL(url).port), '127.0.0.1');
        socket.pipe(onward).pipe(socket);
        socket.on('error', () => onward.destroy());
        onward.on('error', () => socket.destroy());
      });
      await new Promise<void>((resolve) => listener.listen(0, '::1', resolve));
      const proxy = `http://[::1]:${(listener.address() as AddressInfo).port}`;
      try {
        await get('http://octopus.test', { proxy });
        // The certificate is for other names, but the tunnel was opened.
        await expect(() => get('https://[fd00::1]:8443', { proxy, ca })).toThrowCode('REMOTE_UNREACHABLE');
        expect(seen).toEqual(['GET http://octopus.test/x ', 'CONNECT [fd00::1]:8443 ']);
      } finally {
        listener.close();
      }
    });
  });

  test.each(['http://octopus.test', 'https://octopus.test'])('is blamed when it is dead: %s', async (url) => {
    for (const [proxy, said] of [
      ['http://127.0.0.1:1', 'the proxy 127.0.0.1:1 refuses connections'],
      ['http://proxy.invalid:3128', 'the proxy proxy.invalid:3128'],
    ] as const) {
      const error: unknown = await get(url, { proxy, retries: 0 }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'REMOTE_UNREACHABLE', message: expect.stringContaining(said) });
    }
  });

  test('is not used for the loopback and for the hosts in `noProxy`', async () => {
    const proxy = 'http://127.0.0.1:1';
    expect((await get(`https://localhost:${port}`, { proxy, ca })).body).toMatchObject({ known: false });
    for (const noProxy of [['unknown.invalid'], ['.invalid']]) {
      const error: unknown = await get('http://unknown.invalid', { proxy, noProxy, retries: 0 }).catch(
        (e: unknown) => e,
      );
      expect(error).toMatchObject({ details: { code: expect.stringMatching(/^E(NOTFOUND|AI_AGAIN)$/) } });
    }
  });

  test.each(['socks5://x', 'nonsense', 'https://secure.example'])(
    'is CONFIG_INVALID with the address %s',
    async (proxy) => {
      await expect(() => get('http://octopus.test', { proxy })).toThrowCode('CONFIG_INVALID');
    },
  );
});
