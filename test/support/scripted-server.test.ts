import { describe, expect, test } from '@jest/globals';
import { withScript, type Exchange } from './scripted-server.ts';

const wanted: Exchange = {
  request: {
    method: 'POST',
    path: '/things',
    query: { take: '2' },
    headers: { 'x-key': 'k' },
    without: ['cookie'],
    json: { name: 'a' },
  },
  response: { status: 201, json: { id: 1 } },
};

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends the wanted request, with these changes. */
async function send(url: string, { method = 'POST', path = '/things?take=2', headers = {}, body }: Sent = {}) {
  const answer = await fetch(url + path, {
    method,
    headers: { 'x-key': 'k', 'content-type': 'application/json', ...headers },
    body: body ?? '{"name":"a"}',
  });
  return { status: answer.status, text: await answer.text() };
}

describe('a scripted server', () => {
  test('the server answers the requests of its script and returns what the test made of the answers', async () => {
    expect(await withScript([wanted], (url) => send(url))).toEqual({ status: 201, text: '{"id":1}' });
  });

  test.each<[string, Sent]>([
    ['has another method', { method: 'PUT' }],
    ['has another path', { path: '/thing?take=2' }],
    ['lacks a part of the query', { path: '/things' }],
    ['has more in its query', { path: '/things?take=2&skip=1' }],
    ['has another value in a header', { headers: { 'x-key': 'K' } }],
    ['has a header that must not be there', { headers: { cookie: 'a=b' } }],
    ['is of another type', { headers: { 'content-type': 'text/plain' } }],
    ['has less in its body', { body: '{}' }],
    ['has more in its body', { body: '{"name":"a","more":1}' }],
    ['has a body that is not JSON', { body: 'name=a' }],
  ])('the server fails the test when a request %s', async (_, change) => {
    await expect(withScript([wanted], (url) => send(url, change))).rejects.toThrow(/^unexpected: [^]+never asked: /u);
  });

  test('the server fails the test when a request comes more often than the script says', async () => {
    const twice = withScript([wanted], async (url) => [await send(url), await send(url)]);
    await expect(twice).rejects.toThrow(/^unexpected: POST \/things\?take=2 \{"name":"a"\}$/u);
  });

  test.each<[string, Exchange]>([
    ['once', wanted],
    ['any number of times', { ...wanted, times: 'any' }],
  ])('the server fails the test when a request that the script expects %s never comes', async (_, exchange) => {
    await expect(withScript([exchange], () => Promise.resolve())).rejects.toThrow(/^never asked: POST \/things/u);
  });

  test('the server reports the error of the test, and an error of the script before it', async () => {
    const broken = () => Promise.reject(new Error('broken'));
    await expect(withScript([], broken)).rejects.toThrow('broken');
    await expect(withScript([wanted], broken)).rejects.toMatchObject({
      message: expect.stringMatching(/^never asked/u),
      cause: { message: 'broken' },
    });
  });

  test('the server finds texts in a form, and compares a file in it whole', async () => {
    const request = { method: 'POST', path: '/forms' };
    const file = { field: 'file', name: 'a.txt', contentType: 'text/plain', text: 'alpha' };
    const post =
      (text: string, name = 'a.txt') =>
      async (url: string) => {
        const form = new FormData();
        form.set('file', new Blob([text], { type: 'text/plain' }), name);
        return (await fetch(`${url}/forms`, { method: 'POST', body: form })).status;
      };
    const whole: Exchange = { request: { ...request, file }, response: {} };
    const texts: Exchange = { request: { ...request, contains: ['name="file"', 'alpha'] }, response: {} };
    expect(await withScript([whole], post('alpha'))).toBe(200);
    expect(await withScript([texts], post('alphabet'))).toBe(200);
    await expect(withScript([whole], post('alphabet'))).rejects.toThrow(/^unexpected/u);
    await expect(withScript([whole], post('alpha', 'b.txt'))).rejects.toThrow(/^unexpected/u);
    await expect(withScript([texts], post('beta'))).rejects.toThrow(/^unexpected/u);
  });
});
