import { createHash } from 'node:crypto';
import { isMigratorError, MigratorError } from '../../errors.ts';
import type { ByteStream } from '../../ports/artifact.ts';
import type { HttpResponse } from '../../ports/http.ts';
import type { Clock } from '../../ports/runtime.ts';

export type Open = (signal: AbortSignal) => Promise<HttpResponse<ByteStream> & { readonly size: number | undefined }>;

export interface Expected {
  readonly name: string;
  readonly size: number | undefined;
  /** Lower-case hex; the server tells it of uploaded packages only. */
  readonly sha256: string | undefined;
}

// Breaks in a row without a new byte; each byte gained starts the count anew.
const patience = 5;

/**
 * A download that goes on where it broke off. The server knows no ranges, so it is asked for the whole again and what was
 * delivered is skipped. What comes out is compared with the expected size and hash at its end.
 */
export async function* download(open: Open, expected: Expected, clock: Clock, signal: AbortSignal): ByteStream {
  const hash = createHash('sha256');
  const size = { announced: expected.size };
  let delivered = 0;
  for (let breaks = 0, whole = false; !whole;) {
    const before = delivered;
    try {
      for await (const chunk of rest(open, delivered, size, signal)) {
        delivered += chunk.length;
        hash.update(chunk);
        yield chunk;
      }
      whole = size.announced === undefined || delivered >= size.announced;
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

async function* rest(
  open: Open,
  from: number,
  size: { announced: number | undefined },
  signal: AbortSignal,
): ByteStream {
  const answer = await open(signal);
  size.announced ??= answer.size;
  let skip = from;
  for await (const chunk of answer.body) {
    const kept = skip < chunk.length ? chunk.subarray(skip) : undefined;
    skip = Math.max(0, skip - chunk.length);
    if (kept !== undefined && kept.length > 0) yield kept;
  }
}

function compare({ name, size, sha256 }: Expected, delivered: number, hex: string): void {
  if (size !== undefined && delivered !== size) {
    throw new MigratorError('REMOTE_UNEXPECTED', `${name} came with ${delivered} bytes instead of ${size}`, {
      hint: 'the package in the storage is damaged or was replaced; make it again',
    });
  }
  if (sha256 !== undefined && sha256.toLowerCase() !== hex) {
    throw new MigratorError('REMOTE_UNEXPECTED', `${name} does not have the sha256 that the Library states`, {
      hint: 'the package is damaged or was replaced during the download; download it again or upload it anew',
      details: { expected: sha256, actual: hex },
    });
  }
}
