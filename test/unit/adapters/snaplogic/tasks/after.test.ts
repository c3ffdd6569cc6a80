import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Adapter, Peer } from '../../../../../src/ports/adapter.ts';
import type { Options } from '../../../../../src/ports/options.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { ended, moveProject, snaplogicPlane, type SnaplogicPlane } from '../../../../support/snaplogic-plane.ts';

const project = '/Acme-Dev/Finance/Invoices';

let plane: SnaplogicPlane;
let dev: Adapter;
let target: Peer;
let runs = 0;
let destPath: string;

beforeAll(async () => {
  plane = await snaplogicPlane(['keep-snaplex']);
  dev = plane.org('Acme-Dev').adapter;
  target = plane.org('Acme-Test');
});
afterAll(() => plane.close());
beforeEach(() => {
  destPath = `/Acme-Test/Finance/Run ${++runs}`;
});

const move = (options: Options = {}) => moveProject(dev, target, project, { destPath, ...options });
const again = { noDuplicateCheck: true, assetType: ['Pipeline', 'Job'] };
const onto = { taskSnaplex: ['rt/cloudplex/main=Acme-Test/rt/cloudplex/main'] };

async function task(name: string): Promise<Record<string, unknown>> {
  const { entries } = await plane.call('GET', `asset/list${encodeURI(destPath)}`);
  const { snode_id: id } = (entries as { name: string; snode_id: string }[]).find((entry) => entry.name === name)!;
  return plane.call('GET', `slsched/job/${id}`);
}

const warnings = ({ messages }: { readonly messages: readonly { level: string; text: string }[] }) =>
  messages.filter(({ level }) => level === 'warning').map(({ text }) => text);

test('tasks that arrive disabled, on a Snaplex that the org does not have, are told with counts', async () => {
  const status = await move();
  expect(status.state).toBe('succeeded');
  expect(warnings(status)).toEqual([
    expect.stringMatching(/^3 of 3 tasks that arrived in .*Run 1 are disabled: .*invoice_webhook.*--enable-tasks/),
    expect.stringMatching(/^3 of 3 tasks .* name a Snaplex that Acme-Test does not have: .*--task-snaplex Acme-Dev/),
  ]);
});

test('enabled tasks that are overwritten are told beforehand and afterwards, and nothing is said where none was', async () => {
  await move({ ...onto, enableTasks: true });
  const options = { destPath, ...again };
  const prepared = await dev.moves!.prepare({ project, dryRun: false, options }, target, never);
  expect(prepared.notes).toContainEqual(expect.stringMatching(/^3 tasks of .* enabled are overwritten/));
  const id = await dev.moves!.start(prepared, target, {}, never);
  expect(warnings(await ended(dev, id))).toContainEqual(
    expect.stringContaining('3 of those they replaced were enabled'),
  );
});

test('--task-snaplex and --enable-tasks put the tasks on the Snaplex of the target and enable them', async () => {
  const status = await move({ taskSnaplex: ['main=Acme-Test Cloudplex'], enableTasks: true });
  expect(status).toMatchObject({ state: 'succeeded', messages: [] });
  expect(await task('invoice_webhook')).toMatchObject({
    runtime_path_id: 'Acme-Test/rt/cloudplex/main',
    enabled: true,
  });
});

test('a task that is disabled at both ends stays disabled, and one that was enabled on the target is enabled', async () => {
  await move({ ...onto, enableTasks: true });
  await plane.call('POST', 'public/task/disable', { task_path: `${project}/invoice_webhook` });
  await plane.call('POST', 'public/task/disable', { task_path: `${project}/invoice_stream` });
  await plane.call('POST', 'public/task/disable', { task_path: `${destPath}/invoice_stream` });
  expect(await move({ ...again, ...onto, enableTasks: true })).toMatchObject({ state: 'succeeded' });
  expect([await task('invoice_webhook'), await task('invoice_stream')]).toMatchObject([
    { enabled: true },
    { enabled: false },
  ]);
  for (const name of ['invoice_webhook', 'invoice_stream'])
    await plane.call('POST', 'public/task/enable', { task_path: `${project}/${name}` });
});

test('another process that gets only the id does the same; until then the state is final, and attended', async () => {
  const options = { destPath, ...onto, enableTasks: true };
  const prepared = await dev.moves!.prepare({ project, dryRun: false, options }, target, never);
  const id = await dev.moves!.start(prepared, target, {}, never);
  const other = plane.org('Acme-Dev').adapter;
  let shown = await other.jobs.status(id, never);
  while (shown.state === 'running') shown = await other.jobs.status(id, never);
  expect(shown).toMatchObject({ state: 'succeeded', attended: true });
  expect(warnings(shown)).toContainEqual(expect.stringMatching(/^3 tasks are not yet as .*: .*; job wait sets/));
  const late = plane.org('Acme-Dev').adapter;
  expect(await ended(late, id)).toEqual(expect.objectContaining({ state: 'succeeded', messages: [] }));
  expect(await task('invoice_webhook')).toMatchObject({ enabled: true });
});

test('the wish is met once: what people change afterwards stays, also when another process waits', async () => {
  const options = { destPath, ...onto, enableTasks: true };
  const prepared = await dev.moves!.prepare({ project, dryRun: false, options }, target, never);
  const id = await dev.moves!.start(prepared, target, {}, never);
  await ended(dev, id);
  // Longer than a pause within a migration.
  await new Promise((done) => setTimeout(done, 2100));
  await plane.call('POST', 'public/task/disable', { task_path: `${destPath}/invoice_webhook` });
  for (const adapter of [dev, plane.org('Acme-Dev').adapter]) {
    const status = await ended(adapter, id);
    expect(status.state).toBe('succeeded');
    expect(status.attended).toBeUndefined();
    expect(warnings(status)).toContainEqual(expect.stringMatching(/^1 task is not as .* later changes: .*webhook/));
    expect(await task('invoice_webhook')).toMatchObject({ enabled: false });
  }
});

test('pairs that form a chain or a swap, or whose old Snaplexes can be the same, are refused', async () => {
  const swap = ['rt/cloudplex/main=Acme-Test/rt/groundplex/main', 'rt/groundplex/main=Acme-Test/rt/cloudplex/main'];
  for (const taskSnaplex of [
    swap,
    ['main=Acme-Test/rt/cloudplex/main', 'rt/cloudplex/main=Acme-Test/rt/cloudplex/main'],
    ['main=Acme-Test/rt/cloudplex/main', '/main=Acme-Test/rt/cloudplex/main'],
  ])
    await expect(move({ taskSnaplex })).rejects.toMatchObject({ code: 'USAGE' });
});

test('a swap of another org, by whole ids, is no chain, and a slash in front of an id is no part of it', async () => {
  await expect(
    move({ taskSnaplex: ['/Acme-Dev/rt/cloudplex/main=/Acme-Test/rt/cloudplex/main'], enableTasks: true }),
  ).resolves.toMatchObject({ state: 'succeeded', messages: [] });
  expect(await task('invoice_webhook')).toMatchObject({ runtime_path_id: 'Acme-Test/rt/cloudplex/main' });
});

test('a pair that no task uses is a warning with the Snaplexes of the tasks, also when no task comes', async () => {
  const taskSnaplex = ['rt/cloud/gone=Acme-Test/rt/cloudplex/main'];
  const omitted = async (options: Options) =>
    (await dev.moves!.prepare({ project, dryRun: true, options: { destPath, ...options } }, target, never)).omits;
  expect(await omitted({ taskSnaplex })).toEqual([
    '--task-snaplex rt/cloud/gone=Acme-Test/rt/cloudplex/main changes nothing: the tasks that come are on Acme-Dev/rt/cloudplex/main',
  ]);
  expect(await omitted({ taskSnaplex, assetType: ['Pipeline'] })).toEqual([
    expect.stringMatching(/changes nothing: no task comes$/),
  ]);
  expect(await omitted(onto)).toEqual([]);
});

test('a package is imported in the same way', async () => {
  const exported = await dev.exports!.prepare({ projects: [project], options: {} }, never);
  const made = await dev.exports!.start(exported, {}, undefined, never);
  const { files } = await dev.exports!.fetch(made, exported, never);
  const imports = target.adapter.imports!;
  const options = { destPath, ...onto, enableTasks: true };
  const request = { source: { id: 'invoices', version: '1' }, dryRun: false, options, files };
  const prepared = await imports.prepare(request, never);
  const id = await imports.start(prepared, {}, files, never, options);
  await ended(target.adapter, id);
  expect(await task('invoice_webhook')).toMatchObject({
    runtime_path_id: 'Acme-Test/rt/cloudplex/main',
    enabled: true,
  });
});

test('a Snaplex that the target does not have is refused before anything moves, with those that there are', async () => {
  await expect(move({ taskSnaplex: ['main=Nowhere'] })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    hint: expect.stringContaining('Acme-Test Cloudplex (Acme-Test/rt/cloudplex/main)'),
  });
  await expect(move({ taskSnaplex: ['main'] })).rejects.toMatchObject({ code: 'USAGE' });
});

test('a task that the control plane does not change makes the job partial, with the reason', async () => {
  const release = plane.server.faults.add({ type: 'route', path: '/api/1/rest/public/task/enable', status: 403 });
  try {
    const status = await move({ ...onto, enableTasks: true });
    expect(status).toMatchObject({
      state: 'partial',
      messages: expect.arrayContaining([
        { level: 'error', text: expect.stringMatching(/^Job "invoice_webhook" .*403/) },
      ]),
    });
  } finally {
    release();
  }
});

test('every Snaplex that the org does not have is in the advice, each once', async () => {
  const path = 'asset/list/Acme-Dev/Finance/Invoices';
  const { entries } = await plane.call('GET', path);
  const jobs = (entries as { asset_type: string; snode_id: string }[]).filter(({ asset_type: type }) => type === 'Job');
  const [first] = jobs;
  const before = await plane.call('GET', `slsched/job/${first!.snode_id}`);
  const ofFirst = (id: unknown) =>
    plane.call('PATCH', 'public/task/plex', { task_path: `${project}/${String(before['name'])}`, runtime_path_id: id });
  await ofFirst('Acme-Dev/rt/groundplex/main');
  try {
    const [, text = ''] = warnings(await move());
    expect(text).toContain('--task-snaplex Acme-Dev/rt/groundplex/main=new');
    expect(text.split('--task-snaplex Acme-Dev/rt/cloudplex/main=new')).toHaveLength(2);
  } finally {
    await ofFirst(before['runtime_path_id']);
  }
});
