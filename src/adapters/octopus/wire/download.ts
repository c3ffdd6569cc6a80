import { MigratorError } from '../../../errors.ts';
import type { ByteStream } from '../../../ports/artifact.ts';
import type { HttpResponse } from '../../../ports/http.ts';
import type { Clock } from '../../../ports/runtime.ts';
import { checked, resumed, without, type Expected } from '../../../streams/resumed-download.ts';

export type OpenAt = (
  from: number,
  signal: AbortSignal,
) => Promise<HttpResponse<ByteStream> & { readonly size: number | undefined }>;

/**
 * A download that resumes where it broke off: with a Range when the server answers 206, else by skipping what was
 * delivered. At its end the bytes are compared with the expected size and digest.
 */
export function download(
  open: OpenAt,
  expected: Pick<Expected, 'name' | 'size' | 'digest'>,
  clock: Clock,
  signal: AbortSignal,
): ByteStream {
  const { name, size } = expected;
  const parts = { name, size: () => size, rest: (from: number) => rest(open, from, name, signal) };
  const hints = { digest: 'download it again or look at the feed' };
  return checked(resumed(parts, clock, signal), { ...expected, statedBy: 'its feed', hints });
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
