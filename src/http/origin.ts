import { MigratorError } from '../errors.ts';
import type { HttpRequest } from '../ports/http.ts';

/** The base URL with a slash at its end, so that relative paths are below it. CONFIG_INVALID when it is not http(s). */
export function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new MigratorError('CONFIG_INVALID', `the URL ${withoutUserInfo(text)} is not an http or https address`, {
      hint: 'write the whole base URL, such as https://octopus.example',
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new MigratorError('CONFIG_INVALID', `the URL for ${url.host} carries a user name or password`, {
      hint: 'put credentials into the settings meant for them',
    });
  }
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** The URL of a request. Never of another origin than the base URL, because credentials are sent with it. */
export function resolve(base: URL, request: Pick<HttpRequest, 'path' | 'query'>): URL {
  const url = /^https?:/i.test(request.path) ? absolute(base, request.path) : below(base, request.path);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.append(name, String(value));
  }
  return url;
}

/** The URL to which a read is redirected. CONFIG_INVALID when it is of another origin: a later attempt fails too. */
export function redirectTarget(base: URL, from: URL, location: string | undefined): URL {
  const target = targetOf(from, location);
  if (target === undefined) {
    throw new MigratorError('REMOTE_UNEXPECTED', `${from.host} redirects ${from.pathname} to nowhere`);
  }
  const refusal = refusedRedirect(from, location);
  if (refusal !== undefined) throw refusal;
  return withBasePath(base, target);
}

/** The error for a redirect to another origin, of any method. */
export function refusedRedirect(from: URL, location: string | undefined): MigratorError | undefined {
  const target = targetOf(from, location);
  if (target === undefined || target.origin === from.origin) return undefined;
  return new MigratorError('CONFIG_INVALID', `${from.host} redirects ${from.pathname} to ${target.origin}`, {
    hint: 'if the server is there, configure that address as the URL; credentials are not sent to another address',
    details: { location: target.origin },
  });
}

function targetOf(from: URL, location: string | undefined): URL | undefined {
  return location !== undefined && URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
}

function below(base: URL, path: string): URL {
  // Resolved as a reference, a path like `//host/x` or `\\host` would lead to another origin.
  const url = path.startsWith('/') ? new URL(base.origin + path) : new URL(base.href + path);
  if (url.origin !== base.origin) throw foreign(base, url);
  return withBasePath(base, url);
}

/** A server behind a proxy that strips the path of the base URL knows nothing of it: its links lack that path. */
function withBasePath(base: URL, url: URL): URL {
  if (url.pathname.startsWith(base.pathname) || `${url.pathname}/` === base.pathname) return url;
  const moved = new URL(url);
  moved.pathname = base.pathname + url.pathname.slice(1);
  return moved;
}

function absolute(base: URL, path: string): URL {
  const url = URL.canParse(path) ? new URL(path) : undefined;
  if (url?.origin !== base.origin) throw foreign(base, url);
  return withBasePath(base, url);
}

function foreign(base: URL, url: URL | undefined): MigratorError {
  return new MigratorError(
    'REMOTE_UNEXPECTED',
    `${base.host} points to ${url?.origin ?? 'an address that cannot be read'}`,
    { hint: 'a server may only point to itself; if it has two names, configure the one that it uses itself' },
  );
}

function withoutUserInfo(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//');
}
