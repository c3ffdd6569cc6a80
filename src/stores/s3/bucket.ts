import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { MigratorError } from '../../errors.ts';
import type { ByteStream } from '../../ports/artifact.ts';
import { interruptible } from '../../streams/interruptible.ts';
import type { StoreTools } from '../module.ts';
import type { Content, Entry, Shelf } from '../shelf.ts';
import { nameOf, s3Error, statusOf } from './errors.ts';
import type { Place } from './place.ts';
import type { Sdk } from './sdk.ts';

/** What is larger goes in parts. A server takes parts of at least 5 MiB, and at most 10,000 of them. */
const smallestPart = 8 * 1024 * 1024;
const mostParts = 10_000;
/** As many parts are in memory. */
const partsAtOnce = 3;

export function bucketShelf(place: Place, sdk: () => Promise<Sdk>, { notice }: Pick<StoreTools, 'notice'>): Shelf {
  const { bucket: Bucket, prefix } = place;
  return {
    name: `the bucket "${Bucket}"${prefix === '' ? '' : ` (${prefix})`}`,
    list: async function* (below, signal) {
      const { client, s3 } = await sdk();
      let next: string | undefined;
      do {
        const page = new s3.ListObjectsV2Command({ Bucket, Prefix: `${prefix}${below}`, ContinuationToken: next });
        const answer = await client.send(page, { abortSignal: signal }).catch((error: unknown) => {
          throw s3Error(error, place, 'list its objects', 's3:ListBucket');
        });
        for (const { Key = '', Size = 0, LastModified, ETag } of answer.Contents ?? []) {
          // Consoles make empty objects for folders.
          if (Key.endsWith('/') && Size === 0) continue;
          yield { key: Key.slice(prefix.length), size: Size, modifiedAt: LastModified ?? new Date(0), tag: ETag };
        }
        next = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
      } while (next !== undefined);
    },
    put: async (key, content, signal) => {
      const opened = await sdk();
      const partSize = Math.max(smallestPart, Math.ceil(content.size / mostParts));
      const sum = partSum(partSize);
      try {
        const tag = await upload(
          opened,
          { Bucket, Key: `${prefix}${key}` },
          content,
          partSize,
          (bytes) => sum.pass(bytes),
          notice,
          signal,
        );
        return { made: true, proven: tag === sum.tag() };
      } catch (error) {
        // It was there already, and a key holds the digest of its bytes.
        if (nameOf(error) === 'PreconditionFailed' || statusOf(error) === 412) return { made: false, proven: false };
        throw s3Error(error, place, 'put an object', 's3:PutObject and s3:AbortMultipartUpload');
      }
    },
    read: (entry, start, end, signal) => bytesOf(entry, start, end, place, sdk, signal),
    remove: async (key, signal) => {
      const { client, s3 } = await sdk();
      const command = new s3.DeleteObjectCommand({ Bucket, Key: `${prefix}${key}` });
      try {
        await client.send(command, { abortSignal: signal });
      } catch (error) {
        if (nameOf(error) === 'NoSuchKey') return;
        throw s3Error(error, place, 'delete an object', 's3:DeleteObject');
      }
    },
  };
}

/**
 * Sends the content in one request or in parts, and returns the ETag. An upload in parts is invisible until its last
 * request, and is aborted when anything fails or the signal does: also a part that the server refuses stops the others.
 */
async function upload(
  { client, s3, storage }: Sdk,
  key: { readonly Bucket: string; readonly Key: string },
  content: Content,
  partSize: number,
  pass: (stream: ByteStream) => ByteStream,
  notice: StoreTools['notice'],
  signal: AbortSignal,
): Promise<string | undefined> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let refusal: unknown;
  const stopping = {
    config: client.config,
    send: async (command: Parameters<S3Client['send']>[0]) => {
      // The request that aborts the upload is sent after an interruption too.
      const aborts = command instanceof s3.AbortMultipartUploadCommand;
      try {
        return await client.send(command, aborts ? {} : { abortSignal: either });
      } catch (error) {
        if (aborts) {
          notice(
            `parts of a broken upload stay in the bucket "${key.Bucket}", where nobody sees them: it refused to remove them (${nameOf(error)}); a lifecycle rule of the bucket can`,
          );
          return {};
        }
        refusal ??= error;
        stop.abort();
        throw error;
      }
    },
  } as unknown as S3Client;
  const Body = Readable.from(pass(interruptible(content.open(either), either)), { objectMode: false });
  // Servers that heed it take no second object of this name. Others ignore it.
  const params = { ...key, Body, ContentLength: content.size, IfNoneMatch: '*', ContentType: 'application/x-tar' };
  try {
    const done = await new storage.Upload({ client: stopping, params, partSize, queueSize: partsAtOnce }).done();
    return done.ETag;
  } catch (error) {
    throw refusal ?? error;
  } finally {
    Body.destroy();
  }
}

/** The ETag of a server that makes it of the MD5 sums of the parts, as AWS does without a key of its own. */
function partSum(partSize: number) {
  const parts: Buffer[] = [];
  let hash = createHash('md5');
  let filled = 0;
  const close = (): void => {
    parts.push(hash.digest());
    hash = createHash('md5');
    filled = 0;
  };
  return {
    pass: async function* (stream: ByteStream): ByteStream {
      for await (const chunk of stream) {
        for (let at = 0; at < chunk.length;) {
          // A part is closed by the first byte of the next one.
          if (filled === partSize) close();
          const piece = chunk.subarray(at, at + partSize - filled);
          hash.update(piece);
          filled += piece.length;
          at += piece.length;
        }
        yield chunk;
      }
      close();
    },
    tag: (): string => {
      const [only, ...more] = parts;
      if (only !== undefined && more.length === 0) return `"${only.toString('hex')}"`;
      return `"${createHash('md5').update(Buffer.concat(parts)).digest('hex')}-${String(parts.length)}"`;
    },
  };
}

async function* bytesOf(
  { key, tag }: Entry,
  start: number,
  end: number,
  place: Place,
  sdk: () => Promise<Sdk>,
  signal: AbortSignal,
): ByteStream {
  if (start >= end) return;
  const { client, s3 } = await sdk();
  const command = new s3.GetObjectCommand({
    Bucket: place.bucket,
    Key: `${place.prefix}${key}`,
    Range: `bytes=${String(start)}-${String(end - 1)}`,
    ...(tag === undefined ? {} : { IfMatch: tag }),
  });
  try {
    const { Body, ContentRange } = await client.send(command, { abortSignal: signal });
    // A server without ranges begins at the first byte again.
    if (ContentRange?.startsWith(`bytes ${String(start)}-`) !== true && start > 0) throw unranged(place);
    for await (const chunk of interruptible(Body as unknown as ByteStream, signal)) yield chunk;
  } catch (error) {
    if (statusOf(error) === 412) throw replaced(key, place);
    if (statusOf(error) === undefined && isBroken(error)) throw broken(error, place);
    throw s3Error(error, place, 'read an object', 's3:GetObject');
  }
}

/** The connection broke off in the body. */
function isBroken(error: unknown): boolean {
  const { code = '', message } = error as { readonly code?: string; readonly message?: string };
  return /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ETIMEDOUT|HPE_)/u.test(code) || message === 'aborted';
}

function broken(cause: unknown, { endpoint, bucket }: Place): MigratorError {
  return new MigratorError('REMOTE_UNREACHABLE', `${endpoint?.host ?? 'Amazon S3'} broke off the connection`, {
    hint: 'check the network and the proxy',
    details: { bucket },
    cause,
  });
}

function replaced(key: string, { bucket }: Place): MigratorError {
  return new MigratorError('CONFLICT', `the object "${key}" of the bucket "${bucket}" was replaced while it was read`, {
    hint: 'run the command again',
  });
}

function unranged({ endpoint, bucket }: Place): MigratorError {
  const message = `${endpoint?.host ?? 'Amazon S3'} gives no parts of the objects of the bucket "${bucket}"`;
  return new MigratorError('UNSUPPORTED', message, { hint: 'use a server that answers requests with a Range header' });
}
