import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { expect, jest, test } from '@jest/globals';
import type { RunningEmulator } from '../../src/emulators/index.ts';
import { commandLine } from '../support/command-line.ts';
import { passwordOf } from '../support/account-workshop.ts';
import { sample } from '../support/sample.ts';
import { withEnmsWorkshop } from '../support/enms-workshop.ts';
import type { Workshop } from '../support/workshop.ts';

jest.setTimeout(120_000);

type Document = Record<string, unknown>;

async function run({ folder, env }: Workshop, args: readonly string[]): Promise<Document & { readonly exit: number }> {
  const { code, stdout } = await commandLine([...args, '--json'], { cwd: folder, env, host: hostname() });
  return { ...(JSON.parse(stdout) as Document), exit: code };
}

async function rows(server: RunningEmulator, type: string): Promise<readonly string[]> {
  const authorization = `Basic ${Buffer.from(`admin:${passwordOf(server)}`).toString('base64')}`;
  const response = await fetch(`${server.url}/rest/query/${type}`, { headers: { authorization } });
  const found = (await response.json()) as Document[];
  return found.map(({ name }) => String(name)).sort();
}

async function write(server: RunningEmulator, type: string, json: unknown): Promise<void> {
  const authorization = `Basic ${Buffer.from(`admin:${passwordOf(server)}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const response = await fetch(`${server.url}/rest/instance/${type}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(json),
  });
  expect(await response.json()).toEqual({ success: [expect.any(String)] });
}

const types = ['user', 'device', 'link', 'service', 'workflow_edge', 'task', 'credential', 'pool'];

const stateOf = async (server: RunningEmulator) => Promise.all(types.map((type) => rows(server, type)));

const exporting = ['partial-export', '--from', 'lab', '--project', 'nightly', '-o', 'nightly.tar'];
const importing = ['import', 'nightly.tar', '--to', 'prod', '--overwrite-existing', '--yes'];
const emptying = [...importing, '--empty-database-before-import'];

test('the backup from before an emptying that failed is named, used by the next run, and brought back by its undo', async () => {
  await withEnmsWorkshop(async (workshop) => {
    const { prod } = workshop;
    await run(workshop, exporting);
    const before = await stateOf(prod);
    prod.faults.add({ type: 'named', name: 'import-500-after-delete', values: {}, times: 1 });
    const failed = await run(workshop, emptying);
    const { backup } = failed['details'] as Document;
    expect(failed).toMatchObject({ exit: 8, code: 'JOB_FAILED' });
    expect(backup).toEqual(expect.stringMatching(/prod-backup-.*\.tar$/));
    expect(failed['hint']).toContain(`what was there before is in ${String(backup)}`);
    expect(await rows(prod, 'pool')).toEqual([]);

    const second = await run(workshop, emptying);
    expect(second).toMatchObject({ exit: 0, backup });
    expect(await run(workshop, ['job', 'undo', String(second['handle']), '--yes'])).toMatchObject({ exit: 0 });
    expect(await stateOf(prod)).toEqual(before);
    // What was brought back is no wreck: the next import takes a new backup.
    const third = await run(workshop, emptying);
    expect(third['backup']).not.toBe(backup);
  });
});

test('an emptying import and its undo succeed while the watcher of the disk makes the rows of migrations anew', async () => {
  await withEnmsWorkshop(async (workshop) => {
    const { prod } = workshop;
    await run(workshop, exporting);
    const before = await stateOf(prod);
    prod.faults.add({ type: 'named', name: 'watcher-races', values: {}, times: 2 });
    const done = await run(workshop, emptying);
    expect(done).toMatchObject({ exit: 0 });
    expect(await run(workshop, ['job', 'undo', String(done['handle']), '--yes'])).toMatchObject({ exit: 0 });
    expect(prod.faults.active()).toEqual([]);
    expect(await stateOf(prod)).toEqual(before);
  });
});

test('a backup that is gone is named, and a new one is taken', async () => {
  await withEnmsWorkshop(async (workshop) => {
    const { prod } = workshop;
    await run(workshop, exporting);
    prod.faults.add({ type: 'named', name: 'import-500-after-delete', values: {}, times: 1 });
    const failed = await run(workshop, emptying);
    const { backup } = failed['details'] as Document;
    await rm(String(backup));
    const { stderr } = await commandLine([...emptying, '--json'], {
      cwd: workshop.folder,
      env: workshop.env,
      host: hostname(),
    });
    expect(stderr).toContain(`${String(backup)}, which is not there any more: a new backup is taken`);
  });
});

const written: readonly (readonly [string, readonly string[]])[] = [
  ['device', ['device']],
  ['user and group', ['user', 'group']],
];
test.each(sample(written, 1))(
  'writing %s object by object takes no link, pool or file away from the target',
  async (_, wanted) => {
    await withEnmsWorkshop(async (workshop) => {
      const { lab, prod } = workshop;
      await run(workshop, exporting);
      await run(workshop, importing);
      await write(prod, 'device', { name: 'only-there' });
      const [device = ''] = await rows(lab, 'router');
      await write(prod, 'link', { name: 'own-link', source: device, destination: 'only-there' });
      await write(lab, 'router', { name: device, location: 'elsewhere' });
      const chosen = wanted.flatMap((type) => ['--type', type]);
      expect(
        await run(workshop, [...exporting.slice(0, 5), '-o', 'objects.tar', '--via', 'rest', ...chosen]),
      ).toMatchObject({ exit: 0 });
      const before = await stateOf(prod);
      const args = ['import', 'objects.tar', '--to', 'prod', '--via', 'rest', '--overwrite-existing', '--yes'];
      expect(await run(workshop, args)).toMatchObject({ exit: 0 });
      expect(await stateOf(prod)).toEqual(before);
      expect(await rows(prod, 'link')).toContain('own-link');
    });
  },
);

test('an import keeps the rows of files that the target alone has, and a second one changes nothing', async () => {
  await withEnmsWorkshop(async (workshop) => {
    const { prod } = workshop;
    await run(workshop, exporting);
    await write(prod, 'folder', { name: 'playbooks', path: '/playbooks' });
    await write(prod, 'file', { name: 'dr-only.yml', path: '/playbooks/dr-only.yml' });
    expect(await run(workshop, importing)).toMatchObject({ exit: 0 });
    expect(await rows(prod, 'file')).toContain('>playbooks>dr-only.yml');
    const again = await run(workshop, importing);
    expect(again).toMatchObject({ exit: 0 });
    expect(await rows(prod, 'file')).toContain('>playbooks>dr-only.yml');
  });
});

test('what no import can change of the shared services is kept, and no import is partial for it', async () => {
  await withEnmsWorkshop(async (workshop) => {
    const { lab } = workshop;
    await write(lab, 'swiss_army_knife_service', { name: '[Shared] End', description: 'changed' });
    await run(workshop, exporting);
    const name = '[Shared] End';
    // Its place in the workflows is written at the first import.
    const turns = [
      { name, action: 'overwritten' },
      { name, action: 'skipped', reason: 'the server never imports its description' },
    ];
    for (const item of turns) {
      const done = await run(workshop, importing);
      expect(done).toMatchObject({
        exit: 0,
        result: { items: expect.arrayContaining([expect.objectContaining(item)]) },
      });
    }
  });
});

test('a server that will fail at its tasks is told of before anything is emptied', async () => {
  await withEnmsWorkshop(async (workshop) => {
    const { prod } = workshop;
    await run(workshop, exporting);
    await write(prod, 'server', { name: 'eNMS Server', scheduler_address: '0.0.0.0' });
    const { stdout } = await commandLine(['doctor', '--json'], {
      cwd: workshop.folder,
      env: workshop.env,
      host: hostname(),
    });
    expect(stdout).toContain('the address of its scheduler, 0.0.0.0, does not begin with http://');
    const { stderr } = await commandLine([...emptying, '--type', 'task', '--json'], {
      cwd: workshop.folder,
      env: workshop.env,
      host: hostname(),
    });
    expect(stderr).toContain('eNMS fails with 500 when it deletes a task');
  });
});
