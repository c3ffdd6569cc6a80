// Tags of tenants. Nothing that the vendor says of an export names tag sets, and no known export holds one.
import type { Named } from '../../../ports/snapshot.ts';
import { isFields, listOf } from '../snapshots/carried-fields.ts';

const setOf = (tag: string): string => tag.split('/')[0] ?? tag;

/** The tags, `Set/Tag`, that documents name anywhere: tenants, channels, accounts, steps, and scopes of variables. */
export function tagsWithin(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(tagsWithin);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'TenantTags' || key === 'TenantTag'
      ? listOf(member).filter((tag) => typeof tag === 'string')
      : tagsWithin(member),
  );
}

/** The sets with the tags that are used: `Regions (EU, US)`. */
export function tagSets(tags: readonly string[]): readonly string[] {
  const names = (set: string) => tags.filter((tag) => setOf(tag) === set).map((tag) => tag.slice(set.length + 1));
  return [...new Set(tags.map(setOf))].map((set) => `${set} (${[...new Set(names(set))].toSorted().join(', ')})`);
}

interface TagsOfExport {
  readonly tags: readonly string[];
  readonly shared: readonly Named[];
}

/** The tags whose sets the export does not bring along. */
export function tagsOutside({ tags, shared }: TagsOfExport): readonly string[] {
  const coming = new Set(shared.filter(({ kind }) => kind === 'tag-set').map(({ name }) => name));
  return tags.filter((tag) => !coming.has(setOf(tag)));
}

/** The tags that the documents of an export name, and that neither the export nor the target has. */
export function tagsMissing(contents: TagsOfExport, isThere: (thing: Named) => boolean): readonly string[] {
  return tagsOutside(contents).filter((tag) => !isThere({ kind: 'tag', name: tag }));
}
