import { afterEach, describe, expect, test } from '@jest/globals';
import {
  encoded,
  fault,
  pub,
  rest,
  startPlane,
  stopPlanes,
  type Answer,
  type ControlPlane,
  type Json,
} from './control-plane.ts';

afterEach(stopPlanes);

const crm = '/Acme-Dev/Sales EMEA/CRM Sync';
const crmInTest = '/Acme-Test/Sales EMEA/CRM Sync';
const invoices = '/Acme-Dev/Finance/Invoices';
const invoicesInTest = '/Acme-Test/Finance/Invoices';

const begin = (plane: ControlPlane, from: string, body: Json, as = 'admin'): Promise<Answer> =>
  plane.post(`${pub}/project/migrate${encoded(from)}`, body, { as });

async function entry(plane: ControlPlane, project: string, name: string): Promise<Json> {
  const found = (await plane.list(project)).find((one) => one['name'] === name);
  if (found === undefined) throw new Error(`${project} has no ${name}`);
  return found;
}

const idOf = async (plane: ControlPlane, project: string, name: string): Promise<string> =>
  String((await entry(plane, project, name))['snode_id']);

const names = async (plane: ControlPlane, project: string): Promise<readonly unknown[]> =>
  (await plane.list(project)).map(({ name }) => name);

async function pipeline(plane: ControlPlane, project: string, name: string): Promise<Json> {
  return (await plane.get(`${rest}/pipeline/${await idOf(plane, project, name)}`)).map;
}

async function job(plane: ControlPlane, project: string, name: string): Promise<Json> {
  return (await plane.get(`${rest}/slsched/job/${await idOf(plane, project, name)}`)).map;
}

const readerSnap = '11111111-1111-4111-8111-000000000001';

const accountOf = (document: Json): unknown =>
  ((document['snap_map'] as Json)[readerSnap] as { property_map: { account: { account_ref: { value: Json } } } })
    .property_map.account.account_ref.value['ref_id'];

describe('an overwrite', () => {
  test('keeps the snode ids of the target and does not take those of the source', async () => {
    const plane = await startPlane();
    const before = await entry(plane, crmInTest, 'sync_contacts');
    const status = await plane.migrated(crm, { dest_path: crmInTest, duplicate_check: false });
    expect(status).toMatchObject({ status: 'Completed', failed: [] });
    const after = await entry(plane, crmInTest, 'sync_contacts');
    expect(after['snode_id']).toBe(before['snode_id']);
    expect(String(after['time_updated']) > String(before['time_updated'])).toBe(true);
    expect(after['time_created']).toBe(before['time_created']);
    expect(status['successful']).toContainEqual({
      snode_id: before['snode_id'],
      name: 'sync_contacts',
      asset_type: 'Pipeline',
    });
    const versions = await plane.get(`${rest}/pipeline/versions/${String(before['snode_id'])}`);
    expect(versions.map).toHaveLength(2);
  });

  test('keeps assets that only the target has, and does not change the source', async () => {
    const plane = await startPlane();
    const source = await plane.list(crm);
    await plane.migrated(crm, { dest_path: crmInTest, duplicate_check: false });
    expect(await names(plane, crmInTest)).toEqual(expect.arrayContaining(['only_in_test', 'sync_orders']));
    expect(await plane.list(crm)).toEqual(source);
  });

  test('replaces accounts and tasks that were edited in the target, when their types are listed', async () => {
    const plane = await startPlane();
    await plane.migrated(invoices, { dest_path: invoicesInTest });
    const task = await idOf(plane, invoicesInTest, 'Load invoices nightly');
    await plane.call('PUT', `${rest}/slsched/job/${task}`, { json: { schedule: { cron: '0 5 * * MON-FRI' } } });
    await plane.migrated(invoices, { dest_path: invoicesInTest, duplicate_check: false, asset_types: ['Pipeline'] });
    expect((await job(plane, invoicesInTest, 'Load invoices nightly'))['schedule']).toEqual({
      cron: '0 5 * * MON-FRI',
    });
    await plane.migrated(invoices, { dest_path: invoicesInTest, duplicate_check: false, asset_types: ['Job'] });
    expect((await job(plane, invoicesInTest, 'Load invoices nightly'))['schedule']).toMatchObject({
      cron: '15 2 * * *',
    });
  });

  test('fails with 409 for an asset of another type', async () => {
    const plane = await startPlane();
    const form = new FormData();
    form.append('file', new Blob(['x']), 'x');
    await plane.call('POST', `${rest}/slfs${encoded(`${crmInTest}/sync_orders`)}`, { form });
    const status = await plane.migrated(crm, { dest_path: crmInTest, duplicate_check: false });
    expect(status).toMatchObject({ status: 'Completed', failed: [{ name: 'sync_orders', status_code: 409 }] });
  });

  test('that is repeated ends in the same way', async () => {
    const plane = await startPlane();
    const body = { dest_path: crmInTest, duplicate_check: false };
    const [first, second] = [await plane.migrated(crm, body), await plane.migrated(crm, body)];
    expect(second['successful']).toEqual(first['successful']);
    expect(second['status_token']).not.toBe(first['status_token']);
  });
});

describe('references in a migration', () => {
  test('to accounts are matched by name, in the project and in the shared folder', async () => {
    const plane = await startPlane();
    await plane.migrated(invoices, { dest_path: invoicesInTest });
    const own = await pipeline(plane, invoicesInTest, 'load_invoices');
    expect(accountOf(own)).toEqual({ value: await idOf(plane, invoicesInTest, 'erp_account') });
    const shared = await pipeline(plane, invoicesInTest, 'archive_invoices');
    expect(accountOf(shared)).toEqual({ value: await idOf(plane, '/Acme-Test/shared', 's3_archive') });
  });

  test('to a missing account do not change, with a warning', async () => {
    const plane = await startPlane();
    const types = { asset_types: ['Pipeline'] };
    const status = await plane.migrated(invoices, { dest_path: '/Acme-Test/Finance/Renamed', ...types });
    expect(status).toMatchObject({
      status: 'Completed',
      warnings: [{ name: 'load_invoices', message: expect.stringContaining('erp_account') as unknown }],
    });
    const moved = await pipeline(plane, '/Acme-Test/Finance/Renamed', 'load_invoices');
    expect(accountOf(moved)).toEqual({ value: await idOf(plane, invoices, 'erp_account') });
  });

  test('to the default Snaplex of the source do not change', async () => {
    const plane = await startPlane();
    await plane.migrated(invoices, { dest_path: invoicesInTest });
    const { render_map: render } = await pipeline(plane, invoicesInTest, 'notify');
    expect(render).toMatchObject({ default_snaplex: expect.stringMatching(/^Acme-Dev\//) as unknown });
  });

  test('of tasks to a Snaplex become those to the one of the same place', async () => {
    const plane = await startPlane();
    await plane.migrated(invoices, { dest_path: invoicesInTest });
    expect(await job(plane, invoicesInTest, 'invoice_webhook')).toMatchObject({
      runtime_path_id: 'Acme-Test/rt/cloudplex/main',
      enabled: true,
    });
  });

  test('of tasks to pipelines stay, and tasks without their Snaplex are disabled', async () => {
    const plane = await startPlane({ faults: [fault('keep-snaplex')] });
    await plane.migrated(invoices, { dest_path: invoicesInTest });
    expect(await job(plane, invoicesInTest, 'invoice_webhook')).toMatchObject({
      pipeline_name: 'notify',
      pipeline_path: `${invoicesInTest}/notify`,
      pipeline_snode_id: await idOf(plane, invoicesInTest, 'notify'),
      enabled: false,
      metadata: { type: 'triggered' },
    });
  });

  test('within one environment leave a task enabled if its pipeline is copied too', async () => {
    const plane = await startPlane();
    await plane.migrated(invoices, { dest_path: '/Acme-Dev/Finance/Twin' });
    expect((await job(plane, '/Acme-Dev/Finance/Twin', 'invoice_webhook'))['enabled']).toBe(true);
    await plane.migrated(invoices, { dest_path: '/Acme-Dev/Finance/Tasks', asset_types: ['Job'] });
    expect((await job(plane, '/Acme-Dev/Finance/Tasks', 'invoice_webhook'))['enabled']).toBe(false);
  });

  test('of a task to a pipeline that is not copied give a warning', async () => {
    const plane = await startPlane();
    const body = { dest_path: '/Acme-Test/Finance/Tasks', asset_types: ['Job'] };
    const { warnings } = await plane.migrated(invoices, body);
    expect(warnings).toContainEqual(
      expect.objectContaining({ name: 'invoice_webhook', message: expect.stringContaining('notify') as unknown }),
    );
  });

  test('of pipelines to shared files copy the files, unless they exist', async () => {
    const plane = await startPlane();
    const form = new FormData();
    form.append('file', new Blob(['edited in test']), 'common.expr');
    await plane.call('POST', `${rest}/slfs/Acme-Test/shared/common.expr`, { form });
    await plane.migrated(invoices, { dest_path: invoicesInTest });
    const own = await plane.get(`${rest}/slfs/Acme-Test/Finance/shared/invoice.expr`);
    expect(own.text).toBe('{ net: x => x / 1.19 }\n');
    expect((await plane.get(`${rest}/slfs/Acme-Test/shared/common.expr`)).text).toBe('edited in test');
  });
});

describe('by trust and security level', () => {
  test('accounts move to a target that the source trusts, and are encrypted for it', async () => {
    const plane = await startPlane();
    await plane.migrated(invoices, { dest_path: invoicesInTest });
    const read = async (project: string) =>
      ((await plane.get(`${rest}/asset${project}/erp_account`)).map['property_map'] as { settings: Json }).settings;
    const [from, to] = [await read(invoices), await read(invoicesInTest)];
    expect(to['username']).toEqual(from['username']);
    const org = String((await entry(plane, invoicesInTest, 'erp_account'))['org_snode_id']);
    expect((to['password'] as Json)['key']).toContain(org);
    expect(to['password']).not.toEqual(from['password']);
  });

  test('a higher level can receive accounts from a lower one', async () => {
    const plane = await startPlane();
    const status = await plane.migrated(crmInTest, { dest_path: '/Acme-Prod/Finance/CRM' });
    expect(status).toMatchObject({ status: 'Completed', failed: [] });
    expect((await entry(plane, '/Acme-Prod/Finance/CRM', 'crm_login'))['asset_type']).toBe('Account');
  });

  test('a lower level cannot receive accounts from a higher one, trusted or not', async () => {
    const plane = await startPlane();
    await plane.migrated(crmInTest, { dest_path: '/Acme-Prod/Finance/CRM' });
    const status = await plane.migrated('/Acme-Prod/Finance/CRM', { dest_path: '/Acme-Dev/Finance/CRM' });
    expect(status['failed']).toMatchObject([
      { name: 'crm_login', status_code: 403 },
      { name: 'crm_reporting', status_code: 403 },
    ]);
  });

  test('within one environment accounts need no trust', async () => {
    const plane = await startPlane();
    const status = await plane.migrated(crm, { dest_path: '/Acme-Dev/Finance/CRM' });
    expect(status['failed']).toEqual([]);
  });
});

describe('while a migration runs', () => {
  test('assets arrive one after the other', async () => {
    const plane = await startPlane({ pace: 15 });
    const token = (await begin(plane, invoices, { dest_path: invoicesInTest })).map['status_token'];
    const counts = new Set<number>();
    let status: Json;
    do {
      status = (await plane.get(`${pub}/project/migrate/${String(token)}`)).map;
      counts.add((status['successful'] as readonly Json[]).length);
    } while (status['status'] === 'Started');
    expect(counts.size).toBeGreaterThan(2);
    expect(status['successful']).toHaveLength(10);
  });

  test('the project exists from the beginning, so a second call is a conflict', async () => {
    const plane = await startPlane({ pace: 60_000 });
    expect((await begin(plane, invoices, { dest_path: invoicesInTest })).status).toBe(200);
    expect((await begin(plane, invoices, { dest_path: invoicesInTest })).status).toBe(409);
  });

  test('the fault stuck keeps it Started until the fault is removed', async () => {
    const plane = await startPlane();
    const release = plane.faults.add(fault('stuck'));
    const token = (await begin(plane, invoices, { dest_path: invoicesInTest })).map['status_token'];
    await new Promise((resolve) => setTimeout(resolve, 30));
    const status = await plane.get(`${pub}/project/migrate/${String(token)}`);
    expect(status.map).toMatchObject({ status: 'Started', successful: [] });
    release();
    expect((await plane.finished(token))['status']).toBe('Completed');
  });

  test('an asset that is deleted fails with 404', async () => {
    const plane = await startPlane();
    const release = plane.faults.add(fault('stuck'));
    const body = { dest_path: invoicesInTest, asset_types: ['File'] };
    const token = (await begin(plane, invoices, body)).map['status_token'];
    await plane.call('DELETE', `${rest}/asset${invoices}/rates.json`);
    release();
    expect(await plane.finished(token)).toMatchObject({
      status: 'Completed',
      successful: [{ name: 'mapping.csv' }],
      failed: [{ status_code: 404 }],
    });
  });

  test('another migration can run at the same time', async () => {
    const plane = await startPlane({ pace: 2 });
    const [one, two] = await Promise.all([
      plane.migrated(invoices, { dest_path: invoicesInTest }),
      plane.migrated(crm, { dest_path: '/Acme-Test/Finance/CRM' }),
    ]);
    expect([one['status'], two['status']]).toEqual(['Completed', 'Completed']);
  });

  test('a synchronous call can be broken, and the migration goes on', async () => {
    const plane = await startPlane({ pace: 5 });
    plane.faults.add(fault('sync-cut times=1'));
    const body = { dest_path: invoicesInTest, asset_types: ['File'], async: false };
    await expect(begin(plane, invoices, body)).rejects.toThrow('fetch failed');
    while ((await names(plane, invoicesInTest)).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await names(plane, invoicesInTest)).toEqual(['rates.json', 'mapping.csv']);
  });
});

describe('a restart', () => {
  test('finishes the running migration, with the same token and each asset once', async () => {
    const one = await startPlane({ pace: 20 });
    const token = (await begin(one, invoices, { dest_path: invoicesInTest })).map['status_token'];
    while ((await names(one, invoicesInTest)).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await one.close();
    const two = await startPlane({ directory: one.directory });
    const status = await two.finished(token);
    expect(status).toMatchObject({ status: 'Completed', failed: [] });
    const moved = (status['successful'] as readonly Json[]).map(({ name }) => name);
    expect([...moved].sort()).toEqual([...(await names(two, invoices))].sort());
  });

  test('keeps the status of a migration that has ended', async () => {
    const one = await startPlane();
    const status = await one.migrated(crm, { dest_path: crmInTest, duplicate_check: false });
    await one.close();
    const two = await startPlane({ directory: one.directory });
    expect(await two.finished(status['status_token'])).toEqual(status);
  });
});
