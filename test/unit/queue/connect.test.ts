import { createServer } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MigratorError } from '../../../src/errors.ts';
import { connectQueue, type ConnectOptions } from '../../../src/queue/connect.ts';
import { checkServer } from '../../../src/queue/server-check.ts';
import { describeWith } from '../../support/programs.ts';
import { freePort, startRedis, type RedisServer } from '../../support/redis-server.ts';

const usual: ConnectOptions = { volatile: false };

async function faultOf(url: string, options = usual): Promise<MigratorError> {
  try {
    await (await connectQueue(url, options)).close();
  } catch (error) {
    return error as MigratorError;
  }
  throw new Error('the connection was made');
}

describe('a connection that cannot be made', () => {
  test('to a place where nothing listens is REMOTE_UNREACHABLE at once, and names it', async () => {
    const port = await freePort();
    expect(await faultOf(`redis://:hunter2@127.0.0.1:${String(port)}`)).toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      message: `Redis at 127.0.0.1:${String(port)} refuses connections`,
    });
  });

  test('to an HTTP server says that this is no Redis', async () => {
    const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const fault = await faultOf(`redis://:hunter2@127.0.0.1:${String(port)}`);
    server.closeAllConnections();
    server.close();
    expect(fault).toMatchObject({
      code: 'REMOTE_UNEXPECTED',
      message: expect.stringContaining(`what answers at 127.0.0.1:${String(port)} is no Redis`),
    });
  });

  test('to a server that closes the connection says so, and is interrupted where it does not answer', async () => {
    const sockets = new Set<{ destroy(): void }>();
    const behaviour = { mute: false };
    const server = createSocketServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      if (!behaviour.mute) socket.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `redis://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const closed = await faultOf(url);
    const closedTls = await faultOf(url.replace('redis:', 'rediss:'));
    behaviour.mute = true;
    const mute = await faultOf(url, { ...usual, signal: AbortSignal.timeout(100) });
    for (const socket of sockets) socket.destroy();
    server.close();
    expect(closed).toMatchObject({ code: 'REMOTE_UNEXPECTED', hint: expect.stringContaining('rediss://') });
    expect(closedTls).toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    expect(mute).toMatchObject({ code: 'CANCELLED' });
  });

  test.each([
    ['http://host', 'is no address redis:// or rediss://'],
    ['host:6379', 'is no address redis:// or rediss://'],
    ['redis:///0', 'names no host'],
    ['redis://:hunter2@host/zero', 'must end with the number of a database'],
    ['redis://:hun#ter2@host', 'is no address'],
    ['redis://:hunter2@host?tls=1', 'must not have "?" or "#"'],
    ['redis://hunter2@host', 'has a user, and no password'],
    ['redis://:hunter2%@host', 'begins no escape'],
  ])('to %s is CONFIG_INVALID without a look at the network', async (url, why) => {
    const { code, message } = await faultOf(url);
    expect([code, message]).toEqual(['CONFIG_INVALID', expect.stringContaining(why)]);
    expect(message).not.toMatch(/hun/u);
  });
});

describe('a server', () => {
  const good = ['redis_version:7.0.15', 'role:master', 'aof_enabled:1', 'maxmemory_policy:noeviction'];
  const check =
    (changes: readonly string[], volatile = false) =>
    () => {
      checkServer([...good, ...changes].join('\r\n'), 'here:1', volatile);
    };

  test('is taken when it keeps what it is given, whoever made it', () => {
    expect(check([])).not.toThrow();
    expect(check(['redis_version:6.2.0'])).not.toThrow();
    expect(check(['redis_version:5.0.0', 'server_name:valkey', 'valkey_version:8.0.1'])).not.toThrow();
    expect(check(['aof_enabled:0', 'maxmemory_policy:allkeys-lru'], true)).not.toThrow();
  });

  test.each([
    ['redis_version:6.0.16', 'has the version 6.0.16'],
    ['role:slave', 'is a replica'],
    ['cluster_enabled:1', 'is part of a cluster'],
  ])('with %s is not taken, even if it may forget', (line, why) => {
    expect(check([line], true)).toThrow(why);
  });
});

describeWith(['redis-server'], 'a connection to a real server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis('--requirepass', 'hunter2');
  });
  afterAll(() => server.close());
  const urlOf = (password: string) => server.url.replace('//', `//${password}@`);

  test('is made with its password and database, and another one like it', async () => {
    const queue = await connectQueue(`${urlOf(':hunter2')}/3`, usual);
    expect(queue.where).toBe(`127.0.0.1:${String(server.port)}`);
    await queue.redis.set('migrator:x', '1');
    const other = queue.duplicate();
    expect(await other.get('migrator:x')).toBe('1');
    expect(await other.client('INFO')).toContain('db=3');
    await queue.close();
    expect([queue.redis.status, other.status]).toEqual(['end', 'end']);
  });

  test.each([
    ['a wrong password', ':hunter3', 'does not accept the user or the password'],
    ['a wrong user', 'hunter4:hunter2', 'does not accept the user or the password'],
    ['no password', ':', 'asks for a password'],
  ])('with %s is AUTH_REFUSED', async (_, password, why) => {
    const { code, message, hint } = await faultOf(urlOf(password));
    expect([code, message]).toEqual(['AUTH_REFUSED', expect.stringContaining(why)]);
    expect(`${message}${hint ?? ''}`).not.toContain('hunter');
  });

  test('with a database that the server does not have is CONFIG_INVALID', async () => {
    expect(await faultOf(`${urlOf(':hunter2')}/99`)).toMatchObject({ code: 'CONFIG_INVALID' });
  });

  test('waits while the server is started again, and tells once that it is lost and once that it is back', async () => {
    const told: string[] = [];
    const queue = await connectQueue(urlOf(':hunter2'), { ...usual, onTrouble: (message) => told.push(message) });
    await queue.redis.set('migrator:y', '1');
    await server.kill();
    const answer = queue.redis.incr('migrator:y');
    await new Promise((wait) => setTimeout(wait, 250));
    await server.restart();
    expect(await answer).toBe(2);
    const where = `the connection to Redis at 127.0.0.1:${String(server.port)}`;
    expect(told).toEqual([`${where} is lost; the work waits until it is back`, `${where} is back`]);
    await queue.close();
  });

  test('does not wait for a server that is gone once the run is interrupted, and closes all the same', async () => {
    const interrupt = new AbortController();
    const queue = await connectQueue(urlOf(':hunter2'), { ...usual, signal: interrupt.signal });
    await server.kill();
    const answer = queue.redis.incr('migrator:z').catch((error: unknown) => error);
    await new Promise((wait) => setTimeout(wait, 50));
    interrupt.abort();
    expect(await answer).toMatchObject({ message: 'Connection is closed.' });
    await queue.close();
    await server.restart();
    const waiting = await connectQueue(urlOf(':hunter2'), usual);
    const other = waiting.duplicate();
    await other.ping();
    await server.kill();
    await new Promise((wait) => setTimeout(wait, 50));
    await waiting.close();
    expect([waiting.redis.status, other.status]).toEqual(['end', 'end']);
    await server.restart();
  });

  test('with TLS is made to a server whose certificate is trusted, and to no other', async () => {
    const port = await freePort();
    const [cert, key, ca] = ['cert', 'key', 'ca'].map((name) =>
      fileURLToPath(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url)),
    ) as [string, string, string];
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ca];
    const secured = await startRedis('--tls-port', String(port), ...files, '--tls-auth-clients', 'no');
    const url = `rediss://localhost:${String(port)}`;
    const outcomes = [await faultOf(url), await faultOf(url.replace('rediss', 'redis'))];
    const queue = await connectQueue(url, { ...usual, ca: await readFile(ca, 'utf8') });
    await queue.close();
    await secured.close();
    expect(outcomes).toMatchObject([
      { code: 'REMOTE_UNREACHABLE', message: expect.stringContaining('is not trusted') },
      { code: 'REMOTE_UNREACHABLE', hint: expect.stringContaining('rediss://') },
    ]);
  });

  test('to a server that may forget is refused with what would be lost, unless that is allowed', async () => {
    const [noFile, drops] = await Promise.all([
      startRedis('--appendonly', 'no'),
      startRedis('--maxmemory-policy', 'allkeys-lru'),
    ]);
    expect(await faultOf(noFile.url)).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('it loses which jobs were started'),
      hint: 'set "appendonly yes" there, or allow a server that may forget with --volatile-queue',
    });
    expect(await faultOf(drops.url)).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('maxmemory-policy allkeys-lru'),
      hint: expect.stringContaining('maxmemory-policy noeviction'),
    });
    for (const forgetful of [noFile, drops]) {
      await (await connectQueue(forgetful.url, { volatile: true })).close();
      await forgetful.close();
    }
  });
});
