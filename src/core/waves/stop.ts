import type { Ledger } from '../../ports/journal.ts';

/** The entry by which another process asks a run to start nothing more. */
export const stopEntry = 'stop';

export const isStopped = async (ledger: Pick<Ledger, 'get'>): Promise<boolean> =>
  (await ledger.get(stopEntry)) !== undefined;

export async function askToStop(ledger: Pick<Ledger, 'put'>, at: Date): Promise<void> {
  await ledger.put(stopEntry, at.toISOString());
}
