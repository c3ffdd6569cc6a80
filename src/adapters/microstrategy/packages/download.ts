import { createHash } from 'node:crypto';
import { MigratorError } from '../../../errors.ts';
import type { ByteStream } from '../../../ports/artifact.ts';
import type { HttpResponse } from '../../../ports/http.ts';
import type { Clock } from '../../../ports/runtime.ts';
import { resumed, without } from '../../shared/resumed-download.ts';

export type Open = (signal: AbortSignal) => Promise<HttpResponse<ByteStream> & { readonly size: number | undefined }>;

export interface Expected {
  readonly name: string;
  readonly size: number | undefined;
  /** Lower-case hex; the server tells it of uploaded packages only. */
  readonly sha256: string | undefined;
}

/**
 * A download that goes on where it broke off. The server knows no ranges, so it is asked for the whole again and what was
 * delivered is skipped. What comes out is compared with the expected size and hash at its end.
 */
export async function* download(open: Open, expected: Expected, clock: Clock, signal: AbortSignal): ByteStream {
  const hash = createHash('sha256');
  const { name } = expected;
  let announced = expected.size;
  async function* rest(from: number): ByteStream {
    const answer = await open(signal);
    announced ??= answer.size;
    yield* without(from, answer.body);
  }
  let delivered = 0;
  for await (const chunk of resumed({ name, rest, size: () => announced }, clock, signal)) {
    delivered += chunk.length;
    hash.update(chunk);
    yield chunk;
  }
  compare(expected, delivered, hash.digest('hex'));
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
