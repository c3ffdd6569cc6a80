import type { Json, Run } from '../ports/journal.ts';
import { isBegun } from './start-once.ts';

/**
 * What `prepare` settled for a step, from the journal where an earlier process of this run left it. `always`: the choice
 * itself must last (a package's version). `begun`: only what was sent is not prepared again, because the server may look
 * different by then; anything earlier is looked at anew. A plan may name a hundred thousand things and is not journaled.
 */
export async function prepareOnce<Prepared extends object>(
  step: string,
  lasts: 'always' | 'begun',
  run: Run,
  prepare: () => Promise<Prepared>,
): Promise<Prepared> {
  const { facts } = run.record;
  const earlier = facts[`${step}.prepared`];
  // It is plain data by contract, so it comes back from the journal as it went in.
  if (earlier !== undefined && earlier !== null && (lasts === 'always' || isBegun(facts, step)))
    return earlier as unknown as Prepared;
  const prepared = await prepare();
  await run.note({ [`${step}.prepared`]: { ...prepared, plan: undefined } as unknown as Json });
  return prepared;
}
