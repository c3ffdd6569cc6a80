import { MigratorError } from '../errors.ts';
import type { ByteStream } from '../ports/artifact.ts';
import type { Http, HttpOptions, HttpRequest, HttpResponse } from '../ports/http.ts';
import type { Clock, Random } from '../ports/runtime.ts';
import { Secret } from '../secret.ts';
import { outgoing } from './body.ts';
import { brokenError, isHopeless, quote, statusError, type Named } from './errors.ts';
import { BrokenExchange, exchange, type Answer } from './exchange.ts';
import { baseOf, redirectTarget, resolve } from './origin.ts';
import { delayBefore, isAmbiguous, mayRepeat, safetyOf, type RetryRules, type Setback } from './retry.ts';
import { named } from './spoken.ts';
import { transportFor, type TransportSettings } from './transport.ts';

export interface HttpSettings extends TransportSettings {
  /** How long anything may stand still: a connection, an answer that does not begin, a body that stops. */
  readonly timeoutMs: number;
  /** Repeats after the first attempt. */
  readonly retries: number;
  /** Time for all attempts of one request, 2 minutes unless told; transfers under way are not cut off by it. */
  readonly budgetMs?: number | undefined;
  readonly userAgent: string;
}

export interface HttpTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly debug: (message: string) => void;
  /** Applied to every text that comes from the wire before it is shown. */
  readonly redact?: ((text: string) => string) | undefined;
}

const longestBody = 64 * 1024 * 1024;
const longestErrorBody = 64 * 1024;
const mostRedirects = 5;

interface Context {
  readonly options: HttpOptions;
  readonly base: URL;
  readonly settings: HttpSettings;
  readonly tools: HttpTools;
  readonly transport: ReturnType<typeof transportFor>;
  readonly rules: RetryRules;
}

/** CONFIG_INVALID when the base URL, proxy or TLS material cannot be used. Opens no socket. */
export function createHttpFactory(settings: HttpSettings, tools: HttpTools): (options: HttpOptions) => Http {
  const rules = { retries: settings.retries, budgetMs: settings.budgetMs ?? 120_000 };
  return (options) => {
    const base = baseOf(options.baseUrl);
    const context: Context = { options, base, settings, tools, rules, transport: transportFor(base, settings) };
    return {
      json: async (request, signal) => {
        const { response, said } = await whole(context, withAccept(request, 'application/json'), signal);
        return { ...response, body: parsed(response, context, request, said) };
      },
      text: async (request, signal) => (await whole(context, request, signal)).response,
      stream: async (request, signal) => {
        const { answer, said } = await answered(context, request, signal, false);
        return opened(answer, said, signal);
      },
    };
  };
}

async function whole(
  context: Context,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<{ response: HttpResponse<string>; said: Named }> {
  const { answer, said } = await answered(context, request, signal, true);
  return { response: { status: answer.status, headers: answer.headers, body: answer.text }, said };
}

function opened(
  answer: Answer,
  said: Named,
  signal: AbortSignal,
): HttpResponse<ByteStream> & { readonly size: number | undefined } {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    answer.discard();
    throw new MigratorError('REMOTE_UNEXPECTED', `${said.host} compressed (${encoding}) what was asked for as it is`, {
      hint: 'a proxy may be rewriting downloads',
      details: { request: said.line },
    });
  }
  const length = answer.headers['content-length'];
  const { status, headers } = answer;
  return {
    status,
    headers,
    size: length === undefined ? undefined : Number(length),
    body: translated(answer.body, said, signal),
  };
}

async function* translated(body: ByteStream, said: Named, signal: AbortSignal): ByteStream {
  try {
    yield* body;
  } catch (error) {
    if (isAborted(signal)) throw cancelled(said);
    throw error instanceof BrokenExchange ? brokenError(error, said, false) : error;
  }
}

interface Answered {
  readonly answer: Answer & { readonly text: string };
  readonly said: Named;
}

/** Attempts and redirects until there is an answer that the caller handles; everything else becomes an error. */
async function answered(
  context: Context,
  request: HttpRequest,
  signal: AbortSignal,
  readWhole: boolean,
): Promise<Answered> {
  const { clock, random, debug } = context.tools;
  const safety = safetyOf(request);
  const began = clock.now().getTime();
  let url = resolve(context.base, request);
  for (let attempt = 1, hops = 0; ;) {
    const said = named(request, url, context.tools.redact);
    const outcome = await tried(context, request, url, said, signal, readWhole);
    if (isAborted(signal)) throw cancelled(said);
    if ('answer' in outcome && isRedirect(request, outcome.answer)) {
      outcome.answer.discard();
      if (++hops > mostRedirects) {
        throw new MigratorError('REMOTE_UNEXPECTED', `${said.host} redirects ${said.line} in a circle`);
      }
      url = redirectTarget(url, outcome.answer.headers['location']);
      continue;
    }
    if ('answer' in outcome && isWanted(request, outcome.answer.status)) return { answer: outcome.answer, said };
    const setback = setbackOf(outcome);
    const now = clock.now();
    const delay = mayRepeat(safety, setback)
      ? delayBefore(attempt, setback, now.getTime() - began, now, fraction(random), context.rules)
      : undefined;
    if (delay === undefined) throw failure(context, request, outcome, said, isAmbiguous(safety, setback));
    if ('answer' in outcome) outcome.answer.discard();
    debug(`${said.line}: attempt ${attempt} failed, trying again in ${delay} ms`);
    await clock.sleep(delay, signal);
    attempt += 1;
  }
}

type Outcome = Pick<Answered, 'answer'> | { readonly broken: BrokenExchange };

async function tried(
  { options, settings, tools, transport, base }: Context,
  request: HttpRequest,
  url: URL,
  said: Named,
  signal: AbortSignal,
  readWhole: boolean,
): Promise<Outcome> {
  if (isAborted(signal)) throw cancelled(said);
  const began = tools.clock.now().getTime();
  const spent = (): number => tools.clock.now().getTime() - began;
  try {
    const answer = await exchange(
      {
        method: request.method,
        url,
        headers: {
          'user-agent': settings.userAgent,
          ...(readWhole ? {} : { 'accept-encoding': 'identity' }),
          ...request.headers,
          ...(url.origin === base.origin ? revealed(options.headers()) : {}),
        },
        body: outgoing(request, tools.random),
        decompress: readWhole,
        idleMs: settings.timeoutMs,
        answerMs: request.answerWithinMs ?? settings.timeoutMs,
      },
      transport(safetyOf(request) !== 'once'),
      signal,
    );
    const requestId = answer.headers['x-request-id'] ?? answer.headers['x-octopus-requestid'];
    tools.debug(`${said.line} -> ${answer.status} in ${spent()} ms${requestId === undefined ? '' : ` (${requestId})`}`);
    const text = isWanted(request, answer.status)
      ? readWhole
        ? await textOf(answer, said)
        : ''
      : await errorTextOf(answer, tools.debug);
    // What is still being sent to a server that has answered is sent in vain.
    if (readWhole && (request.file ?? request.body) !== undefined) answer.discard();
    return { answer: { ...answer, text } };
  } catch (error) {
    if (isAborted(signal)) throw cancelled(said);
    if (!(error instanceof BrokenExchange)) throw error;
    tools.debug(
      `${said.line} -> ${error.stalled === undefined ? (error.code ?? error.message) : `${error.stalled.what} stalled`} after ${spent()} ms`,
    );
    return { broken: error };
  }
}

async function textOf(answer: Answer, said: Named): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    chunks.push(chunk);
    if (size > longestBody) {
      throw new MigratorError(
        'REMOTE_UNEXPECTED',
        `${said.host} answered ${said.line} with more than ${longestBody} bytes`,
      );
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** As much of an error's body as came and is needed: the status matters more than a text that was cut off. */
async function errorTextOf(answer: Answer, debug: (message: string) => void): Promise<string> {
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
    debug(`the body of the ${answer.status} broke off after ${size} bytes`);
  }
  return Buffer.concat(chunks).subarray(0, longestErrorBody).toString('utf8');
}

function failure(
  context: Context,
  request: HttpRequest,
  outcome: Outcome,
  said: Named,
  ambiguous: boolean,
): MigratorError {
  if ('broken' in outcome) return brokenError(outcome.broken, said, ambiguous);
  const { status, headers, text } = outcome.answer;
  const redact = context.tools.redact ?? ((plain) => plain);
  const explained = context.options.explain?.(status, text, request);
  if (explained !== undefined) {
    return new MigratorError(explained.code, redact(explained.message), {
      hint: explained.hint,
      cause: explained.cause,
      details: { host: said.host, request: said.line, status, ambiguous, ...explained.details },
    });
  }
  const body = request.secretBodies === true ? '' : redact(text);
  const refusal = { status, body, contentType: headers['content-type'] ?? '', retryAfter: headers['retry-after'] };
  return statusError(refusal, said, ambiguous);
}

function parsed(response: HttpResponse<string>, context: Context, request: HttpRequest, said: Named): unknown {
  if (response.body.trim() === '') return undefined;
  try {
    return JSON.parse(response.body) as unknown;
  } catch (error) {
    const redact = context.tools.redact ?? ((plain) => plain);
    const shown =
      request.secretBodies === true ? '' : `: ${quote(redact(response.body), response.headers['content-type'] ?? '')}`;
    // The parser's own message quotes the body, so it is not kept as the cause when the body is secret.
    throw new MigratorError(
      'REMOTE_UNEXPECTED',
      `${said.host} answered ${said.line} with something that is not JSON${shown}`,
      {
        hint: 'check that the URL is the server itself and not a login page or a proxy',
        details: { request: said.line, status: response.status, ambiguous: safetyOf(request) === 'once' },
        ...(request.secretBodies === true ? {} : { cause: error }),
      },
    );
  }
}

function setbackOf(outcome: Outcome): Setback {
  return 'broken' in outcome
    ? { kind: 'broken', sent: outcome.broken.sent, hopeless: isHopeless(outcome.broken) }
    : { kind: 'status', status: outcome.answer.status, retryAfter: outcome.answer.headers['retry-after'] };
}

/** A call, so that the compiler does not take the answer for settled. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function isWanted(request: HttpRequest, status: number): boolean {
  return (status >= 200 && status < 300) || request.accept?.includes(status) === true;
}

function isRedirect(request: HttpRequest, answer: Answer): boolean {
  return (request.method === 'GET' || request.method === 'HEAD') && [301, 302, 303, 307, 308].includes(answer.status);
}

function withAccept(request: HttpRequest, type: string): HttpRequest {
  return { ...request, headers: { accept: type, ...request.headers } };
}

function revealed(headers: Readonly<Record<string, string | Secret>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  );
}

function fraction(random: Random): number {
  return Buffer.from(random.bytes(4)).readUInt32BE(0) / 2 ** 32;
}

function cancelled(said: Named): MigratorError {
  return new MigratorError('CANCELLED', `${said.line} on ${said.host} was interrupted`);
}
