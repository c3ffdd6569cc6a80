import { MigratorError } from '../errors.ts';
import type { ByteStream } from '../ports/artifact.ts';
import { unsettledHints, type HttpRequest, type HttpResponse } from '../ports/http.ts';
import { brokenError, quote } from './errors.ts';
import { BrokenExchange, type Answer } from './exchange.ts';
import type { RequestName } from './request-name.ts';
import { safetyOf } from './retry.ts';

const longestBody = 64 * 1024 * 1024;
const longestErrorBody = 64 * 1024;

/** A function, because the compiler would assume that `signal.aborted` stays the same after the first check. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

export function interrupted(name: RequestName): MigratorError {
  return new MigratorError('CANCELLED', `${name.line} on ${name.host} was interrupted`);
}

/** BrokenExchange when the body breaks off, REMOTE_UNEXPECTED when it is longer than 64 MiB. */
export async function readText(answer: Answer, name: RequestName): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    chunks.push(chunk);
    if (size > longestBody) {
      throw new MigratorError(
        'REMOTE_UNEXPECTED',
        `${name.host} answered ${name.line} with more than ${longestBody} bytes`,
        {
          hint: 'migrator reads no longer answer; name fewer things at once',
          details: { host: name.host, request: name.line, hopeless: true },
        },
      );
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The beginning of the body of an error, also when it broke off: the status matters more. */
export async function readErrorText(answer: Answer, debug: (message: string) => void): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of answer.body) {
      size += chunk.length;
      chunks.push(chunk);
      if (size > longestErrorBody) break;
    }
  } catch (error) {
    if (!(error instanceof BrokenExchange)) throw error;
    debug(`the answer with status ${answer.status} broke off after ${size} bytes`);
  }
  return Buffer.concat(chunks).subarray(0, longestErrorBody).toString('utf8');
}

/** The parsed body; undefined when it is empty. The parser's error quotes the body, so it does not become the cause. */
export function parseJson(
  response: HttpResponse<string>,
  request: HttpRequest,
  name: RequestName,
  redact: (text: string) => string,
): unknown {
  if (response.body.trim() === '') return undefined;
  try {
    return JSON.parse(response.body) as unknown;
  } catch {
    const shown =
      request.secretBodies === true ? '' : `: ${quote(redact(response.body), response.headers['content-type'] ?? '')}`;
    throw new MigratorError(
      'REMOTE_UNEXPECTED',
      `${name.host} answered ${name.line} with something that is not JSON${shown}`,
      {
        hint: unsettledHints.unreadable,
        details: { request: name.line, status: response.status, ambiguous: safetyOf(request) === 'once' },
      },
    );
  }
}

/**
 * The bytes as the server sends them. REMOTE_UNEXPECTED when they are compressed and the caller does not say that it takes
 * that: digests and ranges would not fit.
 */
export function rawBody(
  answer: Answer,
  { takesCompressed = false }: HttpRequest,
  name: RequestName,
  signal: AbortSignal,
): HttpResponse<ByteStream> & { readonly size: number | undefined } {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && !takesCompressed) {
    answer.discard();
    throw new MigratorError(
      'REMOTE_UNEXPECTED',
      `${name.host} compressed (${encoding}) a download that must not be compressed`,
      { hint: 'a proxy may be rewriting downloads', details: { host: name.host, request: name.line, hopeless: true } },
    );
  }
  const length = answer.headers['content-length'];
  const { status, headers } = answer;
  return {
    status,
    headers,
    size: length === undefined ? undefined : Number(length),
    body: translateErrors(answer.body, name, signal),
  };
}

async function* translateErrors(body: ByteStream, name: RequestName, signal: AbortSignal): ByteStream {
  try {
    yield* body;
  } catch (error) {
    if (isAborted(signal)) throw interrupted(name);
    throw error instanceof BrokenExchange ? brokenError(error, name, false) : error;
  }
}
