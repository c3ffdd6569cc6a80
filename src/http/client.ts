import { MigratorError } from '../errors.ts';
import type { Http, HttpOptions, HttpRequest, HttpResponse } from '../ports/http.ts';
import type { Clock, Random } from '../ports/runtime.ts';
import { Secret } from '../secret.ts';
import { interrupted, isAborted, parseJson, rawBody, readErrorText, readText } from './answer-body.ts';
import { outgoing } from './body.ts';
import { CookieJar } from './cookies.ts';
import { brokenError, isHopeless, statusError } from './errors.ts';
import { BrokenExchange, exchange, type Answer } from './exchange.ts';
import { baseOf, redirectTarget, refusedRedirect, resolve } from './origin.ts';
import { nameRequest, type RequestName } from './request-name.ts';
import { delayBefore, isAmbiguous, mayRepeat, safetyOf, type RetryRules, type Setback } from './retry.ts';
import type { HttpSettings } from './settings.ts';
import { transportFor } from './transport.ts';
import { UrlDoubt } from './url-hint.ts';

export interface HttpTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly debug: (message: string) => void;
  /** Wraps a wait, to tell it when it is long. `what` completes "waiting for …". */
  readonly during?: (<T>(what: string, work: Promise<T>) => Promise<T>) | undefined;
  /** Applied to every text of a server before it is shown. */
  readonly redact?: ((text: string) => string) | undefined;
}

const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

interface Context {
  readonly options: HttpOptions;
  readonly base: URL;
  readonly settings: HttpSettings;
  readonly tools: HttpTools;
  readonly transport: ReturnType<typeof transportFor>;
  readonly rules: RetryRules;
  readonly jar: CookieJar | undefined;
  readonly doubt: UrlDoubt;
}

/** CONFIG_INVALID when the base URL, proxy or TLS material cannot be used. Opens no socket. */
export function createHttpFactory(settings: HttpSettings, tools: HttpTools): (options: HttpOptions) => Http {
  const rules = { retries: settings.retries, budgetMs: settings.budgetMs ?? 120_000 };
  return (options) => {
    const base = baseOf(options.baseUrl);
    const jar = options.cookies === true ? new CookieJar() : undefined;
    const transport = transportFor(base, settings);
    const context: Context = { options, base, settings, tools, rules, jar, transport, doubt: new UrlDoubt(base) };
    return {
      json: async (request, signal) => {
        const { response, name } = await whole(context, withAccept(request, 'application/json'), signal);
        const body = context.doubt.read(request, () => parseJson(response, request, name, redactOf(tools)));
        return { ...response, body };
      },
      text: async (request, signal) => (await whole(context, request, signal)).response,
      stream: async (request, signal) => {
        const { answer, name } = await answered(context, request, signal, false);
        return rawBody(answer, request, name, signal);
      },
    };
  };
}

async function whole(
  context: Context,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<{ response: HttpResponse<string>; name: RequestName }> {
  const { answer, name } = await answered(context, request, signal, true);
  return { response: { status: answer.status, headers: answer.headers, body: answer.text }, name };
}

interface Answered {
  readonly answer: Answer & { readonly text: string };
  readonly name: RequestName;
}

/** Tries and follows redirects until there is an answer that the caller accepts. Throws otherwise. */
async function answered(
  context: Context,
  request: HttpRequest,
  signal: AbortSignal,
  readWhole: boolean,
): Promise<Answered> {
  const { clock, random, debug } = context.tools;
  const safety = safetyOf(request);
  const began = clock.now().getTime();
  const asked = resolve(context.base, request);
  let url = asked;
  let renewed = false;
  for (let attempt = 1, hops = 0; ;) {
    const name = nameRequest(request, url, context.tools.redact);
    const sent = revealed(context.options.headers());
    const outcome = await tried({ ...context, sent }, request, url, name, signal, readWhole);
    if (isAborted(signal)) throw interrupted(name);
    if ('answer' in outcome && isRedirect(request, outcome.answer)) {
      outcome.answer.discard();
      if (++hops > mostRedirects) {
        const first = nameRequest(request, asked, context.tools.redact).line;
        throw new MigratorError('REMOTE_UNEXPECTED', `${name.host} redirects ${first} in a circle`, {
          hint: context.doubt.hintOn(request) ?? 'check the URL; a proxy or a login page may be in the way',
          details: { host: name.host, request: first, hopeless: true },
        });
      }
      url = redirectTarget(context.base, url, outcome.answer.headers['location']);
      continue;
    }
    if ('answer' in outcome && isWanted(request, outcome.answer.status)) return { answer: outcome.answer, name };
    // With 401 the server says that it has done nothing, so a request that may not be repeated may be sent again too.
    if ('answer' in outcome && outcome.answer.status === 401 && !renewed && (await hasRenewed(context.options, sent))) {
      renewed = true;
      outcome.answer.discard();
      debug(`${name.line}: the credentials were fetched again`);
      continue;
    }
    const moved = 'answer' in outcome ? movedTo(url, outcome.answer) : undefined;
    if (moved !== undefined) throw moved;
    const setback = setbackOf(outcome);
    const now = clock.now();
    const delay = mayRepeat(safety, setback)
      ? delayBefore(attempt, setback, now.getTime() - began, now, fraction(random), context.rules)
      : undefined;
    if (delay === undefined) throw failure(context, request, outcome, name, isAmbiguous(safety, setback));
    if ('answer' in outcome) outcome.answer.discard();
    debug(`${name.line}: attempt ${attempt} failed, trying again in ${delay} ms`);
    await clock.sleep(delay, signal, setbackWords(name.host, setback));
    attempt += 1;
  }
}

type Outcome = Pick<Answered, 'answer'> | { readonly broken: BrokenExchange };

async function tried(
  { sent, settings, tools, transport, base, jar }: Context & { readonly sent: Readonly<Record<string, string>> },
  request: HttpRequest,
  url: URL,
  name: RequestName,
  signal: AbortSignal,
  readWhole: boolean,
): Promise<Outcome> {
  if (isAborted(signal)) throw interrupted(name);
  const began = tools.clock.now().getTime();
  const spent = (): number => tools.clock.now().getTime() - began;
  try {
    const during = tools.during ?? (<T>(_: string, work: Promise<T>): Promise<T> => work);
    const answering = exchange(
      {
        method: request.method,
        url,
        headers: {
          'user-agent': settings.userAgent,
          ...(readWhole ? {} : { 'accept-encoding': 'identity' }),
          ...request.headers,
          ...(url.origin === base.origin ? sent : {}),
          ...(url.origin === base.origin ? cookieHeader(jar, tools.clock) : {}),
        },
        body: outgoing(request, tools.random),
        decompress: readWhole,
        idleMs: settings.timeoutMs,
        answerMs: request.answerWithinMs ?? settings.timeoutMs,
      },
      transport(safetyOf(request) !== 'once'),
      signal,
    );
    const answer = await during(`the answer of ${name.host}`, answering);
    if (url.origin === base.origin) jar?.take(answer.setCookie, tools.clock.now());
    const requestId = answer.headers['x-request-id'] ?? answer.headers['x-octopus-requestid'];
    tools.debug(`${name.line} -> ${answer.status} in ${spent()} ms${requestId === undefined ? '' : ` (${requestId})`}`);
    const text = isWanted(request, answer.status)
      ? readWhole
        ? await readText(answer, name)
        : ''
      : await readErrorText(answer, tools.debug);
    // The server has answered, so the rest of the upload is not needed.
    if (readWhole && (request.form ?? request.body) !== undefined) answer.discard();
    return { answer: { ...answer, text } };
  } catch (error) {
    if (isAborted(signal)) throw interrupted(name);
    if (!(error instanceof BrokenExchange)) throw error;
    tools.debug(
      `${name.line} -> ${error.stalled === undefined ? (error.code ?? error.message) : `${error.stalled.what} stalled`} after ${spent()} ms`,
    );
    return { broken: error };
  }
}

function failure(
  context: Context,
  request: HttpRequest,
  outcome: Outcome,
  name: RequestName,
  ambiguous: boolean,
): MigratorError {
  if ('broken' in outcome) return brokenError(outcome.broken, name, ambiguous);
  const { status, headers, text } = outcome.answer;
  const redact = redactOf(context.tools);
  const explained = context.options.explain?.(status, redact(text), request);
  if (explained !== undefined) {
    // The product's sentence says what happened; which server and which request must be known too.
    const isOurs = explained.code.startsWith('REMOTE_') && !explained.message.includes(name.host);
    const message = isOurs ? `${explained.message} (${name.host}, ${name.line})` : explained.message;
    return new MigratorError(explained.code, redact(message), {
      hint: context.doubt.hintOn(request, status) ?? explained.hint,
      cause: explained.cause,
      details: { host: name.host, request: name.line, status, ambiguous, ...explained.details },
    });
  }
  const body = request.secretBodies === true ? '' : redact(text);
  const refusal = { status, body, contentType: headers['content-type'] ?? '', retryAfter: headers['retry-after'] };
  return statusError(refusal, name, ambiguous, context.doubt.hintOn(request, status));
}

/** What a repeat waits for. */
function setbackWords(host: string, setback: Setback): string {
  if (setback.kind === 'broken') return `${host}, which cannot be reached; then it is asked again`;
  const asks = setback.retryAfter === undefined ? '' : ' and asks to wait';
  return `${host}, which answered ${setback.status}${asks}; then it is asked again`;
}

function setbackOf(outcome: Outcome): Setback {
  return 'broken' in outcome
    ? { kind: 'broken', sent: outcome.broken.sent, hopeless: isHopeless(outcome.broken) }
    : { kind: 'status', status: outcome.answer.status, retryAfter: outcome.answer.headers['retry-after'] };
}

function isWanted(request: HttpRequest, status: number): boolean {
  return (status >= 200 && status < 300) || request.accept?.includes(status) === true;
}

function isRedirect(request: HttpRequest, answer: Answer): boolean {
  if (request.accept?.includes(answer.status) === true) return false;
  return (request.method === 'GET' || request.method === 'HEAD') && redirects.has(answer.status);
}

/** The error for a write that is redirected to another server. It was not done. */
function movedTo(url: URL, answer: Answer): MigratorError | undefined {
  return redirects.has(answer.status) ? refusedRedirect(url, answer.headers['location']) : undefined;
}

function cookieHeader(jar: CookieJar | undefined, clock: Clock): Record<string, string> {
  const cookie = jar?.header(clock.now());
  return cookie === undefined ? {} : { cookie };
}

function withAccept(request: HttpRequest, type: string): HttpRequest {
  return { ...request, headers: { accept: type, ...request.headers } };
}

/** CONFIG_INVALID when a header cannot carry a value. The value is not shown. */
function revealed(headers: Readonly<Record<string, string | Secret>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const text = value instanceof Secret ? value.reveal() : value;
      const position = text.search(/[^\t\x20-\x7e\x80-\xff]/u) + 1;
      if (position === 0) return [name, text];
      const what = (value instanceof Secret ? value.origin : undefined) ?? `the value of the header ${name}`;
      throw new MigratorError(
        'CONFIG_INVALID',
        `${what} has a character at position ${position} that the header of a request cannot carry`,
        { hint: 'copy the secret again: it may have a line end, an invisible or a typographic character in it' },
      );
    }),
  );
}

/** Whether there are other credentials than those that were sent: fetched again now, or by another request. */
async function hasRenewed(options: HttpOptions, sent: Readonly<Record<string, string>>): Promise<boolean> {
  const secrets = Object.entries(options.headers()).flatMap(([name, value]) =>
    value instanceof Secret ? [{ name, value }] : [],
  );
  if (secrets.some(({ name, value }) => value.reveal() !== sent[name])) return true;
  for (const { value } of secrets) if (await value.renew()) return true;
  return false;
}

function fraction(random: Random): number {
  return Buffer.from(random.bytes(4)).readUInt32BE(0) / 2 ** 32;
}

function redactOf(tools: HttpTools): (text: string) => string {
  return tools.redact ?? ((plain) => plain);
}
