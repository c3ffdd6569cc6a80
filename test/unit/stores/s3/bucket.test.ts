import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MigratorError } from '../../../../src/errors.ts';
import { collect, failsWith, never, read } from '../../../../src/testing/workbench.ts';
import { bodyOf, withServer } from '../../../support/with-server.ts';
import { startS3 } from '../../../support/s3-server.ts';
import { fileOf, s3Store, sha256 } from '../../../support/stores.ts';

const ref = { id: 'web-shop', version: '1.0.0' };
const megabyte = 1024 * 1024;

/** A file that cannot be read to its end. */
function halfway(bytes: Buffer) {
  return {
    ...fileOf(bytes),
    digest: { algorithm: 'sha256', hex: sha256(bytes) } as const,
    open: async function* () {
      await Promise.resolve();
      yield bytes.subarray(0, bytes.length - megabyte);
      throw new Error('the disk is gone');
    },
  };
}

describe('an S3 server of others', () => {
  let data: string;
  let server: Awaited<ReturnType<typeof startS3>>;

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'migrator-test-'));
    server = await startS3(data);
  });
  afterAll(async () => {
    await server.close();
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  });

  test('a large package goes in parts and comes back, also from its middle', async () => {
    const { feed } = await s3Store(server.url, { url: 's3://vault/large' });
    const bytes = randomBytes(20 * megabyte + 5);
    expect((await feed.upload(fileOf(bytes), ref, 'fail', never)).outcome).toBe('created');
    const file = await feed.download(ref, never);
    expect((await read(file)).equals(bytes)).toBe(true);
    const middle = await collect(file.range!(9 * megabyte, 100, never));
    expect(Buffer.concat(middle).equals(bytes.subarray(9 * megabyte, 9 * megabyte + 100))).toBe(true);
  });

  test('an upload whose source fails half-way is not listed, and what cannot be removed is told', async () => {
    const told = { notices: [] as string[] };
    const { feed } = await s3Store(server.url, { url: 's3://vault/broken', told });
    await expect(feed.upload(halfway(randomBytes(18 * megabyte)), ref, 'fail', never)).rejects.toThrow(
      'the disk is gone',
    );
    expect(await collect(feed.list(undefined, never))).toEqual([]);
    // This server knows no request that aborts an upload.
    expect(told.notices).toEqual([expect.stringContaining('parts of a broken upload stay in the bucket "vault"')]);
  });

  test.each([
    ['a bucket that does not exist', { url: 's3://nothing/here' }, 'NOT_FOUND', 'has no bucket "nothing"'],
    [
      'an account that the server does not know',
      { account: { accessKeyId: 'SOMEBODY', secretAccessKey: 'planted secret' } },
      'AUTH_REFUSED',
      'does not accept the credentials',
    ],
  ] as const)('%s is named', async (_what, choices, code, words) => {
    const store = await s3Store(server.url, choices);
    const error = await failsWith(code, () => store.probe(never));
    expect(error.message).toContain(words);
    expect(error.hint).toBeDefined();
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('planted');
  });

  test('a server that is down is named', async () => {
    const closed = createServer();
    await new Promise<void>((ready) => closed.listen(0, '127.0.0.1', ready));
    const { port } = closed.address() as { port: number };
    await new Promise((done) => closed.close(done));
    const store = await s3Store(`http://127.0.0.1:${port}`);
    const error = await failsWith('REMOTE_UNREACHABLE', () => store.probe(never));
    expect(error.message).toBe(`127.0.0.1:${port} refuses connections`);
  });
});

/** A server of our own for what the other one does not do. */
/** The value means nothing. */
type Answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => unknown;

async function scripted<T>(answer: Answer, work: (url: string, asked: readonly string[]) => Promise<T>): Promise<T> {
  const asked: string[] = [];
  return withServer(
    (request, response) => {
      void bodyOf(request).then(
        (body) => {
          const url = new URL(request.url ?? '/', 'http://s3');
          const query = [...url.searchParams.keys()].filter((name) => !['x-id'].includes(name)).sort();
          asked.push(`${request.method ?? ''} ${query.join(' ')}`.trim());
          answer(request, body, response);
        },
        () => response.destroy(),
      );
    },
    (url) => work(url, asked),
  );
}

const xml = (response: ServerResponse, status: number, text: string, headers = {}): ServerResponse =>
  response
    .writeHead(status, { 'content-type': 'application/xml', ...headers })
    .end(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
const fault = (response: ServerResponse, status: number, code: string, headers = {}, more = ''): ServerResponse =>
  xml(response, status, `<Error><Code>${code}</Code><Message>${code} it is</Message>${more}</Error>`, headers);

interface Object {
  readonly key: string;
  readonly bytes: Buffer;
}
const listed = (response: ServerResponse, objects: readonly Object[]): ServerResponse =>
  xml(
    response,
    200,
    `<ListBucketResult><Name>vault</Name><IsTruncated>false</IsTruncated>${objects
      .map(
        ({ key, bytes }) =>
          `<Contents><Key>packages/${key}</Key><Size>${bytes.length}</Size><LastModified>2026-11-28T01:02:03.000Z</LastModified><ETag>"e"</ETag></Contents>`,
      )
      .join('')}</ListBucketResult>`,
  );

const isListing = ({ url }: IncomingMessage): boolean => url?.includes('list-type=2') === true;
const bytesHere = randomBytes(200_000);
const here: Object = { key: `web-shop/1.0.0/${sha256(bytesHere)}.bin`, bytes: bytesHere };
const plain = fileOf(bytesHere, 'web-shop.bin');

describe('a server that heeds more', () => {
  test('an object is put only where none is, and 412 means that the same bytes came first', async () => {
    let isThere = false;
    const conditions: unknown[] = [];
    const answer: Answer = (request, _body, response) => {
      if (isListing(request)) return listed(response, isThere ? [here] : []);
      if (request.method === 'GET')
        return response.writeHead(206, { 'content-range': `bytes 0-199999/200000` }).end(bytesHere);
      conditions.push(request.headers['if-none-match']);
      isThere = true;
      return fault(response, 412, 'PreconditionFailed');
    };
    await scripted(answer, async (url) => {
      const { feed } = await s3Store(url);
      expect(await feed.upload(plain, ref, 'keep', never)).toMatchObject({ outcome: 'created' });
    });
    expect(conditions).toEqual(['*']);
  });

  test('a rival of an object that was there before takes nothing away', async () => {
    const rival: Object = { key: `web-shop/1.0.0/${'0'.repeat(64)}.bin`, bytes: Buffer.from('other') };
    let looks = 0;
    const answer: Answer = (request, _body, response) => {
      if (isListing(request)) return listed(response, (looks += 1) === 1 ? [] : [rival, here]);
      return fault(response, 412, 'PreconditionFailed');
    };
    await scripted(answer, async (url, asked) => {
      const { feed } = await s3Store(url);
      const error = await failsWith('CONFLICT', () => feed.upload(plain, ref, 'keep', never));
      expect(error.details).toMatchObject({ takenAway: false });
      expect(asked.filter((one) => one.startsWith('DELETE'))).toEqual([]);
    });
  });

  test('a sum that is not that of the bytes makes the object be read again, and it goes when it is other', async () => {
    const answerWith =
      (kept: Buffer): Answer =>
      (request, _body, response) => {
        if (isListing(request)) return listed(response, gone || !put ? [] : [here]);
        if (request.method === 'PUT') {
          put = true;
          return response.writeHead(200, { etag: '"of another algorithm"' }).end();
        }
        if (request.method === 'DELETE') {
          gone = true;
          return response.writeHead(204).end();
        }
        return response.writeHead(206, { 'content-range': `bytes 0-199999/200000` }).end(kept);
      };
    let [put, gone] = [false, false];
    await scripted(answerWith(bytesHere), async (url, asked) => {
      expect((await (await s3Store(url)).feed.upload(plain, ref, 'keep', never)).outcome).toBe('created');
      expect(asked.filter((one) => one.startsWith('GET') && !one.includes('list-type'))).toHaveLength(1);
    });
    [put, gone] = [false, false];
    await scripted(answerWith(randomBytes(200_000)), async (url) => {
      const { feed } = await s3Store(url);
      await failsWith('REMOTE_UNEXPECTED', () => feed.upload(plain, ref, 'keep', never));
    });
    expect(gone).toBe(true);
  });

  test('the sum of the parts is known, so a good upload is not read again', async () => {
    const bytes = randomBytes(17 * megabyte);
    const object: Object = { key: `web-shop/1.0.0/${sha256(bytes)}.bin`, bytes };
    const sums: [number, Buffer][] = [];
    let isThere = false;
    const answer: Answer = (request, body, response) => {
      if (isListing(request)) return listed(response, isThere ? [object] : []);
      const url = new URL(request.url ?? '/', 'http://s3');
      if (url.searchParams.has('uploads'))
        return xml(
          response,
          200,
          '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>',
        );
      if (request.method === 'PUT') {
        sums.push([Number(url.searchParams.get('partNumber')), createHash('md5').update(body).digest()]);
        return response.writeHead(200, { etag: '"p"' }).end();
      }
      isThere = true;
      const ordered = sums.sort(([one], [other]) => one - other).map(([, sum]) => sum);
      const etag = `${createHash('md5').update(Buffer.concat(ordered)).digest('hex')}-${ordered.length}`;
      return xml(
        response,
        200,
        `<CompleteMultipartUploadResult><ETag>&quot;${etag}&quot;</ETag></CompleteMultipartUploadResult>`,
      );
    };
    await scripted(answer, async (url, asked) => {
      expect((await (await s3Store(url)).feed.upload(fileOf(bytes, 'x.bin'), ref, 'keep', never)).outcome).toBe(
        'created',
      );
      expect(asked.filter((one) => one.startsWith('GET') && !one.includes('list-type'))).toEqual([]);
    });
    expect(sums).toHaveLength(3);
  });

  test('a part that is refused stops the other parts, and the upload is aborted', async () => {
    const bytes = randomBytes(48 * megabyte);
    let aborted = false;
    const answer: Answer = (request, _body, response) => {
      if (isListing(request)) return listed(response, []);
      const url = new URL(request.url ?? '/', 'http://s3');
      if (url.searchParams.has('uploads'))
        return xml(
          response,
          200,
          '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>',
        );
      if (request.method === 'DELETE') {
        aborted = url.searchParams.get('uploadId') === 'u1';
        return response.writeHead(204).end();
      }
      if (url.searchParams.get('partNumber') === '2') return fault(response, 403, 'AccessDenied');
      return response.writeHead(200, { etag: '"p"' }).end();
    };
    await scripted(answer, async (url, asked) => {
      const { feed } = await s3Store(url);
      const error = await failsWith('AUTH_REFUSED', () => feed.upload(fileOf(bytes, 'x.bin'), ref, 'keep', never));
      expect(error.message).toBe('the account may not put an object in the bucket "vault"');
      expect(asked.filter((one) => one.includes('partNumber')).length).toBeLessThan(6);
    });
    expect(aborted).toBe(true);
  });

  // The server of others makes the mark of a further page with a cipher that Node no longer has.
  test('a listing is read page by page, and strange keys are left alone', async () => {
    const tokens: unknown[] = [];
    const answer: Answer = (request, _body, response) => {
      if (!isListing(request)) return fault(response, 404, 'NoSuchKey');
      const token = new URL(request.url ?? '/', 'http://s3').searchParams.get('continuation-token');
      tokens.push(token);
      const page = Number(token?.slice(1) ?? 0);
      const keys = Array.from({ length: 1000 }, (_, index) => `a/1.${page}.${index}/${sha256(bytesHere)}.bin`);
      if (page === 1)
        keys.push('notes.txt', '../etc/passwd', `a/1.0.0/${sha256(bytesHere)}`, `a//${sha256(bytesHere)}.bin`);
      const contents = keys.map((key) => `<Contents><Key>packages/${key}</Key><Size>1</Size></Contents>`).join('');
      const next =
        page < 2 ? `<IsTruncated>true</IsTruncated><NextContinuationToken>p${page + 1}</NextContinuationToken>` : '';
      return xml(response, 200, `<ListBucketResult>${next}${contents}</ListBucketResult>`);
    };
    await scripted(answer, async (url) => {
      const told = { notices: [] as string[] };
      const { feed } = await s3Store(url, { told });
      expect(await collect(feed.list(undefined, never))).toHaveLength(3000);
      expect(told.notices).toEqual([
        'the bucket "vault" (packages/) holds 4 other files, such as "notes.txt", which migrator leaves alone',
      ]);
    });
    expect(tokens).toEqual([null, 'p1', 'p2']);
  });

  test.each(['a source that fails', 'an interruption'])('%s aborts an upload in parts', async (what) => {
    const stop = new AbortController();
    const answer: Answer = (request, _body, response) => {
      if (isListing(request)) return listed(response, []);
      const url = new URL(request.url ?? '/', 'http://s3');
      if (url.searchParams.has('uploads'))
        return xml(
          response,
          200,
          '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>',
        );
      if (request.method === 'DELETE') return response.writeHead(204).end();
      if (what === 'an interruption') stop.abort();
      return response.writeHead(200, { etag: '"p"' }).end();
    };
    await scripted(answer, async (url, asked) => {
      const { feed } = await s3Store(url);
      await expect(feed.upload(halfway(randomBytes(18 * megabyte)), ref, 'keep', stop.signal)).rejects.toThrow(
        what === 'an interruption' ? 'cancelled' : 'the disk is gone',
      );
      expect(asked.filter((one) => one.startsWith('DELETE'))).toEqual(['DELETE uploadId']);
      expect(asked.filter((one) => one === 'POST uploadId')).toEqual([]);
    });
  });

  test('a download that breaks off goes on where it was, and keeps to the same object', async () => {
    const ranges: unknown[] = [];
    const answer: Answer = (request, _body, response) => {
      if (isListing(request)) return listed(response, [here]);
      const { range = '', 'if-match': match } = request.headers;
      ranges.push([range, match]);
      const start = Number(/^bytes=(\d+)-/u.exec(range)?.[1]);
      response.writeHead(206, {
        'content-range': `bytes ${start}-199999/200000`,
        'content-length': 200_000 - start,
      });
      if (ranges.length > 2) return response.end(bytesHere.subarray(start));
      return response.write(bytesHere.subarray(start, start + 70_000), () => setTimeout(() => response.destroy(), 30));
    };
    await scripted(answer, async (url) => {
      const { feed } = await s3Store(url);
      expect((await read(await feed.download(ref, never))).equals(bytesHere)).toBe(true);
    });
    expect(ranges).toEqual([
      ['bytes=0-199999', '"e"'],
      ['bytes=70000-199999', '"e"'],
      ['bytes=140000-199999', '"e"'],
    ]);
  });

  test.each<[string, Answer, MigratorError['code'], string, string]>([
    [
      'the account may not list',
      (_request, _body, response) => fault(response, 403, 'AccessDenied'),
      'AUTH_REFUSED',
      'the account may not list its objects in the bucket "vault"',
      'have its owner allow s3:ListBucket; a wrong bucket name looks the same',
    ],
    [
      'the bucket is in another region',
      (_request, _body, response) => fault(response, 301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-west-1' }),
      'CONFIG_INVALID',
      'the bucket "vault" is not in that region, but in eu-west-1',
      'set region of the store to eu-west-1',
    ],
    [
      'the region of the signature is wrong',
      (_request, _body, response) =>
        fault(response, 400, 'AuthorizationHeaderMalformed', {}, '<Region>eu-west-1</Region>'),
      'CONFIG_INVALID',
      'the bucket "vault" is not in that region, but in eu-west-1',
      'set region of the store to eu-west-1',
    ],
    [
      'the clock is wrong',
      (_request, _body, response) => fault(response, 403, 'RequestTimeTooSkewed'),
      'AUTH_REFUSED',
      'refuses requests of this machine, whose clock is wrong',
      'correct the clock',
    ],
    [
      'the secret is wrong',
      (_request, _body, response) => fault(response, 403, 'SignatureDoesNotMatch'),
      'AUTH_REFUSED',
      'does not accept the credentials for the bucket "vault" (SignatureDoesNotMatch)',
      'correct them',
    ],
    [
      'the credentials have expired',
      (_request, _body, response) => fault(response, 400, 'ExpiredToken'),
      'AUTH_REFUSED',
      'the credentials for the bucket "vault" have expired',
      'get new ones, and run the command again',
    ],
    [
      'the server is busy',
      (_request, _body, response) => fault(response, 503, 'SlowDown'),
      'REMOTE_UNREACHABLE',
      'could not list its objects (503 SlowDown SlowDown it is)',
      'run the command again later',
    ],
    [
      'it is no S3 server',
      (_request, _body, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html><p>Hi'),
      'REMOTE_UNEXPECTED',
      'could not list its objects',
      'check whether the endpoint is that of an S3 server',
    ],
  ])('%s', async (_what, answer, code, words, hint) => {
    await scripted(answer, async (url) => {
      const store = await s3Store(url);
      const error = await failsWith(code, () => store.probe(never));
      expect(error.message).toContain(words);
      expect(error.hint).toBe(hint);
    });
  });
});
