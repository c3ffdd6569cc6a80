import type { Sample } from '../../shared/emulator.ts';
import { allOrgs } from '../orgs.ts';
import type { Plane } from '../plane.ts';
import { buildOrg } from './builder.ts';
import { addAdministrator, membersWith } from './members.ts';
import { addSource } from './source.ts';
import { addTarget } from './target.ts';

/**
 * Fills a state that was not filled completely before. The data is the same each time, ids included; only encrypted
 * values differ.
 */
export async function seed(plane: Plane, sample: Sample): Promise<void> {
  const { store } = plane;
  if (store.setting('seeded') !== undefined) return;
  // Removes what an interrupted start has left.
  store.atomically(() => {
    for (const { id } of allOrgs(store)) store.remove('Org', id);
    for (const { id } of store.all('Node')) store.remove('Node', id);
    store.keep('plane-seed', String(sample));
  });
  addAdministrator(store);
  if (sample === 'source') await addSource(plane);
  else if (sample === 'target') await addTarget(plane);
  else {
    const builder = buildOrg(plane, { name: 'Acme', members: membersWith({}) });
    builder.add(builder.org.id, 'Dir', 'projects');
  }
  store.keep('seeded', String(sample));
}
