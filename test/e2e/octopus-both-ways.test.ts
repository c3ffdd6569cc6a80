import { writeFile } from 'node:fs/promises';
import { describe, expect, jest, test } from '@jest/globals';
import type { RunningEmulator } from '../../src/emulators/index.ts';
import { ask, exportTask, send, tasksOf } from '../support/octopus-api.ts';
import { crashAt, leftovers } from '../support/crash.ts';
import { sample } from '../support/sample.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

jest.setTimeout(120_000);

const newer = { version: '2025.3.1', flavor: 'linux' } as const;
const password = ['--password', 'env:MOVE_PASSWORD'];
const exporting = ['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password, '-o', 'shop.tar'];
const importing = ['import', 'shop.tar', '--to', 'prod', ...password, '--json'];

interface Item {
  readonly kind: string;
  readonly name: string;
  readonly action: string;
}

const said = (stdout: string) =>
  JSON.parse(stdout) as { outcome: string; via: { name: string }; result: { items: readonly Item[] } };

const namesOf = async (server: RunningEmulator, space: string, kind: string): Promise<readonly string[]> =>
  ((await ask(server, `/api/${space}/${kind}/all`)) as { Name: string }[]).map(({ Name }) => Name);

async function spaceNamed(server: RunningEmulator, name: string): Promise<string> {
  const spaces = (await ask(server, '/api/spaces/all')) as { Id: string; Name: string }[];
  return spaces.find(({ Name }) => Name === name)!.Id;
}

describe('a success without the thing', () => {
  test('is noticed by the name of the certificate, in the space that was imported into', async () => {
    await withWorkshop({ prod: newer }, async (workshop) => {
      const { run, prod } = workshop;
      expect(await run([...exporting, '--via', 'export-import'])).toMatchObject({ code: 0 });
      // The same certificate in another space: neither a count nor a look over all spaces would tell.
      await send(prod, 'POST', '/api/spaces', { Name: 'Elsewhere' });
      const elsewhere = await spaceNamed(prod, 'Elsewhere');
      await send(prod, 'POST', `/api/${elsewhere}/certificates`, {
        ...{ Name: 'Web Shop TLS', CertificateData: { HasValue: true, NewValue: 'MIIC' } },
      });
      expect(await namesOf(prod, elsewhere, 'certificates')).toEqual(['Web Shop TLS']);
      prod.faults.add({ type: 'named', name: 'certificate-lost', values: {} });
      const { code, stdout } = await run(importing);
      const { outcome, via, result } = said(stdout);
      expect({ code, outcome, via: via.name }).toEqual({ code: 3, outcome: 'partial', via: 'export-import' });
      const unseen = result.items.filter(({ action }) => action === 'not-seen');
      expect(unseen).toEqual([expect.objectContaining({ kind: 'certificate', name: 'Web Shop TLS' })]);
      expect(await namesOf(prod, 'Spaces-1', 'projects')).toContain('Web Shop');
      expect(await namesOf(prod, 'Spaces-1', 'certificates')).not.toContain('Web Shop TLS');
    });
  });
});

describe('a move that leaves something out', () => {
  const move = ['migrate-project', 'Web Shop', '--from', 'lab', '--to', 'prod', ...password, '--yes', '--json'];
  const artifacts = async (server: RunningEmulator) =>
    ((await ask(server, '/api/Spaces-1/artifacts')) as { Items: { Filename: string }[] }).Items;

  test('keeps the export on its source and names it; a whole one takes it away', async () => {
    await withWorkshop({ prod: newer }, async ({ run, lab, prod }) => {
      prod.faults.add({ type: 'named', name: 'certificate-lost', values: {} });
      const { code, stdout } = await run(move);
      const [kept] = await artifacts(lab);
      expect(code).toBe(3);
      expect((JSON.parse(stdout) as { left: { instance: string; what: string }[] }).left).toContainEqual(
        expect.objectContaining({ instance: 'lab', what: expect.stringContaining(kept!.Filename) }),
      );
    });
    await withWorkshop({ prod: newer }, async ({ run, lab }) => {
      expect(await run(move)).toMatchObject({ code: 0 });
      expect(await artifacts(lab)).toEqual([]);
    });
  });
});

describe('the way that is chosen', () => {
  test('leads into another space of the same server, where the Migration API cannot go', async () => {
    const rc = (workshop: Workshop) =>
      `instances:
  lab: { product: octopus, url: "${workshop.lab.url}", apiKey: "env:LAB_KEY", space: Default }
  second: { product: octopus, url: "${workshop.lab.url}", apiKey: "env:LAB_KEY", space: Innovation Lab }
`;
    await withWorkshop({}, async (workshop) => {
      const { run, path, lab } = workshop;
      await writeFile(path('second.yaml'), rc(workshop));
      const { code, stdout } = await run([
        ...['migrate-project', 'Warehouse', '--from', 'lab', '--to', 'second', ...password],
        ...['--skip-existing', '--config', 'second.yaml', '--json'],
      ]);
      expect(said(stdout)).toMatchObject({ outcome: 'done', via: { name: 'export-import' } });
      expect(code).toBe(0);
      expect(await tasksOf(lab, exportTask)).toEqual([]);
      const second = await spaceNamed(lab, 'Innovation Lab');
      expect(await namesOf(lab, second, 'projects')).toContain('Warehouse');
      expect(await ask(lab, `/api/${second}/projects/import-export/import-files`)).toEqual({ ProjectImportFiles: [] });
    });
  });
});

describe('a move by Export/Import that runs again after kill -9', () => {
  const steps = [
    'before POST /api/Spaces-1/projects/import-export/export #1',
    'answer POST /api/Spaces-1/projects/import-export/export #1', // the server has begun, but the journal does not know
    'answer GET /api/Spaces-1/tasks/TASK/details?verbose=false&tail=10 #1',
    'before rename migrate-project-HEX.tar #1', // sealed, but without its name
    'before POST /api/Spaces-1/projects/import-export/import-files #1',
    'answer POST /api/Spaces-1/projects/import-export/import-files #1', // uploaded, but nothing knows of it
    'answer POST /api/Spaces-1/projects/import-export/import/preview #1',
    'before POST /api/Spaces-1/projects/import-export/import #1',
    'answer POST /api/Spaces-1/projects/import-export/import #1',
    'before rm migrate-project-HEX.tar #1', // imported, and not yet told
  ];

  test.each(sample(steps, 1))('exports once and imports once, killed %s', async (step) => {
    await withWorkshop({ prod: newer }, async (workshop) => {
      const { run, lab, prod } = workshop;
      const moving = ['migrate-project', 'Search', '--from', 'lab', '--to', 'prod', ...password, '--skip-existing'];
      const killed = await crashAt(step, workshop, moving);
      expect({ code: killed.code, said: killed.stderr.includes('error') }).toEqual({ code: null, said: false });
      const again = await run([...moving, '--json']);
      expect(said(again.stdout)).toMatchObject({ outcome: 'done', via: { name: 'export-import' } });
      expect(again.code).toBe(0);
      expect([await tasksOf(lab, 'ProjectExport'), await tasksOf(prod, 'ProjectImport')]).toEqual([
        [expect.objectContaining({ State: 'Success' })],
        [expect.objectContaining({ State: 'Success' })],
      ]);
      expect(await namesOf(prod, 'Spaces-1', 'projects')).toContain('Search');
      expect(await leftovers(workshop)).toEqual([]);
    });
  });
});

describe('a Space Manager without the system right', () => {
  test('moves projects by Export/Import, and another account is refused before anything starts', async () => {
    await withWorkshop({ lab: {}, prod: newer }, async (workshop) => {
      const { run, lab, prod, env } = workshop;
      const key = 'API-SAMPLEREADONLY00000000000000';
      const asReader = { env: { ...env, LAB_KEY: key, PROD_KEY: key } };
      const moving = ['migrate-project', 'Warehouse', '--from', 'lab', '--to', 'prod', ...password, '--skip-existing'];
      const refused = await run(moving, asReader);
      expect(refused).toMatchObject({
        code: 4,
        stderr: expect.stringContaining('is not a Space Manager of the space'),
      });
      const blind = await run(moving, { env: { ...env, LAB_KEY: 'API-SAMPLEPACKAGEPUBLISHER000000' } });
      expect(blind).toMatchObject({ code: 4, stderr: expect.stringMatching(/not a Space Manager.*ProjectView/) });
      expect(blind.stderr).not.toContain('AdministerSystem');
      for (const server of [lab, prod]) {
        const users = (await ask(server, '/api/users/all')) as { Id: string; Username: string }[];
        const space = (await ask(server, '/api/spaces/Spaces-1')) as object;
        const SpaceManagersTeamMembers = users.filter(({ Username }) => Username === 'reader').map(({ Id }) => Id);
        await send(server, 'PUT', '/api/spaces/Spaces-1', { ...space, SpaceManagersTeamMembers });
      }
      const { code, stdout } = await run([...moving, '--json'], asReader);
      expect(said(stdout)).toMatchObject({ outcome: 'done', via: { name: 'export-import' } });
      expect(code).toBe(0);
      expect(await namesOf(prod, 'Spaces-1', 'projects')).toContain('Warehouse');
    });
  });
});
