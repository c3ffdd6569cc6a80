import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { expect, jest, test } from '@jest/globals';
import { writeWorkbook } from '../../src/emulators/enms/topology/workbook/write.ts';
import type { RunningEmulator } from '../../src/emulators/index.ts';
import { commandLine } from '../support/command-line.ts';
import { sample } from '../support/sample.ts';
import { crashAt, leftovers } from '../support/crash.ts';
import { passwordOf } from '../support/account-workshop.ts';
import { withEnmsWorkshop } from '../support/enms-workshop.ts';
import type { Workshop } from '../support/workshop.ts';

// For every step a process is killed and its command run again. On a busy machine that takes long.
jest.setTimeout(240_000);

const exporting = ['partial-export', '--from', 'lab', '--project', 'nightly', '-o', 'nightly.tar'];
const importing = ['import', 'nightly.tar', '--to', 'prod', '--overwrite-existing'];
const emptying = [...importing, '--empty-database-before-import', '--yes'];
const inExport = 'migrations/nightly--export-STAMP';
const inImport = 'migrations/nightly--import-STAMP';

async function again({ folder, env }: Workshop, args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await commandLine([...args, '--json'], { cwd: folder, env, host: hostname() });
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function call(server: RunningEmulator, path: string, json?: unknown): Promise<unknown> {
  const authorization = `Basic ${Buffer.from(`admin:${passwordOf(server)}`).toString('base64')}`;
  const response = await fetch(`${server.url}/rest/${path}`, {
    headers: { authorization, 'content-type': 'application/json' },
    ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
  });
  return response.json();
}

const types = ['user', 'group', 'device', 'link', 'service', 'network', 'workflow_edge', 'task', 'credential', 'pool'];

/** The properties of all objects, without the ids that a server gives them, and the time of a change. */
async function stateOf(server: RunningEmulator): Promise<unknown> {
  const state: Record<string, readonly string[]> = {};
  for (const type of types) {
    const rows = (await call(server, `query/${type}`)) as readonly Record<string, unknown>[];
    const texts = rows.map((row) =>
      JSON.stringify(Object.entries(row).filter(([key]) => !/^id$|_id$|^last_modified$/.test(key))),
    );
    state[type] = texts.sort();
  }
  return state;
}

/** Counts how often the servers are asked to start something, from now on. */
function counting({ lab, prod }: Workshop) {
  lab.faults.forgetRequests();
  prod.faults.forgetRequests();
  const count = (server: RunningEmulator, path: string) =>
    server.faults.requests().filter((request) => request.method === 'POST' && request.path === path).length;
  return {
    exports: () => count(lab, '/rest/migrate/export'),
    imports: () => count(prod, '/rest/migrate/import'),
  };
}

async function kill(step: string, workshop: Workshop, args: readonly string[]): Promise<void> {
  expect([step, (await crashAt(step, workshop, args)).signal]).toEqual([step, 'SIGKILL']);
}

const backupsIn = async ({ folder }: Workshop) =>
  (await readdir(folder)).filter((name) => /^prod-backup.*r$/.test(name));

const deeds: (readonly [name: string, work: () => Promise<void>])[] = [];
const deed = (name: string, work: () => Promise<void>): void => void deeds.push([name, work]);

deed('partial-export after a kill exports once and writes a complete package', async () => {
  await withEnmsWorkshop(async (workshop) => {
    for (const step of sample(
      [
        'answer GET /rest/is_alive #1',
        'answer GET /rest/query/server #1',
        'answer GET /login #1',
        'answer POST /login #1',
        'answer POST /get_migration_folders #1',
        'before POST /rest/migrate/export #1',
        'answer POST /rest/migrate/export #1', // exported, but the journal does not know
        `answer GET /download/file/${inExport}/metadata.yaml #1`, // checked whether it is finished
        `answer GET /download/folder/${inExport} #1`,
        'before link nightly.tar #1',
        'after link nightly.tar #1', // the package has its name, but the journal does not know
      ],
      1,
    )) {
      await rm(workshop.path('nightly.tar'), { force: true });
      const { exports } = counting(workshop);
      await kill(step, workshop, exporting);
      expect([step, await again(workshop, exporting), exports()]).toEqual([
        step,
        expect.objectContaining({ outcome: 'done' }),
        1,
      ]);
      await again(workshop, ['package', 'verify', 'nightly.tar', '--content']);
    }
  });
});

/** Exports a package with a device that no other package has. */
async function exportWith(name: string, workshop: Workshop): Promise<void> {
  expect(await call(workshop.lab, 'instance/device', { name })).toEqual({ success: [name] });
  await rm(workshop.path('nightly.tar'), { force: true });
  await again(workshop, exporting);
}

const hasDevice = async (server: RunningEmulator, name: string) =>
  ((await call(server, `query/device?name=${name}`)) as unknown[]).length === 1;

deed('import after a kill imports once and loses nothing', async () => {
  await withEnmsWorkshop(async (workshop) => {
    for (const [index, step] of sample(
      [
        'answer POST /rest/search #1', // planning
        'answer POST /rest/instance/folder #1',
        'answer POST /upload_files #1',
        `answer GET /download/folder/${inImport} #1`, // all files are there
        'before POST /rest/migrate/import #1', // the note says that the import is started, but it was not sent
        'answer POST /rest/migrate/import #1', // imported, but nothing here knows
        'answer POST /upload_files #14', // the answer is noted beside the files, but the journal does not know
        `answer GET /download/folder/${inImport} #2`, // checking what arrived
      ],
      1,
    ).entries()) {
      const device = `step-${index}`;
      await exportWith(device, workshop);
      const { imports } = counting(workshop);
      await kill(step, workshop, importing);
      const result = await again(workshop, importing);
      expect([step, result, imports(), await hasDevice(workshop.prod, device)]).toEqual([
        step,
        expect.objectContaining({ outcome: 'done' }),
        1,
        true,
      ]);
    }
  });
});

/** Exports a package that only changes one device. */
async function exportUpdate(location: string, workshop: Workshop): Promise<void> {
  expect(await call(workshop.lab, 'instance/device', { name: 'par-gw', location })).toEqual({ success: ['par-gw'] });
  await rm(workshop.path('nightly.tar'), { force: true });
  await again(workshop, exporting);
}

const locationOn = async (server: RunningEmulator) =>
  ((await call(server, 'instance/device/par-gw')) as { readonly location: unknown }).location;

deed('an import that only updates is not sent twice after a kill, and its change is there', async () => {
  await withEnmsWorkshop(async (workshop) => {
    await again(workshop, exporting);
    await again(workshop, importing);
    const step = 'answer POST /rest/migrate/import #1';
    await exportUpdate('Le Marais', workshop);
    const { imports } = counting(workshop);
    await kill(step, workshop, importing);
    expect(await again(workshop, importing)).toMatchObject({ outcome: 'done' });
    expect([imports(), await locationOn(workshop.prod)]).toEqual([1, 'Le Marais']);
  });
});

deed('an import that was killed while the server works is waited for and not sent again', async () => {
  await withEnmsWorkshop(async (workshop) => {
    await exportWith('in-flight', workshop);
    const { imports } = counting(workshop);
    const values = { lasts: 1500, proxy: 1500 };
    workshop.prod.faults.add({ type: 'named', name: 'slow-import', values, times: 1 });
    const started = workshop.start(importing);
    // The fault is used up as soon as the server has begun.
    while (workshop.prod.faults.active().length > 0) await new Promise((done) => setTimeout(done, 5));
    started.child.kill('SIGKILL');
    await started.finished;
    expect(await again(workshop, importing)).toMatchObject({ outcome: 'done' });
    expect([imports(), await hasDevice(workshop.prod, 'in-flight')]).toEqual([1, true]);
  });
});

deed('an import that empties never deletes without a backup after a kill, and undo restores the data', async () => {
  await withEnmsWorkshop(async (workshop) => {
    const { prod } = workshop;
    await again(workshop, exporting);
    const before = await stateOf(prod);
    for (const step of sample(
      [
        `answer GET /download/folder/${inImport} #1`, // the files are there, but there is no backup yet
        'answer POST /rest/migrate/export #1', // the backup is on the server only
        'before link prod-backup-TIME.tar #1',
        'before POST /rest/migrate/import #1',
        'answer POST /rest/migrate/import #1',
        'answer POST /upload_files #14',
      ],
      1,
    )) {
      for (const backup of await backupsIn(workshop)) await rm(workshop.path(backup));
      const { imports } = counting(workshop);
      await kill(step, workshop, emptying);
      // Nothing is deleted as long as there is no backup.
      if (imports() === 0) expect([step, await stateOf(prod)]).toEqual([step, before]);
      else expect([step, await backupsIn(workshop)]).toEqual([step, [expect.any(String)]]);
      const result = await again(workshop, emptying);
      expect([step, result, imports()]).toEqual([
        step,
        expect.objectContaining({ outcome: 'done', backup: expect.any(String) }),
        1,
      ]);
      expect(await hasDevice(prod, 'dr-core-1')).toBe(false);
      await again(workshop, ['job', 'undo', String(result['handle']), '--yes']);
      expect([step, await stateOf(prod)]).toEqual([step, before]);
    }
  });
});

const moving = ['migrate-project', 'nightly', '--from', 'lab', '--to', 'prod', '--overwrite-existing'];

deed('migrate-project after a kill exports once, imports once and leaves no file here', async () => {
  await withEnmsWorkshop(async (workshop) => {
    for (const [index, step] of sample(
      [
        'answer POST /rest/migrate/export #1', // exported, but the journal does not know
        'after rename migrate-project-HEX.tar #1', // the package is here, but the target knows nothing
        'answer POST /upload_files #3',
        'answer POST /rest/migrate/import #1',
      ],
      1,
    ).entries()) {
      const device = `moved-${index}`;
      expect(await call(workshop.lab, 'instance/device', { name: device })).toEqual({ success: [device] });
      const { exports, imports } = counting(workshop);
      await kill(step, workshop, moving);
      const result = await again(workshop, moving);
      expect([step, result, exports(), imports(), await hasDevice(workshop.prod, device)]).toEqual([
        step,
        expect.objectContaining({ outcome: 'done' }),
        1,
        1,
        true,
      ]);
      expect([step, await leftovers(workshop)]).toEqual([step, []]);
    }
  });
});

deed('migrate-project --via rest after a kill writes what is missing and counts what is there', async () => {
  await withEnmsWorkshop(async (workshop) => {
    const byRest = [...moving, '--via', 'rest', '--type', 'device', '--type', 'link'];
    await kill('answer POST /rest/instance/router #1', workshop, byRest);
    const { jobs, outcome } = await again(workshop, byRest);
    expect(outcome).toBe('done');
    const [, written, equal] =
      /^enms:prod:upsert\/[^/]+\/(\d+)\/0\/(\d+)$/.exec((jobs as readonly string[])[1] ?? '') ?? [];
    expect([Number(written) > 0, Number(equal) > 0]).toEqual([true, true]);
    const named = async (server: RunningEmulator, type: string) =>
      ((await call(server, `query/${type}`)) as readonly { readonly name: string }[]).map(({ name }) => name);
    for (const type of ['device', 'link'])
      expect(await named(workshop.prod, type)).toEqual(expect.arrayContaining(await named(workshop.lab, type)));
    // A new run finds all objects as the package has them, and writes none.
    const [, fresh] = (await again(workshop, byRest))['jobs'] as readonly string[];
    expect(fresh).toMatch(new RegExp(`/0/0/${Number(written) + Number(equal)}$`));
  });
});

deed('a killed topology run writes one spreadsheet and never deletes devices twice without consent', async () => {
  await withEnmsWorkshop(async (workshop) => {
    const { run, lab, prod } = workshop;
    const sheet = ['partial-export', '--from', 'lab', '--topology', '-o', 'net.xls'];
    for (const step of ['answer POST /rest/topology/export #1', 'before link net.xls #1', 'after link net.xls #1']) {
      await rm(workshop.path('net.xls'), { force: true });
      await kill(step, workshop, sheet);
      expect([step, await again(workshop, sheet)]).toEqual([step, expect.objectContaining({ outcome: 'done' })]);
      expect([step, (await readFile(workshop.path('net.xls'))).subarray(0, 4).toString('hex')]).toEqual([
        step,
        'd0cf11e0',
      ]);
    }
    const rows = [
      ['name', 'positions'],
      ['par-core-1', '{}'],
      ['by-hand-1', ''],
    ];
    await writeFile(workshop.path('hand.xls'), writeWorkbook([{ name: 'device', rows }]));
    const adding = ['import', 'hand.xls', '--to', 'prod', '--topology', '--overwrite-existing', '--json'];
    await kill('answer POST /rest/topology/import #1', workshop, adding);
    // The server refuses the device with a dictionary, so the import is partial.
    expect((await run(adding)).code).toBe(3);
    const replacing = [...adding, '--replace', '--yes'];
    lab.faults.forgetRequests();
    prod.faults.forgetRequests();
    await kill('answer POST /rest/topology/import #1', workshop, replacing);
    const imports = () => prod.faults.requests().filter(({ path }) => path === '/rest/topology/import').length;
    const refused = await run(replacing);
    expect([refused.code, JSON.parse(refused.stdout), imports()]).toEqual([
      expect.any(Number),
      expect.objectContaining({ code: 'CONFLICT' }),
      1,
    ]);
    expect(refused.code).not.toBe(0);
  });
});

// Each takes many processes. All of them run in `npm run prove`.
test.each(sample(deeds, 2))('%s', async (_, work) => {
  await expect(work()).resolves.toBeUndefined();
});
