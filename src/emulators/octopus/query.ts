import { refuseUnknownQuery } from '../shared/query.ts';
import type { PathParams } from '../shared/routes.ts';
import type { Call } from '../shared/server.ts';
import { invalid } from './refusal.ts';
import type { Route } from './visit.ts';

/** What every list of pages understands, and its own parameters. */
export const paged = (...names: readonly string[]): readonly string[] => ['skip', 'take', ...names];

/**
 * 400 for a parameter that the route does not declare. One that repeats a part of the path is sent by clients that fill
 * link templates in, as is `skip=0`.
 */
export function checkQuery({ query = [] }: Route, call: Call, params: PathParams): void {
  const inPath = new Set(Object.values(params).map((part) => part?.toLowerCase()));
  refuseUnknownQuery(call, {
    names: query,
    harmless: (name, value) =>
      name === 'apikey' || inPath.has(value.toLowerCase()) || (name === 'skip' && value === '0'),
    refuse: invalid,
  });
}
