import { withAccountWorkshop } from './account-workshop.ts';
import type { Workshop } from './workshop.ts';

/** A user's machine as in a workshop, with two eNMS servers on the network. */
export function withEnmsWorkshop<T>(work: (workshop: Workshop) => Promise<T>): Promise<T> {
  return withAccountWorkshop('enms', (_, name) => ({ pace: 1, sample: name === 'lab' ? 'source' : 'target' }), work);
}
