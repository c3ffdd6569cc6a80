import type { Entry } from '../shared/store.ts';
import { kindNamed } from './kinds.ts';
import { linksOf, spacePath } from './links.ts';
import { masked } from './sensitive.ts';
import { withServerMembers } from './server-members.ts';

/** A stored document as clients see it: without sensitive values, with links. */
export function resource(entry: Entry): Record<string, unknown> {
  const base = spacePath(entry.container);
  const self = `${base}/${kindNamed(entry.kind).route}/${entry.id}`;
  return { ...(masked(withServerMembers(entry)) as Record<string, unknown>), Links: linksOf(entry, base, self) };
}
