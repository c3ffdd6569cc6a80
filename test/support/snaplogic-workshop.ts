import { withAccountWorkshop } from './account-workshop.ts';
import type { Workshop } from './workshop.ts';

/** A user's machine as in a workshop: `lab` and `test` are environments of one control plane, `prod` is one of another. */
export function withSnapLogicWorkshop<T>(work: (workshop: Workshop) => Promise<T>): Promise<T> {
  return withAccountWorkshop(
    'snaplogic',
    (_, name) =>
      name === 'lab'
        ? { pace: 1, sample: 'source', instances: { lab: ', org: Acme-Dev', test: ', org: Acme-Test' } }
        : { pace: 1, sample: 'target', instances: { prod: ', org: Acme-EU' } },
    work,
  );
}
