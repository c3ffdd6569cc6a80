import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createContext } from '../../../../src/cli/context.ts';
import { openStaging } from '../../../../src/cli/packages/staging.ts';
import { seal, type SealInput } from '../../../../src/package/index.ts';
import type { Facts, Run } from '../../../../src/ports/journal.ts';
import { collect, failsWith, never } from '../../../../src/testing/workbench.ts';
import { seededRandom } from '../../../support/memory-bytes.ts';
import { input } from '../../../support/packages.ts';
import { folderStore } from '../../../support/stores.ts';
import { testIO } from '../../../support/test-io.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

/** What of a run the staging uses: its key and its facts. */
function runWith(facts: Facts = {}): Run & { readonly record: { readonly facts: Facts } } {
  const record = { key: 'a-run', facts: { ...facts } };
  const note = (more: Facts): Promise<void> => Promise.resolve(void Object.assign(record.facts, more));
  return { record, note } as unknown as Run;
}

test('an interrupted run replaces the package that it put into a store, and no other run does', () =>
  withTempDir(async (folder) => {
    const root = join(folder, 'vault');
    await mkdir(root);
    const store = { name: 'vault', adapter: await folderStore(root) };
    const context = createContext(testIO({ cwd: folder, env: {}, home: folder }), ['--quiet']);
    let seals = 0;
    const bring = async (run: Run) => {
      const staging = await openStaging(run, context, store);
      seals += 1;
      const what: SealInput = { ...input(), ...staging.output.settings };
      const sink = await staging.output.create(what);
      await seal(what, sink, { random: seededRandom(`seal ${seals}`) }, never);
      await staging.reopen();
      return staging;
    };
    try {
      const run = runWith();
      await bring(run);
      // The process died here. The next one has the facts of the run, and seals the package again.
      const staging = await bring(runWith(run.record.facts));
      expect(await collect(store.adapter.feed.list(undefined, never))).toMatchObject([
        { id: 'acme-web', version: '1.2.3', label: { encrypted: true } },
      ]);
      expect(staging.left?.()).toEqual([
        {
          instance: 'vault',
          what: 'package acme-web 1.2.3',
          remove: 'migrator package delete acme-web@1.2.3 --from vault',
        },
      ]);
      const error = await failsWith('CONFLICT', () => bring(runWith()));
      expect(error.message).toContain('acme-web 1.2.3 is there already, with other bytes');
    } finally {
      await context.close();
    }
  }));
