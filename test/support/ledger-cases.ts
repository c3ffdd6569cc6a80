import { expect, it } from '@jest/globals';
import type { Ledgers } from '../../src/ports/journal.ts';

/** A place for ledgers, new and empty. Each time it opens them for another process with this id on the machine "here". */
export type LedgerPlace = () => Ledgers & { close(): Promise<void> };

/** What a ledger does, whatever keeps its entries. */
export function ledgerCases(place: () => Promise<LedgerPlace>): void {
  it('gives back what was put into it, to another process too, whatever the names are', async () => {
    const open = await place();
    const ledger = open().of('wave-a');
    expect(await ledger.all()).toEqual(new Map());
    await ledger.put('item ../../x', { state: 'done', jobs: ['a'] });
    await ledger.put('item y', 1);
    await ledger.put('item y', 2);
    const other = open().of('wave-a');
    expect(await other.all()).toEqual(
      new Map<string, unknown>([
        ['item ../../x', { state: 'done', jobs: ['a'] }],
        ['item y', 2],
      ]),
    );
    await ledger.put('item y', null);
    expect(await other.get('item y')).toBeUndefined();
    expect(await open().of('wave-b').all()).toEqual(new Map());
  });

  it('is held by one process, which is named to the others until it lets go', async () => {
    const open = await place();
    const [one, two] = [open(), open()];
    expect(await one.holder('wave-a')).toBeUndefined();
    const held = await one.hold('wave-a', 'a run of "a"');
    await expect(two.hold('wave-a', 'a run of "a"')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`a run of "a" is already running in process ${String(process.pid)} on here`),
    });
    expect(await two.holder('wave-a')).toMatchObject({ pid: process.pid, host: 'here' });
    await (await two.hold('wave-b', 'another')).release();
    await held.release();
    await (await two.hold('wave-a', 'a run')).release();
    await one.close();
    await two.close();
  });
}
