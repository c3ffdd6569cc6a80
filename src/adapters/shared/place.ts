/**
 * A URL in one spelling, then the name of a container: host in lower case, no default port, no slash at the end. A URL
 * that cannot be read stays as it is.
 */
export function placeOf(url: string, container: unknown = ''): string {
  const read = URL.parse(url);
  const base = read === null || read.origin === 'null' ? url : `${read.origin}${read.pathname.replace(/\/+$/u, '')}`;
  return typeof container === 'string' && container !== '' ? `${base} ${container.trim().toLowerCase()}` : base;
}
