import { createHash } from 'node:crypto';
import { MigratorError } from '../../../errors.ts';
import type { ByteStream, Digest } from '../../../ports/artifact.ts';
import type { HttpResponse } from '../../../ports/http.ts';
import type { Clock } from '../../../ports/runtime.ts';
import { resumed, without } from '../../shared/resumed-download.ts';

export type OpenAt = (
  from: number,
  signal: AbortSignal,
) => Promise<HttpResponse<ByteStream> & { readonly size: number | undefined }>;

export interface Expected {
  readonly name: string;
  readonly size: number | undefined;
  readonly digest: Digest | undefined;
}

/**
 * A download that goes on where it broke off: with a Range where the server honours it (206), else by skipping what was
 * delivered (200). What comes out is compared with the expected size and digest at its end.
 */
export async function* download(open: OpenAt, expected: Expected, clock: Clock, signal: AbortSignal): ByteStream {
  const hash = createHash(expected.digest?.algorithm ?? 'sha1');
  const { name, size } = expected;
  let delivered = 0;
  const parts = { name, size: () => size, rest: (from: number) => rest(open, from, name, signal) };
  for await (const chunk of resumed(parts, clock, signal)) {
    delivered += chunk.length;
    hash.update(chunk);
    yield chunk;
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
  yield* without(answer.status === 206 ? from - startOf(answer.headers['content-range'], name) : from, answer.body);
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
