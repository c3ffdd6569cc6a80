import { appendFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { counted, packagesOf } from '../support/octopus-api.ts';
import { withWorkshop } from '../support/workshop.ts';

const password = ['--password', 'env:MOVE_PASSWORD'];
const named = ['--package-id', 'Acme.Move', '--package-version', '3.0.0'];
const between = ['Web Shop', '--from', 'lab', '--to', 'prod', ...password];
const export_ = ['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password];

describe('what the feed of the target would refuse is refused before anything starts', () => {
  test('a version that it holds: on each route, and for an export that is pushed', async () => {
    await withWorkshop({}, async (workshop) => {
      const { run, prod } = workshop;
      expect(await run(['migrate-project', ...between, '--route', 'push', ...named])).toMatchObject({ code: 0 });
      const lines = [
        ...['push', 'relay', 'auto'].map((route) => ['migrate-project', ...between, '--route', route, ...named]),
        [...export_, '--to', 'prod', ...named],
      ];
      for (const line of lines) {
        const { result, exports } = await counted(workshop, () => run(line));
        expect(result).toMatchObject({
          code: 7,
          stderr: expect.stringContaining('prod already holds Acme.Move 3.0.0'),
        });
        expect(result.stderr).toContain('migrator package delete Acme.Move@3.0.0 --from prod');
        expect(exports).toBe(0);
      }
      expect(await packagesOf(prod)).toHaveLength(1);
    });
  });

  test('a key without the right to push: on each route, and for an export that is pushed', async () => {
    const rc = `  dim: { product: octopus, url: URL, apiKey: "env:DIM_KEY", space: Default }`;
    await withWorkshop({}, async (workshop) => {
      const { run, prod, env } = workshop;
      await appendFile(workshop.path('.migratorrc.yaml'), `${rc.replace('URL', prod.url)}\n`);
      const options = { env: { ...env, DIM_KEY: 'API-SAMPLEREADONLY00000000000000' } };
      const to = ['--to', 'dim'];
      const toDim = between.map((word) => (word === 'prod' ? 'dim' : word));
      const lines = [
        ...['push', 'relay', 'auto'].map((route) => ['migrate-project', ...toDim, '--route', route]),
        [...export_, ...to],
      ];
      for (const line of lines) {
        const { result, exports } = await counted(workshop, () => run(line, options));
        // For a move another way is looked for, and none is there either.
        const why = line[0] === 'migrate-project' ? 'is not a system administrator of the target' : 'BuiltInFeedPush';
        expect(result).toMatchObject({ code: 4, stderr: expect.stringContaining(why) });
        expect(exports).toBe(0);
      }
    });
  });
});

test('an encrypted package that is imported as a plain one: the error names the flag', async () => {
  await withWorkshop({}, async ({ run }) => {
    const out = [...export_, '--encrypt-package', ...named, '--to', 'prod'];
    expect(await run(out)).toMatchObject({ code: 0 });
    const { code, stderr } = await run(['import', 'Acme.Move@3.0.0', '--to', 'prod', ...password]);
    expect(code).toBe(8);
    expect(stderr).toContain('--encrypted-package');
    expect(stderr).not.toContain('IsEncryptedPackage');
  });
});

test('--no-wait says that it waits for the export, and a relay leaves nothing in the feed of its source', async () => {
  await withWorkshop({}, async ({ run, lab }) => {
    const moved = await run(['migrate-project', ...between, '--route', 'relay', '--no-wait']);
    expect(moved).toMatchObject({ code: 0, stderr: expect.stringContaining('the export from lab is waited for') });
    expect(await packagesOf(lab)).toEqual([]);
  });
});
