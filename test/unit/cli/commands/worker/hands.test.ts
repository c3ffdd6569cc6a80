import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createContext } from '../../../../../src/cli/context.ts';
import { handsOf } from '../../../../../src/cli/commands/worker/hands.ts';
import { testIO } from '../../../../support/test-io.ts';
import { withTempDir } from '../../../../support/with-temp-dir.ts';

const itemOf = (id: string) => ({
  work: { id, project: id, from: 'lab', to: 'prod', flags: { 'via-store': 'vault' } },
  allowed: 'all' as const,
});

test('a worker that knows the target alone tells what it has lost', () =>
  withTempDir(async (folder) => {
    const rc = 'instances: { prod: { product: octopus, url: "embedded:./prod", sample: target } }\n';
    await writeFile(join(folder, '.migratorrc.yaml'), rc);
    const context = createContext(testIO({ cwd: folder, home: folder }), []);
    const hands = handsOf(context, () => {
      throw new Error('a look notes nothing');
    });
    const done = [
      { item: itemOf('Lost'), arrived: ['Lost'] },
      { item: itemOf('Unnamed'), arrived: [] },
    ];
    try {
      expect(await hands.missing(done, context.signal)).toEqual(new Set(['Lost']));
    } finally {
      await context.close();
    }
  }));
