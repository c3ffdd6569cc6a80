import { checkQuery as check, kindsOf } from '../shared/query.ts';
import type { PathParams } from '../shared/routes.ts';
import type { Call } from '../shared/server.ts';
import { listFilters } from './document-filters.ts';
import { invalid } from './refusal.ts';
import type { Route } from './visit.ts';

/** What every list of pages understands, and its own parameters. */
export const paged = (...names: readonly string[]): readonly string[] => ['skip', 'take', ...names];

/** A name means the same in all routes. */
const kinds = kindsOf({
  flag: [
    ...['active', 'running', 'includeSystem', 'hasWarningsOrErrors', 'hasPendingInterruptions', 'pendingOnly'],
    ...['isDisabled', 'archived', 'latest', 'includeMissingVariables', 'includeDetails', 'includePrevious'],
    ...['includeMultipleVersions', 'includePreRelease', 'partialMatch', 'includeNotes', 'includeReleaseNotes'],
    ...['verbose', 'includeDisabledSteps', 'ignoreChannelRules', 'publish', 'replace'],
  ],
  count: ['skip', 'take', 'tail', 'releaseHistoryCount'],
  date: ['from', 'to', ...['Completed', 'Queue', 'Start'].flatMap((word) => [`from${word}Date`, `to${word}Date`])],
});

/** Their values stand beside each other, with commas or as repeated parameters. */
const lists = new Set(
  [...listFilters, 'ids', 'states', 'spaces', 'projects', 'environments', 'tenants', 'tenantIds', 'tags', 'packageIds']
    .map((name) => name.toLowerCase())
    .filter((name) => !kinds.has(name)),
);

/**
 * 400 for a parameter that the route does not declare, and for a value that it cannot have. One that repeats a part of the
 * path is sent by clients that fill link templates in, as is `skip=0`.
 */
export function checkQuery({ query = [] }: Route, call: Call, params: PathParams): void {
  const inPath = new Set(Object.values(params).map((part) => part?.toLowerCase()));
  check(call, {
    names: query,
    kinds,
    lists,
    harmless: (name, value) =>
      name === 'apikey' || inPath.has(value.toLowerCase()) || (name === 'skip' && value === '0'),
    refuse: invalid,
  });
}
