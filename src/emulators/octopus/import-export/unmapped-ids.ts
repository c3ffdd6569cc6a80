import type { ReadDocument } from './archive.ts';
import { modelOfType, tenantVariableType } from './document-types.ts';
import { markedIn, unmarked } from './ids.ts';
import { failureAt, type Placement } from './place.ts';

/**
 * Fails with TaskFailure when a document refers to something that is neither in the export nor a space. Ids of variables
 * are not replaced, so one that has the suffix is unmapped too.
 */
export function refuseUnmapped(placement: Placement, documents: readonly ReadDocument[]): void {
  for (const document of documents) {
    const unmapped = markedIn(document.model).filter(
      ({ id }) => !placement.ids.has(id) && !/^Spaces-\d+$/.test(unmarked(id)),
    );
    if (unmapped.length === 0) continue;
    // Values of tenants have no name.
    const name = document.type === tenantVariableType ? 'unknown name' : document.name;
    const list = [...new Set(unmapped.map(({ member, id }) => `"${member}": "${id}"`))].join(', ');
    const sentence = `Found unmapped Ids in document '${name}' (${modelOfType(document.type)}): ${list}`;
    throw failureAt(sentence, placement, document);
  }
}
