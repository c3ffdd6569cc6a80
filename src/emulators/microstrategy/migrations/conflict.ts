// The conflict rules, one object at a time.
import { timeOf } from '../identifiers.ts';
import type { MetadataObject } from '../metadata/object.ts';
import type { Action } from './toc.ts';

/** `write` replaces or creates; `place` updates the path of an object that is identical but for it. */
export type Outcome = 'leave' | 'write' | 'place' | 'duplicate' | 'delete';

/** Both have the same version id: only the path may differ. */
const identical = (source: MetadataObject, target: MetadataObject) => source.version === target.version;

const replace = (source: MetadataObject, target: MetadataObject): Outcome => {
  if (!identical(source, target)) return 'write';
  return source.parent === target.parent ? 'leave' : 'place';
};

const isNewer = (source: MetadataObject, target: MetadataObject) => timeOf(source.modified) > timeOf(target.modified);

/**
 * What a rule makes of an object and the one with the same id on the target, undefined when there is none. Object
 * migration, suggestions, conflict rules: use_existing copies nothing, also where nothing exists; keep_both duplicates
 * only another version; newer and older go by modification time; force_replace ignores that the versions are equal.
 */
export function outcomeOf(action: Action, source: MetadataObject, target: MetadataObject | undefined): Outcome {
  if (action === 'use_existing') return 'leave';
  if (action === 'delete') return target === undefined ? 'leave' : 'delete';
  if (target === undefined || action === 'force_replace') return 'write';
  switch (action) {
    case 'replace':
      return replace(source, target);
    case 'keep_both':
      return identical(source, target) ? 'leave' : 'duplicate';
    case 'use_newer':
      return isNewer(source, target) ? replace(source, target) : 'leave';
    case 'use_older':
      return isNewer(source, target) ? 'leave' : replace(source, target);
  }
}
