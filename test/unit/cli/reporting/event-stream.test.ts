import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EventStream } from '../../../../src/cli/reporting/event-stream.ts';

// Real sockets: what a system keeps for a reader that does not read is no memory of this process.
let server: Server;
let stream: EventStream;
const responses: ServerResponse[] = [];
const sockets: Socket[] = [];

beforeEach(async () => {
  stream = new EventStream();
  server = createServer((_, response) => {
    responses.push(response);
    stream.add(response.writeHead(200));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  responses.length = 0;
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  for (const socket of sockets.splice(0)) if (!socket.destroy().closed) await once(socket, 'close');
  await closed;
});

async function reader(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  const asked = once(server, 'request');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await asked;
  return socket;
}

const megabyte = 'x'.repeat(1_000_000);
const turn = () => new Promise((done) => setTimeout(done, 5));

/** Tells states until the reader cannot take more. Returns how many. */
async function tellUntilStuck(response: ServerResponse): Promise<number> {
  for (let told = 1; told < 50; told += 1) {
    stream.tell('change', { told, megabyte });
    await turn();
    if (response.writableNeedDrain) return told;
  }
  throw new Error('the reader took 50 MB without reading');
}

describe('a reader that does not read', () => {
  test('has one state in memory however many there are, and gets the newest when it reads again', async () => {
    const socket = await reader();
    const [response] = responses;
    await tellUntilStuck(response!);
    for (let more = 0; more < 30; more += 1) stream.tell('change', { newest: more, megabyte });
    expect(response!.writableLength).toBeLessThan(2_100_000);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    while (!text.includes('"newest":29')) await turn();
    expect(text.match(/"newest"/gu)).toHaveLength(1);
  });

  test('is dropped when it read nothing from one beat to the next, and holds up neither the others nor the end', async () => {
    await reader();
    const [stuck] = responses;
    await tellUntilStuck(stuck!);
    const other = await reader();
    let text = '';
    other.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    stream.tell('change', { for: 'the other' });
    stream.beat();
    expect(stuck!.destroyed).toBe(false);
    const began = Date.now();
    stream.beat();
    expect(stuck!.destroyed).toBe(true);
    await stream.end('end', { last: true });
    expect(Date.now() - began).toBeLessThan(450);
    while (!other.closed && !text.includes('"last":true')) await turn();
    expect(text).toContain('retry: 2000');
    expect(text).toContain('event: change\ndata: {"for":"the other"}\n\n');
    expect(text).toContain(': alive\n\n');
    expect(text).toContain('event: end\ndata: {"last":true}\n\n');
  });

  test('delays the end by half a second at most', async () => {
    await reader();
    await tellUntilStuck(responses[0]!);
    const began = Date.now();
    await stream.end('end', {});
    expect(Date.now() - began).toBeGreaterThan(400);
    expect(Date.now() - began).toBeLessThan(2000);
  });
});

test('a reader that goes away is forgotten', async () => {
  const socket = await reader();
  expect(stream.hasReaders).toBe(true);
  socket.destroy();
  while (stream.hasReaders) await turn();
  stream.tell('change', {});
  await stream.end('end', {});
});

test('an event has one line of data, whatever is in it', async () => {
  const socket = await reader();
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  stream.tell('change', 'a\n\nevent: end\ndata: forged\r\rb');
  while (!text.includes('forged')) await turn();
  expect(text.split(/\r\n|\n|\r/u).filter((line) => line.startsWith('event:'))).toEqual(['event: change']);
});
