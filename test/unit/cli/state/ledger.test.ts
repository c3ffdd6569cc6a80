import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createLedgers } from '../../../../src/cli/state/ledger.ts';
import { ledgerCases } from '../../../support/ledger-cases.ts';
import { testIO } from '../../../support/test-io.ts';
import { tempDirs, withTempDir } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();

const ledgersIn = (folder: string, host = 'here', pid = process.pid) =>
  createLedgers(testIO({ cwd: folder, home: folder, env: { MIGRATOR_STATE_DIR: folder }, host, pid }), {
    timing: { heartbeat: 20, stale: 60 },
  });

describe('a ledger in the state folder', () => {
  ledgerCases(async () => {
    const folder = await tempDir();
    return () => ledgersIn(folder);
  });

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
