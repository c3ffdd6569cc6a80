import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createLedgers } from '../../../../src/cli/state/ledger.ts';
import { testIO } from '../../../support/test-io.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

const ledgersIn = (folder: string, host = 'here', pid = process.pid) =>
  createLedgers(testIO({ cwd: folder, home: folder, env: { MIGRATOR_STATE_DIR: folder }, host, pid }), {
    timing: { heartbeat: 20, stale: 60 },
  });

describe('a ledger in the state folder', () => {
  it('gives back what was put into it, to another process too, whatever the names are', () =>
    withTempDir(async (folder) => {
      const ledger = ledgersIn(folder).of('wave-a');
      expect(await ledger.all()).toEqual(new Map());
      await ledger.put('item ../../x', { state: 'done', jobs: ['a'] });
      await ledger.put('item y', 1);
      await ledger.put('item y', 2);
      const other = ledgersIn(folder).of('wave-a');
      expect(await other.all()).toEqual(
        new Map<string, unknown>([
          ['item ../../x', { state: 'done', jobs: ['a'] }],
          ['item y', 2],
        ]),
      );
      await ledger.put('item y', null);
      expect(await other.get('item y')).toBeUndefined();
      expect(await ledgersIn(folder).of('wave-b').all()).toEqual(new Map());
    }));

  it('is held by one process, which is named to the others until it lets go', () =>
    withTempDir(async (folder) => {
      const [one, two] = [ledgersIn(folder), ledgersIn(folder)];
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
    }));

  it('takes nothing more from a process whose ledger was taken over', () =>
    withTempDir(async (folder) => {
      const one = ledgersIn(folder, 'away');
      const held = await one.hold('wave-a', 'a run');
      await held.put('item x', 1);
      // A later generation of the lock, as another machine writes it after a long silence.
      const [lock = ''] = await readdir(join(folder, 'locks'));
      const released = { pid: 1, host: 'else', since: new Date().toISOString(), released: false };
      await writeFile(join(folder, 'locks', lock.replace(/\.1\.lock$/u, '.2.lock')), JSON.stringify(released));
      await expect(held.put('item x', 2)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await one.of('wave-a').get('item x')).toBe(1);
      await one.close();
    }));

  it('takes a damaged entry for none', () =>
    withTempDir(async (folder) => {
      const ledger = ledgersIn(folder).of('wave-a');
      await ledger.put('item x', 1);
      const [wave = ''] = await readdir(join(folder, 'waves'));
      const [file = ''] = await readdir(join(folder, 'waves', wave));
      await writeFile(join(folder, 'waves', wave, file), '{"name": "it');
      expect(await ledger.all()).toEqual(new Map());
      expect(await ledger.get('item x')).toBeUndefined();
    }));
});
