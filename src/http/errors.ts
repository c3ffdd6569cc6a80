import { MigratorError, type ErrorCode } from '../errors.ts';
import { unsettledHints } from '../ports/http.ts';
import type { BrokenExchange } from './exchange.ts';
import { propertyOf, type ProxyFault } from './proxy-fault.ts';
import type { RequestName } from './request-name.ts';

const certificate =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|ERR_TLS_CERT)/;
const speech = /^(EPROTO|ERR_SSL|ERR_TLS)/;

const connectionTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ENOTFOUND: 'is not a known host name',
  EAI_AGAIN: 'cannot be looked up, the name service does not answer',
  EHOSTUNREACH: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached from here',
  ECONNRESET: 'broke off the connection',
  EPIPE: 'broke off the connection',
};

/** Whether the next attempt will fail in the same way. */
export function isHopeless(failure: BrokenExchange): boolean {
  const status = failure.proxy?.status;
  if (status !== undefined && status < 500) return true;
  return failure.code !== undefined && (certificate.test(failure.code) || speech.test(failure.code));
}

export function brokenError(failure: BrokenExchange, request: RequestName, ambiguous: boolean): MigratorError {
  const { code, proxy } = failure;
  const details = {
    host: request.host,
    request: request.line,
    ...(code === undefined ? {} : { code }),
    ambiguous,
    ...(isHopeless(failure) ? { hopeless: true } : {}),
  };
  if (proxy !== undefined) return proxyError(failure, proxy, details);
  const fail = (message: string, hint: string): MigratorError =>
    new MigratorError('REMOTE_UNREACHABLE', message, { hint, details, cause: failure });
  if (code !== undefined && certificate.test(code)) {
    return isOtherName(code)
      ? fail(
          `the TLS certificate of ${request.host} is for other names: ${namesOf(failure)}`,
          'write one of these names into the URL, or have the certificate of the server corrected',
        )
      : fail(
          `the TLS certificate of ${request.host} is not trusted (${code})`,
          code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID'
            ? 'have the certificate of the server renewed, or correct the clock of this machine'
            : 'give the authority that signed it in `http.ca`',
        );
  }
  if (code !== undefined && speech.test(code)) {
    return fail(
      `${request.host} does not speak TLS as expected (${code})`,
      'check whether the URL should begin with http:// or name another port',
    );
  }
  const hint = ambiguous ? unsettledHints.lost : 'check the URL, the network and the proxy';
  if (failure.stalled !== undefined) {
    const seconds = failure.stalled.milliseconds / 1000;
    return fail(`${failure.stalled.what} of ${request.line} on ${request.host} did not move for ${seconds} s`, hint);
  }
  return fail(`${request.host} ${connectionTexts[code ?? ''] ?? `failed: ${failure.message}`}`, hint);
}

function isOtherName(code: string): boolean {
  return code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH';
}

/** The names in the certificate, as Node gives them: `DNS:a.example, IP Address:10.0.0.1`. */
function namesOf({ cause }: BrokenExchange): string {
  const certificate = propertyOf(cause, 'cert') as
    { readonly subjectaltname?: string; readonly subject?: { readonly CN?: string } } | undefined;
  const names = certificate?.subjectaltname ?? certificate?.subject?.CN ?? '';
  return names === '' ? 'it names none' : quote(names.replaceAll(/(DNS|IP Address):/gu, ''), '');
}

function proxyError(
  { code, message }: BrokenExchange,
  { proxy, status }: ProxyFault,
  details: Readonly<Record<string, unknown>>,
): MigratorError {
  const known = connectionTexts[code ?? ''] ?? (status === undefined ? `failed: ${message}` : message);
  const refuses = status !== undefined && status < 500;
  return new MigratorError(refuses ? 'AUTH_REFUSED' : 'REMOTE_UNREACHABLE', `the proxy ${proxy} ${known}`, {
    hint:
      status === 407
        ? 'put the user and password into `http.proxy`'
        : refuses
          ? 'the proxy does not allow this target; NO_PROXY names targets that need no proxy'
          : 'check `http.proxy`, HTTPS_PROXY and HTTP_PROXY; NO_PROXY names targets that need no proxy',
    details: { ...details, proxy },
  });
}

export interface Refusal {
  readonly status: number;
  /** The beginning of the body; empty when it must not be quoted. */
  readonly body: string;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
}

/** What an error status generally means. A product may know more (`HttpOptions.explain`). */
export function statusError(
  refusal: Refusal,
  request: RequestName,
  ambiguous: boolean,
  urlHint?: string,
): MigratorError {
  const { status } = refusal;
  const said = quote(refusal.body, refusal.contentType);
  const [code, verdict, hint] = reading(refusal);
  return new MigratorError(
    code,
    `${request.host} ${verdict} ${request.line} (${status})${said === '' ? '' : `: ${said}`}`,
    {
      hint: ambiguous ? unsettledHints.lost : (urlHint ?? hint),
      details: { host: request.host, request: request.line, status, ambiguous },
    },
  );
}

function reading({ status, retryAfter }: Refusal): readonly [ErrorCode, string, string | undefined] {
  switch (status) {
    case 401:
      return ['AUTH_REFUSED', 'does not accept the credentials for', 'check the credentials of this instance'];
    case 403:
      return ['AUTH_REFUSED', 'does not allow', 'the account has no permission for this'];
    case 404:
      return ['NOT_FOUND', 'does not know', undefined];
    case 407:
      return ['AUTH_REFUSED', 'is behind a proxy that refuses', 'put the user and password into `http.proxy`'];
    case 409:
      return ['CONFLICT', 'has a conflict with', undefined];
    case 429:
      return [
        'REMOTE_UNREACHABLE',
        'is busy and refused',
        retryAfter === undefined ? 'try again later' : `it asks to wait: Retry-After is ${retryAfter}`,
      ];
    case 502:
    case 503:
    case 504:
      return ['REMOTE_UNREACHABLE', 'is not available for', 'the server may be starting, or a proxy cannot reach it'];
    default:
      return ['REMOTE_UNEXPECTED', status >= 300 && status < 400 ? 'redirects' : verdictOn(status), undefined];
  }
}

function verdictOn(status: number): string {
  if (status === 413) return 'finds too large what came with';
  return status >= 400 && status < 500 ? 'refuses' : 'failed at';
}

/** At most 200 characters of a server's text, on one line; for an HTML page only its title. */
export function quote(body: string, contentType: string): string {
  const isPage =
    /^[\s\ufeff]*<(!doctype|!--|\?xml|html|head|body|center|h1)/i.test(body) || contentType.includes('html');
  const text = isPage ? `a web page${title(body)}` : body;
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

function title(html: string): string {
  const found = /<(?:title|h1)[^>]*>([^<]*)</i.exec(html)?.[1]?.trim() ?? '';
  return found === '' ? '' : ` titled "${found}"`;
}
