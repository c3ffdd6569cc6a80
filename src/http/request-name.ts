import type { HttpRequest } from '../ports/http.ts';

/** What errors and debug lines call a request: no credentials, and no secrets of the query. */
export interface RequestName {
  readonly host: string;
  /** `GET /api/tasks?take=1`, secrets masked. */
  readonly line: string;
}

const secretParameter = /key|token|secret|passw|signature|credential/i;

export function nameRequest(
  request: Pick<HttpRequest, 'method'>,
  url: URL,
  redact: ((text: string) => string) | undefined,
): RequestName {
  const query = [...url.searchParams]
    .map(([name, value]) => `${name}=${secretParameter.test(name) ? '***' : value}`)
    .join('&');
  const line = `${request.method} ${url.pathname}${query === '' ? '' : `?${query}`}`;
  return { host: url.host, line: redact === undefined ? line : redact(line) };
}
