import type { HttpRequest } from '../ports/http.ts';
import type { Named } from './errors.ts';

const secretParameter = /key|token|secret|passw|signature|credential/i;

/** How a request may be spoken of in errors and debug lines. */
export function named(
  request: Pick<HttpRequest, 'method'>,
  url: URL,
  redact: ((text: string) => string) | undefined,
): Named {
  const query = [...url.searchParams]
    .map(([name, value]) => `${name}=${secretParameter.test(name) ? '***' : value}`)
    .join('&');
  const line = `${request.method} ${url.pathname}${query === '' ? '' : `?${query}`}`;
  return { host: url.host, line: redact === undefined ? line : redact(line) };
}
