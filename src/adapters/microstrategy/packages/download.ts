import type { ByteStream } from '../../../ports/artifact.ts';
import type { HttpResponse } from '../../../ports/http.ts';
import type { Clock } from '../../../ports/runtime.ts';
import { checked, resumed, without, type Expected } from '../../shared/resumed-download.ts';

export type Open = (signal: AbortSignal) => Promise<HttpResponse<ByteStream> & { readonly size: number | undefined }>;

/**
 * A download that resumes where it broke off. The server knows no ranges, so it sends the whole file again, and what
 * was delivered is skipped. At its end the bytes are compared with the expected size and digest. The server states a
 * digest of uploaded packages only.
 */
export function download(
  open: Open,
  expected: Pick<Expected, 'name' | 'size' | 'digest'>,
  clock: Clock,
  signal: AbortSignal,
): ByteStream {
  const { name } = expected;
  let announced = expected.size;
  async function* rest(from: number): ByteStream {
    const answer = await open(signal);
    announced ??= answer.size;
    yield* without(from, answer.body);
  }
  return checked(resumed({ name, rest, size: () => announced }, clock, signal), {
    ...expected,
    statedBy: 'the Library',
    hints: {
      size: 'the package in the storage is damaged or was replaced; make it again',
      digest: 'download it again or upload it again',
    },
  });
}
