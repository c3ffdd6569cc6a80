import { describe, expect, jest, test } from '@jest/globals';
import { rename } from 'node:fs/promises';
import type { RunningEmulator } from '../../src/emulators/index.ts';
import { withSnapLogicWorkshop } from '../support/snaplogic-workshop.ts';
import type { Workshop } from '../support/workshop.ts';

jest.setTimeout(120_000);

const there = '/Acme-Test/Finance/Invoices';

async function call(server: RunningEmulator, method: string, path: string, json?: unknown): Promise<never> {
  const { username = '', password = '' } = server.credentials;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  const answer = await fetch(`${server.url}/api/1/rest/${path}`, { method, headers: { authorization }, ...body });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { readonly response_map: never }).response_map;
}

interface Entry {
  readonly asset_type: string;
  readonly name: string;
  readonly snode_id: string;
  readonly time_updated: string;
}

async function entries(server: RunningEmulator): Promise<readonly Entry[]> {
  const map = await call(server, 'GET', `asset/list${encodeURI(there)}?limit=100&offset=0`);
  return (map as { readonly entries: readonly Entry[] }).entries;
}

/** Whether each task is enabled, by name. */
async function tasks(server: RunningEmulator): Promise<Readonly<Record<string, boolean>>> {
  const jobs = (await entries(server)).filter(({ asset_type: type }) => type === 'Job');
  const found: [string, boolean][] = [];
  for (const { name, snode_id: id } of jobs)
    found.push([name, ((await call(server, 'GET', `slsched/job/${id}`)) as { enabled: boolean }).enabled]);
  return Object.fromEntries(found);
}

const times = async (server: RunningEmulator, types: readonly string[]) =>
  Object.fromEntries(
    (await entries(server)).flatMap(({ asset_type: type, name, time_updated: at }) =>
      types.includes(type) ? [[`${type} ${name}`, at]] : [],
    ),
  );

interface Document {
  readonly handle: string;
  readonly backup: string;
  readonly result?: {
    readonly items: readonly { readonly kind: string; readonly name: string; readonly action: string }[];
  };
}

async function document({ run }: Workshop, args: readonly string[], code = 0): Promise<Document> {
  const ended = await run([...args, '--json']);
  if (ended.code !== code) throw new Error(`exit ${ended.code}: ${ended.stderr}${ended.stdout}`);
  return JSON.parse(ended.stdout) as Document;
}

/** Invoices is on test, with all tasks enabled and without one pipeline, and is imported over itself. */
async function imported(workshop: Workshop, more: readonly string[] = [], code = 3): Promise<Document> {
  const { lab, run } = workshop;
  await run(['key', 'generate']);
  await document(workshop, ['migrate-project', '/Acme-Dev/Finance/Invoices', '--from', 'lab', '--to', 'test']);
  await document(workshop, [
    'partial-export',
    '--from',
    'lab',
    '--project',
    '/Acme-Dev/Finance/Invoices',
    '-o',
    'inv.tar',
  ]);
  for (const { asset_type: type, name } of await entries(lab))
    if (type === 'Job') await call(lab, 'POST', 'public/task/enable', { project_path: `${there}/${name}` });
  const over = ['--dest-path', there, '--on-duplicate', 'overwrite', '--yes'];
  return document(workshop, ['import', 'inv.tar', '--to', 'test', ...over, ...more], code);
}

describe('the undo of an import over a SnapLogic project', () => {
  test('leaves the accounts and tasks alone that the import kept, and tells what it did', async () => {
    await withSnapLogicWorkshop(async (workshop) => {
      const { lab, run } = workshop;
      const { handle, backup } = await imported(workshop);
      const kept = await times(lab, ['Account', 'Job']);
      expect(Object.values(await tasks(lab))).toEqual([true, true, true]);

      const silent = await run(['job', 'undo', handle]);
      expect(silent.code).toBe(2);
      expect(silent.stderr).toMatch(/it writes back .*\d+ Pipeline/u);
      expect(silent.stderr).not.toMatch(/\d Job|\d Account/u);

      // The backup was moved, and the error says how to name it.
      await rename(backup, workshop.path('elsewhere.tar'));
      const lost = await run(['job', 'undo', handle, '--yes']);
      expect(lost.stderr).toContain(`migrator job undo ${handle} --backup <file>`);
      const undoing = ['job', 'undo', handle, '--backup', 'elsewhere.tar', '--yes'];
      const undone = await document(workshop, undoing);
      expect(undone).toMatchObject({ outcome: 'done', differences: [], left: [], warnings: [] });
      expect(undone.result?.items).toContainEqual(expect.objectContaining({ kind: 'Pipeline', action: 'overwritten' }));
      expect(await times(lab, ['Account', 'Job'])).toEqual(kept);
      expect(Object.values(await tasks(lab))).toEqual([true, true, true]);

      const again = await run(['job', 'undo', handle, '--backup', 'elsewhere.tar']);
      expect(again).toMatchObject({ code: 7, stderr: expect.stringContaining('was undone at') });
      await document(workshop, undoing);
    });
  });

  test('enables again the tasks that it writes back, as they were', async () => {
    await withSnapLogicWorkshop(async (workshop) => {
      const { lab } = workshop;
      const { handle } = await imported(workshop, ['--overwrite-type', 'Job'], 0);
      expect(Object.values(await tasks(lab))).toEqual([false, false, false]);
      const pipelines = await times(lab, ['Pipeline', 'File', 'Account']);
      await document(workshop, ['job', 'undo', handle, '--yes']);
      expect(Object.values(await tasks(lab))).toEqual([true, true, true]);
      expect(await times(lab, ['Pipeline', 'File', 'Account'])).toEqual(pipelines);
    });
  });

  test('is refused for the handle of the export of the backup, and the import is named', async () => {
    await withSnapLogicWorkshop(async (workshop) => {
      const { handle } = await imported(workshop);
      const { jobs } = (
        JSON.parse((await workshop.run(['job', 'list', '--json'])).stdout) as {
          runs: { jobs: string[] }[];
        }
      ).runs[0]!;
      const own = jobs.find((one) => one !== handle)!;
      const refused = await workshop.run(['job', 'undo', own, '--yes']);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`migrator job undo ${handle}`) });
      expect(refused.stderr).toContain('the export of a backup');
    });
  });
});
