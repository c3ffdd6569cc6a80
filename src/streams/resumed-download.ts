import { createHash } from 'node:crypto';
import { isMigratorError, MigratorError } from '../errors.ts';
import type { ByteStream, Digest } from '../ports/artifact.ts';
import type { Clock } from '../ports/runtime.ts';

/** A download is given up after so many breaks in a row without a new byte. */
const patience = 5;

export interface Resumable {
  readonly name: string;
  /** Opens the stream of what follows the first `from` bytes. */
  readonly rest: (from: number) => ByteStream;
  /** Bytes of the whole file; undefined until the server has told. */
  readonly size: () => number | undefined;
}

/**
 * A download that resumes where it broke off. REMOTE_UNREACHABLE when it does not advance. The caller checks what came.
 */
export async function* resumed({ name, rest, size }: Resumable, clock: Clock, signal: AbortSignal): ByteStream {
  let delivered = 0;
  for (let breaks = 0, whole = false; !whole;) {
    const before = delivered;
    try {
      for await (const chunk of rest(delivered)) {
        delivered += chunk.length;
        yield chunk;
      }
      const total = size();
      whole = total === undefined || delivered >= total;
      if (!whole) throw new MigratorError('REMOTE_UNREACHABLE', `${name} ended after ${delivered} bytes`);
    } catch (error) {
      if (!isMigratorError(error, 'REMOTE_UNREACHABLE')) throw error;
      breaks = delivered > before ? 1 : breaks + 1;
      if (breaks >= patience) throw givenUp(error, name, delivered);
      await clock.sleep(500 * 2 ** breaks, signal, `the rest of ${name}, which broke off`);
    }
  }
}

/** The server is there, and does not give the whole file. Before the first byte nobody knows that. */
function givenUp(error: MigratorError, name: string, delivered: number): MigratorError {
  if (delivered === 0) return error;
  const message = `${name} could not be downloaded, ${delivered} bytes came: ${error.message}`;
  return new MigratorError(error.code, message, {
    hint: 'a proxy in front of the server may cut off long answers; the file is still on the server, so run the same command again',
    details: { ...error.details, delivered },
    cause: error,
  });
}

/** The same bytes without the first `count`. */
export async function* without(count: number, stream: ByteStream): ByteStream {
  let skip = count;
  for await (const chunk of stream) {
    const kept = skip < chunk.length ? chunk.subarray(skip) : undefined;
    skip = Math.max(0, skip - chunk.length);
    if (kept !== undefined && kept.length > 0) yield kept;
  }
}

export interface Expected {
  readonly name: string;
  /** Bytes. */
  readonly size: number | undefined;
  readonly digest: Digest | undefined;
  /** Who states the digest, as the error says it. */
  readonly statedBy: string;
  readonly hints: { readonly size?: string; readonly digest: string };
}

/** Passes a stream on, and compares it with size and digest at its end. REMOTE_UNEXPECTED when they differ. */
export async function* checked(stream: ByteStream, expected: Expected): ByteStream {
  const { name, size, digest, statedBy, hints } = expected;
  const hash = digest && createHash(digest.algorithm);
  let delivered = 0;
  for await (const chunk of stream) {
    delivered += chunk.length;
    hash?.update(chunk);
    yield chunk;
  }
  if (size !== undefined && delivered !== size) {
    throw new MigratorError('REMOTE_UNEXPECTED', `${name} came with ${delivered} bytes instead of ${size}`, {
      hint: hints.size,
    });
  }
  const actual = hash?.digest('hex');
  if (digest !== undefined && digest.hex !== actual) {
    throw new MigratorError(
      'REMOTE_UNEXPECTED',
      `${name} does not have the ${digest.algorithm} that ${statedBy} states`,
      {
        hint: `the package is damaged or was replaced during the download; ${hints.digest}`,
        details: { expected: digest.hex, actual },
      },
    );
  }
}
