// Applies the conflict rules to one object.
import { timeOf } from '../identifiers.ts';
import type { MetadataObject } from '../metadata/object.ts';
import type { Action } from './toc.ts';

/** `write` creates or replaces the object. `place` only moves an object that is otherwise identical. */
export type Outcome = 'leave' | 'write' | 'place' | 'duplicate' | 'delete';

/** For equal version ids: only the folder can differ. */
const identical = (source: MetadataObject, target: MetadataObject) => source.version === target.version;

const replace = (source: MetadataObject, target: MetadataObject): Outcome => {
  if (!identical(source, target)) return 'write';
  return source.parent === target.parent ? 'leave' : 'place';
};

const isNewer = (source: MetadataObject, target: MetadataObject) => timeOf(source.modified) > timeOf(target.modified);

/**
 * What a rule does with an object, given the target's object with the same id, if any. From "object migration,
 * suggestions, conflict rules": use_existing never copies, even when the target has no such object; keep_both
 * duplicates only another version; newer and older compare the times of modification; force_replace copies even equal
 * versions.
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
