import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { runBinary } from '../support/binary.ts';
import { commandLine, type Ended } from '../support/command-line.ts';
import { shopLists, withExportImport, type Choices, type Running } from '../support/export-import-server.ts';
import { exportZip, shop } from '../support/export-zip.ts';
import { sample } from '../support/sample.ts';
import { machineIn } from '../support/workshop.ts';

const zip = exportZip(shop);
const nightly = { 'projects/Projects-1/triggers': [{ Id: 'ProjectTriggers-1', Name: 'Nightly' }] };
const source: Choices = { lists: { ...shopLists(), ...nightly }, zip, system: 'Linux', version: '2024.4.4121' };
const target: Choices = { lists: {}, arrives: shopLists('Spaces-1', 5), system: 'Linux', version: '2025.10.1' };

const preload = fileURLToPath(new URL('../support/crash.mjs', import.meta.url));

interface World {
  readonly lab: Running;
  readonly prod: Running;
  readonly write: (name: string, bytes: Buffer) => Promise<void>;
  readonly run: (line: string, more?: Readonly<Record<string, string>>) => Promise<Ended>;
  /** Runs the binary, which dies at this step. */
  readonly killedAt: (step: string, line: string) => Promise<number | null>;
  /** The JSON document of a command. */
  readonly json: (
    line: string,
  ) => Promise<{ code: number; said: Record<string, never> & { error?: Record<string, never> } }>;
}

/** Two servers, and a user with an rc file. */
async function withWorld<Result>(
  ends: readonly [Choices, Choices],
  work: (world: World) => Promise<Result>,
  rc = '',
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-via-'));
  try {
    return await withExportImport(ends[0], (lab) =>
      withExportImport(ends[1], async (prod) => {
        const key = 'apiKey: "env:KEY"';
        await writeFile(
          join(folder, '.migratorrc.yaml'),
          `instances:
  lab: { product: octopus, url: "${lab.url}", ${key}${rc} }
  prod: { product: octopus, url: "${prod.url}", ${key} }
  second: { product: octopus, url: "${lab.url}", ${key}, space: Second }
`,
        );
        const env = { ...machineIn(folder), KEY: 'API-TESTKEY', PASSWORD: 'correct horse', OTHER: 'wrong' };
        const run: World['run'] = (line, more = {}) =>
          commandLine(line.split(' '), { cwd: folder, host: hostname(), env: { ...env, ...more } });
        const json: World['json'] = async (line) => {
          const { code, stdout } = await run(`${line} --json`);
          return { code, said: JSON.parse(stdout) as never };
        };
        const write: World['write'] = (name, bytes) => writeFile(join(folder, name), bytes);
        const killedAt: World['killedAt'] = async (step, line) => {
          const more = { NODE_OPTIONS: `--import ${preload}`, CRASH_AT: step };
          return (await runBinary(line.split(' '), { cwd: folder, env: { ...env, ...more } })).code;
        };
        return work({ lab, prod, run, json, write, killedAt });
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const exporting = 'partial-export --from lab --project Web_Shop --password env:PASSWORD -o shop.tar';
const line = (text: string): string => text.replace('Web_Shop', 'Projects-1');
const importing = 'import shop.tar --to prod --password env:PASSWORD';

describe('a package by Export/Import', () => {
  test('is exported from a Linux server, imported into a newer one, and read off the target', async () => {
    await withWorld([source, target], async ({ lab, prod, json, run }) => {
      const made = await json(line(exporting));
      expect(made.code).toBe(0);
      expect(made.said).toMatchObject({
        via: { name: 'export-import', reason: expect.stringContaining('Linux') },
        projects: ['Web Shop'],
        sealed: { manifest: { scope: { via: 'export-import', projects: [{ name: 'Web Shop' }] } } },
        left: [{ instance: 'lab', what: expect.stringContaining('Octopus-Export-20260101.zip') }],
      });
      expect(JSON.stringify(made.said['warnings'])).toMatch(/Acme\.Web.*teams arrive without members: Release Team/);
      expect(lab.writes()).toHaveLength(1);

      const rehearsed = await json(`${importing} --dry-run`);
      expect(rehearsed.code).toBe(0);
      expect(rehearsed.said).toMatchObject({ dryRun: true, via: { name: 'export-import' } });
      expect(prod.writes()).toEqual([]);
      const stays = [expect.stringContaining('triggers stay behind: Web Shop/Nightly')];
      expect(rehearsed.said['warnings']).toEqual(expect.arrayContaining(stays));
      expect((await run(`${importing} --dry-run --fresh`)).stderr).toContain('triggers stay behind: Web Shop/Nightly');

      const arrived = await json(importing);
      expect(arrived.said).toMatchObject({
        outcome: 'done',
        warnings: expect.arrayContaining(stays),
        result: { basis: 'seen', complete: true, changed: true },
        left: [{ instance: 'prod', what: expect.stringMatching(/migrator-.*\.zip/) }],
      });
      expect(arrived.code).toBe(0);
      const { Id: uploaded } = prod.files[0]!;
      expect(uploaded).toBe('ProjectImportFiles-1');

      const again = await json(`${importing} --fresh`);
      expect(again.code).toBe(7);
      expect(again.said.error ?? again.said).toMatchObject({ message: expect.stringContaining('Web Shop') });
      expect(prod.files).toHaveLength(1);
      const other = await run(`${importing.replace('PASSWORD', 'OTHER')} --fresh --skip-existing`);
      expect(other.code).toBe(6);
      expect(prod.files).toHaveLength(1);
    });
  });

  test('a success without the thing is noticed, by name', async () => {
    const { tenants, ...rest } = shopLists('Spaces-1', 5);
    expect(tenants).toHaveLength(1);
    await withWorld([source, { ...target, arrives: rest }], async ({ json }) => {
      await json(line(exporting));
      const { code, said } = await json(importing);
      expect(code).toBe(3);
      expect(said).toMatchObject({
        outcome: 'partial',
        result: {
          complete: false,
          items: expect.arrayContaining([
            expect.objectContaining({ kind: 'tenant', name: 'Acme', action: 'not-seen' }),
          ]),
        },
      });
    });
  });

  test('a shared thing that stayed with other content ends with 3, unless that is wanted', async () => {
    const other = { environments: [{ Id: 'Environments-1', Name: 'Dev', Description: 'another one' }] };
    const rest = { ...shopLists('Spaces-1', 5), environments: [] };
    await withWorld([source, { ...target, lists: other, arrives: rest }], async ({ json }) => {
      await json(line(exporting));
      const { code, said } = await json(importing);
      expect(code).toBe(3);
      expect(said).toMatchObject({
        result: { items: expect.arrayContaining([expect.objectContaining({ name: 'Dev', action: 'skipped' })]) },
      });
    });
    await withWorld([source, { ...target, lists: other, arrives: rest }], async ({ json }) => {
      await json(line(exporting));
      expect((await json(`${importing} --skip-existing`)).code).toBe(0);
    });
  });

  test('an undo deletes the project that arrived, and lists what stays', async () => {
    await withWorld([source, target], async ({ json, run, prod }) => {
      await json(line(exporting));
      const { said } = await json(importing);
      const handle = String(said['handle']);
      expect((await run(`job undo ${handle}`)).code).toBe(2);
      expect(prod.writes()).toHaveLength(3);
      const undone = await json(`job undo ${handle} --yes`);
      expect(prod.writes().slice(3)).toEqual(['DELETE /api/Spaces-1/projects/Projects-5']);
      expect(undone.code).toBe(3);
      const names = (undone.said['differences'] as unknown as { name: string }[]).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['Dev', 'Acme', 'Common']));
      expect(names).not.toContain('Web Shop');
      expect((await json(`${importing} --fresh`)).said).toMatchObject({ via: { name: 'export-import' } });
    });
  });

  test('an undo keeps a project that was changed since, says why, and blames nothing that came later', async () => {
    await withWorld([source, target], async ({ json, run, prod }) => {
      await json(line(exporting));
      const handle = String((await json(importing)).said['handle']);
      const triggers = { 'projects/Projects-5/triggers': [{ Id: 'ProjectTriggers-5', Name: 'By hand' }] };
      prod.change({ lists: { ...triggers, projects: [{ Id: 'Projects-6', Name: 'Later' }] } });
      const { code, said } = await json(`job undo ${handle} --yes`);
      expect(code).toBe(3);
      const reason = `project "Web Shop" stays: it was changed after ${handle} (trigger Web Shop/By hand)`;
      expect(said).toMatchObject({
        result: { changed: false, items: [{ kind: 'project', name: 'Web Shop', action: 'skipped', reason }] },
        warnings: [reason],
      });
      const names = (said['differences'] as unknown as { name: string }[]).map(({ name }) => name);
      expect(names).toContain('Web Shop');
      expect(names).not.toContain('Later');
      expect(prod.writes()).toHaveLength(3);
      expect((await run(`job undo ${handle} --yes`)).stdout).toContain(
        'was not undone: what it created was changed since',
      );
    });
  });

  test('an import that did not begin goes on by the same command, on the same way', async () => {
    await withWorld([source, { ...target, lost: 'before import' }], async ({ json, prod }) => {
      await json(line(exporting));
      expect((await json(importing)).code).toBe(5);
      prod.change({ lost: undefined });
      const { code, said } = await json(importing);
      expect(said).toMatchObject({ outcome: 'done', via: { name: 'export-import' }, resumed: expect.anything() });
      expect(code).toBe(0);
    });
  });

  test('a preview uploads only with consent, shows what the server finds, and says what stays', async () => {
    await withWorld([source, target], async ({ json, run, prod }) => {
      await json(line(exporting));
      expect((await run(`${importing} --preview`)).code).toBe(2);
      expect(prod.writes()).toEqual([]);
      const { code, said } = await json(`${importing} --preview --yes`);
      expect(code).toBe(0);
      expect(said).toMatchObject({
        dryRun: true,
        log: expect.arrayContaining([expect.objectContaining({ text: 'project Web Shop' })]),
        left: [{ instance: 'prod', what: expect.stringMatching(/migrator-.*\.zip/) }],
      });
      expect(prod.writes().map((text) => text.split('/').at(-1))).toEqual(['import-files', 'preview']);
    });
  });

  test('a zip of the web portal is imported as it is, or sealed by hand, and the list shows what was uploaded', async () => {
    await withWorld([source, target], async ({ json, run, prod, write }) => {
      await write('Octopus-Export-1.zip', zip);
      expect((await run('import Octopus-Export-1.zip --to prod --password env:PASSWORD')).code).toBe(6);
      const raw = 'import Octopus-Export-1.zip --to prod --password env:PASSWORD --allow-unsigned --dry-run';
      expect((await json(raw)).said).toMatchObject({ dryRun: true, via: { name: 'export-import' } });
      expect((await run('package seal Octopus-Export-1.zip --server-export -o shop.tar')).code).toBe(0);
      const { code, said } = await json(importing);
      expect(said).toMatchObject({ outcome: 'done', via: { name: 'export-import' } });
      expect(code).toBe(0);
      const { FileName, Id } = prod.files[0]!;
      prod.change({ migrationApi: true });
      const list = await json('package list --from prod');
      expect(list.said['packages']).toEqual([{ id: Id, version: '', fileName: FileName }]);
      const what = 'a zip that was uploaded for an import: the server has no call that downloads or deletes it';
      expect(list.said['note']).toContain(what);
      for (const text of ['package list', `package delete ${Id}`, `package download ${FileName}`]) {
        const { stdout, stderr } = await run(`${text} --from prod`);
        expect(stdout + stderr).toContain(what);
      }
    });
  });

  test('an export that nobody waited for is taken up by its handle', async () => {
    await withWorld([source, target], async ({ json, lab }) => {
      const started = await json(`${line(exporting)} --no-wait`);
      expect(started.said).toMatchObject({ outcome: 'started', via: { name: 'export-import' } });
      expect(JSON.stringify(started.said['left'])).toContain('artifacts of its task');
      const resumed = `partial-export --resume ${String(started.said['handle'])} -o shop.tar`;
      const stays = { warnings: expect.arrayContaining(['triggers stay behind: Web Shop/Nightly']) };
      expect((await json(resumed)).said).toMatchObject({
        ...stays,
        outcome: 'done',
        sealed: { manifest: { scope: { via: 'export-import' } } },
      });
      expect(lab.writes()).toHaveLength(1);
      expect((await json(`${importing} --dry-run`)).said).toMatchObject({
        ...stays,
        plan: expect.arrayContaining([{ kind: 'project', name: 'Web Shop', action: 'create' }]),
      });
    });
  });

  test('a way that the package does not name is refused', async () => {
    await withWorld([source, target], async ({ json, run }) => {
      await json(line(exporting));
      const { code, stderr } = await run(`${importing} --via migration-api`);
      expect(code).toBe(2);
      expect(stderr).toContain('the package was exported by it');
    });
  });
});

describe('migrate-project by Export/Import', () => {
  const moving = 'migrate-project Projects-1 --from lab --to prod';

  test('moves, and removes the export when the user agrees', async () => {
    await withWorld([source, target], async ({ json, lab, prod }) => {
      const { code, said } = await json(`${moving} --password env:PASSWORD --yes`);
      expect(said).toMatchObject({
        outcome: 'done',
        route: 'relay',
        via: { name: 'export-import' },
        result: { complete: true },
      });
      expect(code).toBe(0);
      expect(lab.writes().at(-1)).toBe('DELETE /api/Spaces-1/artifacts/Artifacts-1');
      expect(prod.writes().at(-1)).toBe('POST /api/Spaces-1/projects/import-export/import');
    });
  });

  test('what stays behind is said once before the move, and once in its result', async () => {
    await withWorld([source, target], async ({ run }) => {
      const { stdout, stderr } = await run(`${moving} --password env:PASSWORD`);
      for (const text of [stdout, stderr]) {
        const said = [...text.matchAll(/warning: (.*)/g)].map(([, warning]) => warning);
        expect(said).toContain('packages of the built-in feed stay behind: Acme.Web');
        expect(said).toEqual([...new Set(said)]);
      }
    });
  });

  test('a preview of a move prints all that the server finds, and imports nothing', async () => {
    await withWorld([source, target], async ({ run, prod }) => {
      const { code, stdout } = await run(`${moving} --password env:PASSWORD --preview --yes`);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /left on prod: the uploaded file[^]*the server's preview:\n.*project Web Shop\n.*environments: Dev\n[^]*nothing was imported/s,
      );
      expect(stdout).not.toContain('job log');
      expect(prod.writes().at(-1)).toMatch(/preview$/);
    });
  });

  test('without somebody to ask, the export stays and is told', async () => {
    await withWorld([source, target], async ({ json, lab }) => {
      const { said } = await json(`${moving} --password env:PASSWORD`);
      expect(JSON.stringify(said['left'])).toContain('Octopus-Export-20260101.zip');
      expect(lab.writes()).toHaveLength(1);
    });
  });

  test('a project that is there is refused before the export', async () => {
    await withWorld([source, { ...target, lists: shopLists() }], async ({ json, lab, prod }) => {
      const { code } = await json(`${moving} --password env:PASSWORD`);
      expect(code).toBe(7);
      expect([...lab.writes(), ...prod.writes()]).toEqual([]);
    });
  });

  test('what the source and what the target refuse is told at once', async () => {
    const variables = [
      { Id: 'variableset-Projects-1', Variables: [{ Name: 'Port', Scope: { Machine: ['Machines-1'] } }] },
    ];
    const scoped = { ...source, lists: { ...shopLists(), variables } };
    await withWorld([scoped, { ...target, lists: { projects: shopLists()['projects']! } }], async ({ json, lab }) => {
      const { code, said } = await json('migrate-project Projects-1 --from lab --to prod --password env:PASSWORD');
      expect(code).toBe(2);
      expect(JSON.stringify(said)).toMatch(
        /scoped to machines: Port.*besides, prod: space Default of the target has Web Shop/,
      );
      expect(lab.writes()).toEqual([]);
    });
  });

  test('between two spaces of one server uploads nothing', async () => {
    const arrives = shopLists('Spaces-2', 5);
    await withWorld([{ ...source, second: {}, arrives }, target], async ({ json, lab }) => {
      const { code, said } = await json('migrate-project Projects-1 --from lab --to second --password env:PASSWORD');
      expect(said).toMatchObject({ outcome: 'done', result: { complete: true } });
      expect(code).toBe(0);
      expect(lab.files).toEqual([]);
      const post = lab.seen.find(({ path }) => path === '/api/Spaces-2/projects/import-export/import')!;
      expect(JSON.parse(post.text)).toMatchObject({
        ImportSource: { Type: 'space', SpaceId: 'Spaces-1', TaskId: 'ServerTasks-1' },
      });
    });
  });

  test('a refusal says what speaks against each way', async () => {
    await withWorld([source, target], async ({ json, lab }) => {
      const { code, said } = await json(`${moving} --password env:PASSWORD --overwrite-existing`);
      expect(code).toBe(2);
      expect(JSON.stringify(said)).toMatch(/Linux.*--overwrite-existing is for the Migration API/);
      expect(lab.writes()).toEqual([]);
    });
  });

  test('an older target does not hide what else speaks against the move', async () => {
    const variables = [
      { Id: 'variableset-Projects-1', Variables: [{ Name: 'Port', Scope: { Machine: ['Machines-1'] } }] },
    ];
    const newer = { ...source, version: '2025.11.1', lists: { ...shopLists(), variables } };
    await withWorld([newer, { ...target, lists: shopLists() }], async ({ json, lab }) => {
      const { code, said } = await json(`${moving} --password env:PASSWORD --via export-import`);
      expect(code).toBe(2);
      expect(JSON.stringify(said)).toMatch(
        /same or a newer version.*2025\.11\.1.*besides,.*scoped to machines: Port.*besides,.*has Web Shop already/,
      );
      expect(lab.writes()).toEqual([]);
    });
  });

  test('a project that would come along and is on the target is refused before the export', async () => {
    const deploys = { 'Octopus.Action.DeployRelease.ProjectId': 'Projects-2' };
    const along: Choices = {
      ...source,
      lists: {
        ...shopLists(),
        projects: [...shopLists()['projects']!, { Id: 'Projects-2', Name: 'Mail' }],
        deploymentprocesses: [{ Id: 'deploymentprocess-Projects-1', Steps: [{ Actions: [{ Properties: deploys }] }] }],
      },
    };
    await withWorld(
      [along, { ...target, lists: { projects: [{ Id: 'Projects-3', Name: 'Mail' }] } }],
      async (world) => {
        const { code, said } = await world.json(`${moving} --password env:PASSWORD`);
        expect(code).toBe(7);
        expect(JSON.stringify(said)).toContain('has Mail already');
        expect([...world.lab.writes(), ...world.prod.writes()]).toEqual([]);
      },
    );
  });

  test('the rc file fixes the way of an instance, and a flag overrules it', async () => {
    const windows = { ...source, system: 'Windows' };
    await withWorld(
      [windows, { ...target, system: 'Windows', version: '2024.4.4121' }],
      async ({ json }) => {
        const { said } = await json(`${moving} --password env:PASSWORD --dry-run`);
        expect(said).toMatchObject({ via: { name: 'export-import', reason: expect.stringContaining('lab') } });
        const other = await json(`${moving} --password env:PASSWORD --dry-run --via migration-api`);
        expect(other.code).not.toBe(0);
      },
      ', via: export-import',
    );
  });
});

describe('after kill -9, the same command', () => {
  const routes = '/api/Spaces-1/projects/import-export';
  const moving = 'migrate-project Projects-1 --from lab --to prod --password env:PASSWORD';
  const ends = (post: string, running: Running): number =>
    running.writes().filter((text) => text === `POST ${routes}/${post}`).length;

  const steps: [string, number][] = [
    [`before POST ${routes}/export #1`, 1],
    [`answer POST ${routes}/export #1`, 1],
    ['answer GET /api/Spaces-1/artifacts/Artifacts-1/content #1', 1],
    // The second process finds the file that the first one uploaded.
    [`answer POST ${routes}/import-files #1`, 1],
    [`before POST ${routes}/import #1`, 1],
    [`answer POST ${routes}/import #1`, 1],
  ];

  const left = (said: Readonly<Record<string, unknown>>): string =>
    (said['left'] as { instance: string; what: string }[])
      .filter(({ instance }) => instance === 'prod')
      .map(({ what }) => what)
      .join();

  test('names the one file that both processes used', async () => {
    await withWorld([source, target], async ({ killedAt, json, prod }) => {
      expect(await killedAt(`answer POST ${routes}/import-files #1`, moving)).not.toBe(0);
      const { code, said } = await json(moving);
      expect(code).toBe(0);
      expect(prod.files).toHaveLength(1);
      expect(left(said)).toMatch(new RegExp(`^the uploaded file ${prod.files[0]!.FileName}, `));
    });
  });

  test.each(sample(steps, 1))('goes on when it died at: %s', async (step, uploads) => {
    await withWorld([source, target], async ({ killedAt, run, lab, prod }) => {
      expect(await killedAt(step, moving)).not.toBe(0);
      const { code, stderr } = await run(moving);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      expect({ exports: ends('export', lab), imports: ends('import', prod) }).toEqual({ exports: 1, imports: 1 });
      expect(prod.files).toHaveLength(uploads);
    });
  });
});
