import { createHash } from 'node:crypto';
import { isMigratorError, MigratorError } from '../../errors.ts';
import type { ByteStream, Digest } from '../../ports/artifact.ts';
import type { HttpResponse } from '../../ports/http.ts';
import type { Clock } from '../../ports/runtime.ts';

export type OpenAt = (
  from: number,
  signal: AbortSignal,
) => Promise<HttpResponse<ByteStream> & { readonly size: number | undefined }>;

export interface Expected {
  readonly name: string;
  readonly size: number | undefined;
  readonly digest: Digest | undefined;
}

// Breaks in a row without a new byte; each byte gained starts the count anew.
const patience = 5;

/**
 * A download that goes on where it broke off: with a Range where the server honours it (206), else by skipping what was
 * delivered (200). What comes out is compared with the expected size and digest at its end.
 */
export async function* download(open: OpenAt, expected: Expected, clock: Clock, signal: AbortSignal): ByteStream {
  const hash = createHash(expected.digest?.algorithm ?? 'sha1');
  let delivered = 0;
  for (let breaks = 0, whole = false; !whole;) {
    const before = delivered;
    try {
      for await (const chunk of rest(open, delivered, expected.name, signal)) {
        delivered += chunk.length;
        hash.update(chunk);
        yield chunk;
      }
      whole = expected.size === undefined || delivered >= expected.size;
      if (!whole) throw new MigratorError('REMOTE_UNREACHABLE', `${expected.name} ended after ${delivered} bytes`);
    } catch (error) {
      if (!isMigratorError(error, 'REMOTE_UNREACHABLE')) throw error;
      breaks = delivered > before ? 1 : breaks + 1;
      if (breaks >= patience) throw error;
      await clock.sleep(500 * 2 ** breaks, signal);
    }
  }
  compare(expected, delivered, hash.digest('hex'));
}

async function* rest(open: OpenAt, from: number, name: string, signal: AbortSignal): ByteStream {
  const answer = await open(from, signal);
  if (answer.status === 416) {
    throw new MigratorError('REMOTE_UNEXPECTED', `${name} is shorter on the server than what it already sent`, {
      hint: 'it was replaced meanwhile; download it again',
    });
  }
  let skip = answer.status === 206 ? from - startOf(answer.headers['content-range'], name) : from;
  for await (const chunk of answer.body) {
    const kept = skip < chunk.length ? chunk.subarray(skip) : undefined;
    skip = Math.max(0, skip - chunk.length);
    if (kept !== undefined && kept.length > 0) yield kept;
  }
}

function startOf(range: string | undefined, name: string): number {
  const start = /^bytes (\d+)-/.exec(range ?? '')?.[1];
  if (start === undefined) {
    throw new MigratorError('REMOTE_UNEXPECTED', `the server sends a part of ${name} without saying which`);
  }
  return Number(start);
}

function compare({ name, size, digest }: Expected, delivered: number, hex: string): void {
  if (size !== undefined && delivered !== size) {
    throw new MigratorError('REMOTE_UNEXPECTED', `${name} came with ${delivered} bytes instead of ${size}`);
  }
  if (digest !== undefined && digest.hex !== hex) {
    throw new MigratorError('REMOTE_UNEXPECTED', `${name} does not have the ${digest.algorithm} that its feed states`, {
      hint: 'the package is damaged or was replaced during the download; download it again or look at the feed',
      details: { expected: digest.hex, actual: hex },
    });
  }
}
