// A parameter that a server ignores looks like a filter that works. So each route declares what it understands, and
// every other parameter is refused.
import type { PathParams } from '../shared/routes.ts';
import type { Call } from '../shared/server.ts';
import { invalid } from './refusal.ts';
import type { Route } from './visit.ts';

/** What every list of pages understands, and its own parameters. */
export const paged = (...names: readonly string[]): readonly string[] => ['skip', 'take', ...names];

/**
 * 400 for a parameter that the route does not declare. One with an empty value asks for nothing. One that repeats a part
 * of the path is sent by clients that fill link templates in, as is `skip=0`.
 */
export function refuseUnknownQuery({ query = [] }: Route, { search }: Call, params: PathParams): void {
  const known = new Set(['apikey', ...query.map((name) => name.toLowerCase())]);
  const inPath = new Set(Object.values(params).map((part) => part?.toLowerCase()));
  for (const [name, value] of search) {
    const lower = name.toLowerCase();
    if (known.has(lower) || value === '' || inPath.has(value.toLowerCase())) continue;
    if (lower === 'skip' && value === '0') continue;
    const takes = query.length === 0 ? '' : `; it supports ${query.join(', ')}`;
    throw invalid(`The query parameter '${name}' of this route is not supported by this emulator${takes}.`);
  }
}
