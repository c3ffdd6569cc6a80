import { afterEach, describe, expect, test } from '@jest/globals';
import { writeZip, type ZipMember } from '../../../../src/emulators/shared/zip.ts';
import { collected, renamed, unzipped } from '../shared/zip-bytes.ts';
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

const invoices = '/Acme-Dev/Finance/Invoices';

const exported = (plane: ControlPlane, project: string, query = '', as = 'admin'): Promise<Answer> =>
  plane.get(`${pub}/project/export${encoded(project)}${query}`, { as });

async function content(zip: Uint8Array): Promise<ReadonlyMap<string, string>> {
  const members = await unzipped(zip);
  return new Map(members.map(({ name, data }) => [name, Buffer.from(data).toString('utf8')]));
}

async function entriesOf(answer: Answer): Promise<readonly Json[]> {
  expect(answer.headers.get('content-type')).toContain('zip');
  const text = (await content(answer.bytes)).get('export.json')!;
  return (JSON.parse(text) as { entries: readonly Json[] }).entries;
}

const namesOf = async (answer: Answer): Promise<readonly unknown[]> =>
  (await entriesOf(answer)).map(({ name }) => name);

interface Parts {
  readonly zip?: Uint8Array;
  readonly accounts?: unknown;
  readonly expressions?: Uint8Array;
}

function form({ zip, accounts, expressions }: Parts): FormData {
  const parts = new FormData();
  if (zip !== undefined) parts.append('file', new Blob([new Uint8Array(zip)]), 'any name.zip');
  if (accounts !== undefined) {
    const text = typeof accounts === 'string' ? accounts : JSON.stringify(accounts);
    parts.append('file_account', new Blob([text]), 'accounts.json');
  }
  if (expressions !== undefined) parts.append('file_expr', new Blob([new Uint8Array(expressions)]), 'expr.zip');
  return parts;
}

const imported = (plane: ControlPlane, path: string, parts: Parts, query = '', as = 'admin'): Promise<Answer> =>
  plane.call('POST', `${pub}/project/import${encoded(path)}${query}`, { form: form(parts), as });

const names = async (plane: ControlPlane, path: string): Promise<readonly unknown[]> =>
  (await plane.list(path)).map(({ name }) => name);

const zipOf = (members: readonly ZipMember[]): Promise<Uint8Array> => collected(writeZip(members));

const member = (name: string, value: unknown): ZipMember => ({
  name,
  data: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});

describe('an export', () => {
  test('has export.json, the template of accounts and the files', async () => {
    const plane = await startPlane();
    const answer = await exported(plane, invoices);
    expect(answer.status).toBe(200);
    const files = await content(answer.bytes);
    expect([...files.keys()]).toEqual([
      'export.json',
      'accounts_template.json',
      'files/rates.json',
      'files/mapping.csv',
    ]);
    expect(files.get('files/mapping.csv')).toBe('from,to\nA,B\n');
  });

  test('has pipelines with their maps, times and ids, tasks and accounts, but no policies', async () => {
    const plane = await startPlane();
    const entries = await entriesOf(await exported(plane, invoices));
    expect(entries).toHaveLength(9);
    expect(entries.find(({ name }) => name === 'load_invoices')).toMatchObject({
      path: `${invoices}/load_invoices`,
      class_id: 'com-snaplogic-pipeline',
      instance_id: expect.stringMatching(/^[0-9a-f]{24}$/) as unknown,
      create_time: expect.stringMatching(/Z$/) as unknown,
      update_time: expect.stringMatching(/Z$/) as unknown,
      snap_map: {},
      link_map: {},
      property_map: {},
    });
    expect(entries.find(({ name }) => name === 'erp_account')).toMatchObject({
      asset_type: 'Account',
      class_version: 2,
      migration_metadata: { source_org: 'Acme-Dev' },
    });
    expect(entries.map(({ asset_type: type }) => type)).not.toContain('Policy');
  });

  test('has no secret, neither in the entries nor in the template', async () => {
    const plane = await startPlane();
    const files = await content((await exported(plane, invoices)).bytes);
    expect([...files.values()].join('\n')).not.toContain('sample-account-password');
    expect(JSON.parse(files.get('accounts_template.json')!)).toMatchObject({
      erp_account: {
        property_map: { settings: { username: { value: 'svc_integration' }, password: { value: null } } },
      },
    });
  });

  test('can be limited to types: one, several with commas, or several parameters', async () => {
    const plane = await startPlane();
    expect(await namesOf(await exported(plane, invoices, '?asset_types=Account'))).toEqual(['erp_account']);
    for (const query of ['?asset_types=Account,File', '?asset_types=Account&asset_types=File']) {
      expect(await namesOf(await exported(plane, invoices, query))).toEqual([
        'erp_account',
        'rates.json',
        'mapping.csv',
      ]);
    }
  });

  test.each([
    ['a type that cannot be exported', invoices, '?asset_types=Policy', 'admin', 400],
    ['a project that does not exist', '/Acme-Dev/Finance/Nothing', '', 'admin', 404],
    ['a project space', '/Acme-Dev/Finance', '', 'admin', 400],
    ['a caller who is not an administrator', invoices, '', 'release', 403],
    ['a pipeline that is secured', '/Acme-Dev/Finance/Payroll', '', 'admin', 403],
  ])('is refused for %s', async (_, path, query, as, status) => {
    const plane = await startPlane();
    const answer = await exported(plane, path, query, as);
    expect(answer.status).toBe(status);
    expect(answer.json['http_status_code']).toBe(status);
  });

  test('leaves out secured assets on request', async () => {
    const plane = await startPlane();
    const answer = await exported(plane, '/Acme-Dev/Finance/Payroll', '?asset_types=File');
    expect(await namesOf(answer)).toEqual(['calendar.txt']);
  });

  test('with more than 200 files needs force', async () => {
    const plane = await startPlane();
    const upload = (number: number) => {
      const one = new FormData();
      one.append('file', new Blob(['x']), 'x');
      return plane.call('POST', `${rest}/slfs${invoices}/f${String(number)}`, { form: one });
    };
    for (let number = 0; number < 199; number += 1) await upload(number);
    expect((await exported(plane, invoices)).status).toBe(413);
    expect(await namesOf(await exported(plane, invoices, '?force=true'))).toHaveLength(9 + 199);
  });

  test('can have single assets', async () => {
    const plane = await startPlane();
    const paths = `${invoices}/notify,/Acme-Dev/shared/common.expr`;
    const answer = await plane.get(`${pub}/project/export/assets?asset_paths=${encodeURIComponent(paths)}`);
    expect(await namesOf(answer)).toEqual(['notify', 'common.expr']);
    expect((await plane.get(`${pub}/project/export/assets`)).status).toBe(400);
    expect((await plane.get(`${pub}/project/export/assets?asset_paths=${invoices}/none`)).status).toBe(404);
  });
});

describe('an import', () => {
  test('makes the project', async () => {
    const plane = await startPlane();
    const zip = (await exported(plane, invoices)).bytes;
    const answer = await imported(plane, '/Acme-Test/Finance/Invoices', { zip });
    expect(answer.map).toMatchObject({ project_path: '/Acme-Test/Finance/Invoices', failed: [] });
    expect(answer.map['successful']).toHaveLength(9);
    const file = await plane.get(`${rest}/slfs/Acme-Test/Finance/Invoices/rates.json`);
    expect(file.text).toBe('{"EUR":1,"USD":1.08}\n');
  });

  test.each(['', '?duplicate_check=skip', '?duplicate_check=true'])(
    'with "%s" leaves what is there and tells of it with 409',
    async (query) => {
      const plane = await startPlane();
      const zip = (await exported(plane, '/Acme-Dev/Sales EMEA/CRM Sync')).bytes;
      const before = await plane.list('/Acme-Test/Sales EMEA/CRM Sync');
      const { map } = await imported(plane, '/Acme-Test/Sales EMEA/CRM Sync', { zip }, query);
      expect(map['successful']).toMatchObject([{ name: 'sync_orders' }]);
      const failed = (map['failed'] as readonly Json[]).map(({ name, status_code: code }) => [name, code]);
      expect(failed).toEqual([
        ['crm_login', 409],
        ['crm_reporting', 409],
        ['sync_contacts', 409],
        ['contacts hourly', 409],
      ]);
      const after = await plane.list('/Acme-Test/Sales EMEA/CRM Sync');
      expect(after.slice(0, before.length)).toEqual(before);
    },
  );

  test.each(['create_new', 'false'])('with %s makes a numbered copy', async (mode) => {
    const plane = await startPlane();
    const zip = (await exported(plane, '/Acme-Dev/Sales EMEA/CRM Sync')).bytes;
    const path = '/Acme-Test/Sales EMEA/CRM Sync';
    for (const copy of ['CRM Sync 1', 'CRM Sync 2']) {
      const { map } = await imported(plane, path, { zip }, `?duplicate_check=${mode}`);
      expect(map).toMatchObject({ project_path: `/Acme-Test/Sales EMEA/${copy}`, failed: [] });
    }
    expect(await names(plane, '/Acme-Test/Sales EMEA')).toEqual(['CRM Sync', 'CRM Sync 1', 'CRM Sync 2']);
  });

  test('with overwrite replaces the types that are named, and skips the others', async () => {
    const plane = await startPlane();
    const zip = (await exported(plane, '/Acme-Dev/Sales EMEA/CRM Sync')).bytes;
    const path = '/Acme-Test/Sales EMEA/CRM Sync';
    const before = (await plane.list(path)).find(({ name }) => name === 'sync_contacts');
    const query = '?duplicate_check=overwrite&overwrite_types=Pipeline,Job';
    const { map } = await imported(plane, path, { zip }, query);
    expect(map['successful']).toContainEqual({
      snode_id: before!['snode_id'],
      name: 'sync_contacts',
      asset_type: 'Pipeline',
    });
    expect(map['failed']).toMatchObject([
      { name: 'crm_login', status_code: 409 },
      { name: 'crm_reporting', status_code: 409 },
    ]);
    expect(await names(plane, path)).toContain('only_in_test');
  });

  test('always overwrites policies', async () => {
    const plane = await startPlane();
    const policy = { name: 'office networks only', asset_type: 'Policy', property_map: { settings: 'new' } };
    const zip = await zipOf([member('export.json', { entries: [policy] })]);
    const { map } = await imported(plane, invoices, { zip });
    expect(map).toMatchObject({ successful: [{ name: 'office networks only' }], failed: [] });
    const read = await plane.get(`${rest}/asset${invoices}/office%20networks%20only`);
    expect(read.map['property_map']).toEqual({ settings: 'new' });
  });

  test('takes accounts from the account file, and encrypts plain values', async () => {
    const plane = await startPlane();
    const zip = (await exported(plane, invoices)).bytes;
    const settings = { hostname: { value: 'prod.db' }, password: { value: 'plain-password' } };
    const accounts = { erp_account: { property_map: { settings } } };
    await imported(plane, '/Acme-Test/Finance/Invoices', { zip, accounts });
    const { map } = await plane.get(`${rest}/asset/Acme-Test/Finance/Invoices/erp_account`);
    expect(map['property_map']).toMatchObject({
      info: { label: { value: 'erp_account' } },
      settings: {
        hostname: { value: 'prod.db' },
        username: { value: 'svc_integration' },
        password: { value: expect.any(String) as unknown, key: expect.any(String) as unknown },
      },
    });
    expect(JSON.stringify(map)).not.toContain('plain-password');
  });

  test('accepts the account file as a plain field too', async () => {
    const plane = await startPlane();
    const parts = form({ zip: (await exported(plane, invoices)).bytes });
    parts.append(
      'file_account',
      JSON.stringify({ erp_account: { property_map: { settings: { hostname: { value: 'prod.db' } } } } }),
    );
    await plane.call('POST', `${pub}/project/import/Acme-Test/Finance/Invoices`, { form: parts });
    const { map } = await plane.get(`${rest}/asset/Acme-Test/Finance/Invoices/erp_account`);
    expect(map['property_map']).toMatchObject({ settings: { hostname: { value: 'prod.db' } } });
  });

  test("is possible by the path of the product's own pages, with its words for duplicates", async () => {
    const plane = await startPlane();
    const zip = (await exported(plane, invoices)).bytes;
    const [first] = await plane.list('/Acme-Test');
    const path = `/api/2/${String(first!['org_snode_id'])}/rest/project/import/Acme-Test/Finance/Invoices`;
    for (const expected of ['/Acme-Test/Finance/Invoices', '/Acme-Test/Finance/Invoices 1']) {
      const answer = await plane.call('POST', `${path}?duplicate_check=False`, { form: form({ zip }) });
      expect(answer.map['project_path']).toBe(expected);
    }
    const answer = await plane.call('POST', `${path}?duplicate_check=True`, { form: form({ zip }) });
    expect(answer.map['failed']).toHaveLength(9);
  });

  test('with the unchanged template changes nothing', async () => {
    const plane = await startPlane();
    const zip = (await exported(plane, invoices)).bytes;
    const accounts = (await content(zip)).get('accounts_template.json');
    const { map } = await imported(plane, '/Acme-Test/Finance/Invoices', { zip, accounts });
    expect(map).toMatchObject({ failed: [], warnings: [] });
    const read = await plane.get(`${rest}/asset/Acme-Test/Finance/Invoices/erp_account`);
    expect(read.map['property_map']).toMatchObject({ settings: { password: { key: expect.any(String) as unknown } } });
  });

  test('puts expression files directly into the project and replaces existing ones', async () => {
    const plane = await startPlane();
    const zip = (await exported(plane, invoices)).bytes;
    const expressions = await zipOf([
      member('deep/down/a.expr', 'one'),
      member('rates.json', 'from the zip'),
      member('other/a.expr', 'two'),
    ]);
    const { map } = await imported(plane, '/Acme-Test/Finance/Invoices', { zip, expressions });
    expect(map['failed']).toEqual([]);
    expect((await plane.get(`${rest}/slfs/Acme-Test/Finance/Invoices/a.expr`)).text).toBe('two');
    expect((await plane.get(`${rest}/slfs/Acme-Test/Finance/Invoices/rates.json`)).text).toBe('from the zip');
  });

  test('in another control plane makes the project, with accounts that it cannot read', async () => {
    const [plane, abroad] = await Promise.all([startPlane(), startPlane({ sample: 'target' })]);
    const zip = (await exported(plane, invoices)).bytes;
    const { map } = await imported(abroad, '/Acme-EU/Finance/Invoices', { zip });
    expect(map).toMatchObject({
      failed: [],
      warnings: [{ name: 'erp_account', message: expect.stringContaining('will not validate') as unknown }],
    });
    const task = (await abroad.list('/Acme-EU/Finance/Invoices')).find(({ name }) => name === 'invoice_webhook');
    expect((await abroad.get(`${rest}/slsched/job/${String(task!['snode_id'])}`)).map).toMatchObject({
      enabled: false,
      pipeline_path: '/Acme-EU/Finance/Invoices/notify',
    });
    const again = { erp_account: { property_map: { settings: { password: { value: 'eu' } } } } };
    const query = '?duplicate_check=overwrite&overwrite_types=Account';
    const second = await imported(abroad, '/Acme-EU/Finance/Invoices', { zip, accounts: again }, query);
    expect(second.map['warnings']).toEqual([]);
  });

  test('without trust makes accounts that will not validate, also within one control plane', async () => {
    const plane = await startPlane();
    const zip = (await exported(plane, invoices, '?asset_types=Account')).bytes;
    const { map } = await imported(plane, '/Acme-Prod/Finance/Invoices', { zip });
    expect(map).toMatchObject({ successful: [{ name: 'erp_account' }], warnings: [{ name: 'erp_account' }] });
    const [from, to] = await Promise.all(
      [invoices, '/Acme-Prod/Finance/Invoices'].map(async (path) => plane.get(`${rest}/asset${path}/erp_account`)),
    );
    expect(to!.map['property_map']).toEqual(from!.map['property_map']);
  });

  test('accepts accounts with the names of members that every object has', async () => {
    const plane = await startPlane();
    const account = { name: 'constructor', asset_type: 'Account', property_map: { settings: 'kept' } };
    const zip = await zipOf([member('export.json', { entries: [account] })]);
    await imported(plane, '/Acme-Test/Finance/X', { zip, accounts: {} });
    const read = await plane.get(`${rest}/asset/Acme-Test/Finance/X/constructor`);
    expect(read.map['property_map']).toEqual({ settings: 'kept' });
  });

  test('keeps the names and the bytes of files', async () => {
    const [plane, abroad] = await Promise.all([startPlane(), startPlane({ sample: 'target' })]);
    const path = '/Acme-Dev/Finance/Ledger & Co 100%+';
    const zip = (await exported(plane, path)).bytes;
    await imported(abroad, '/Acme-EU/Finance/Ledger & Co 100%+', { zip });
    const file = '/Acme-EU/Finance/Ledger & Co 100%+/Kontenplan – Übersicht 50%.csv';
    expect((await abroad.get(`${rest}/slfs${encoded(file)}`)).text).toBe('konto;name\n1000;Kasse\n');
    expect(await names(abroad, '/Acme-EU/Finance/Ledger & Co 100%+')).toEqual(
      expect.arrayContaining(['Buchungen prüfen + senden', 'rate%20limit', 'täglich']),
    );
  });

  test('of a single asset takes only this one', async () => {
    const plane = await startPlane();
    const zip = (await exported(plane, invoices)).bytes;
    await plane.post(`${pub}/assetapi/project/Acme-Test/Finance/Single`, {});
    const { map } = await imported(plane, '/Acme-Test/Finance/Single/notify', { zip });
    expect(map['successful']).toMatchObject([{ name: 'notify' }]);
    expect(await names(plane, '/Acme-Test/Finance/Single')).toEqual(['notify']);
    expect((await imported(plane, '/Acme-Test/Finance/Single/none', { zip })).status).toBe(404);
    const copy = await imported(plane, '/Acme-Test/Finance/Single/notify', { zip }, '?duplicate_check=false');
    expect(copy.status).toBe(400);
  });

  test('can be previewed by list_assets', async () => {
    const plane = await startPlane();
    const zip = (await exported(plane, invoices, '?asset_types=Account,File')).bytes;
    const answer = await plane.call('POST', `${pub}/project/list_assets`, { form: form({ zip }) });
    expect(answer.map).toEqual({
      project_path: invoices,
      assets: {
        Account: [`${invoices}/erp_account`],
        File: [`${invoices}/rates.json`, `${invoices}/mapping.csv`],
      },
    });
  });
});

describe('an import is refused', () => {
  const good = member('export.json', { entries: [] });

  test.each([
    ['no export.json', [member('other.json', '{}')]],
    ['an export.json that is not JSON', [member('export.json', '{')]],
    ['an export.json without entries', [member('export.json', '{}')]],
    ['an entry of an unknown type', [member('export.json', { entries: [{ name: 'x', asset_type: 'Ship' }] })]],
    ['an entry without a name', [member('export.json', { entries: [{ asset_type: 'Policy' }] })]],
    [
      'a file without content',
      [member('export.json', { entries: [{ name: 'x', asset_type: 'File', file: 'files/x' }] })],
    ],
  ])('for a zip with %s', async (_, members) => {
    const plane = await startPlane();
    const answer = await imported(plane, '/Acme-Test/Finance/X', { zip: await zipOf(members) });
    expect(answer.status).toBe(400);
    expect(await names(plane, '/Acme-Test/Finance')).toEqual([]);
  });

  test.each([
    ['that leads out', '../x'],
    ['that is absolute', '/abx'],
    ['that starts with a drive', 'C:ax'],
    ['with a backslash', 'ab\\x'],
  ])('for a zip with a member %s', async (_, name) => {
    const plane = await startPlane();
    const zip = renamed(Buffer.from(await zipOf([good, member('name', 'x')])), 'name', name);
    const answer = await imported(plane, '/Acme-Test/Finance/X', { zip });
    expect(answer.json).toMatchObject({
      response_map: { error_list: [{ message: expect.stringContaining('leads out of it') }] },
    });
    expect(answer.status).toBe(400);
    expect(await names(plane, '/Acme-Test/Finance')).toEqual([]);
  });

  test.each([
    ['no zip', '/Acme-Test/Finance/X', {}, '', 'admin', 400],
    ['bytes that are not a zip', '/Acme-Test/Finance/X', { zip: Buffer.from('not a zip') }, '', 'admin', 400],
    ['a caller who is not an administrator', '/Acme-Test/Finance/X', { zip: Buffer.from('x') }, '', 'release', 403],
    ['a space that does not exist', '/Acme-Test/Nowhere/X', { zip: Buffer.from('x') }, '', 'admin', 404],
    ['an environment that does not exist', '/Acme-EU/Finance/X', { zip: Buffer.from('x') }, '', 'admin', 404],
    ['a name with a question mark', '/Acme-Test/Finance/X?', { zip: Buffer.from('x') }, '', 'admin', 400],
    ['a path that is too short', '/Acme-Test/Finance', { zip: Buffer.from('x') }, '', 'admin', 400],
    ['an unknown mode', '/Acme-Test/Finance/X', { zip: Buffer.from('x') }, '?duplicate_check=maybe', 'admin', 400],
  ])('for %s', async (_, path, parts, query, as, status) => {
    const plane = await startPlane();
    expect((await imported(plane, path, parts, query, as)).status).toBe(status);
  });

  test('for an account file that is not JSON', async () => {
    const plane = await startPlane();
    const zip = (await exported(plane, invoices)).bytes;
    expect((await imported(plane, '/Acme-Test/Finance/X', { zip, accounts: '{' })).status).toBe(400);
    expect(await names(plane, '/Acme-Test/Finance')).toEqual([]);
  });

  test('for a zip that was cut', async () => {
    const plane = await startPlane();
    const zip = (await exported(plane, invoices)).bytes;
    expect((await imported(plane, '/Acme-Test/Finance/X', { zip: zip.subarray(0, zip.length - 40) })).status).toBe(400);
  });

  test('for a body that is not a form', async () => {
    const plane = await startPlane();
    expect((await plane.post(`${pub}/project/import/Acme-Test/Finance/X`, {})).status).toBe(400);
    expect((await plane.post(`${pub}/project/list_assets`, {})).status).toBe(400);
  });
});

test('a fault can cut an export', async () => {
  const plane = await startPlane();
  plane.faults.add(fault('GET /api/1/rest/public/project/export/* cut=100 times=1'));
  await expect(exported(plane, invoices)).rejects.toThrow('terminated');
});
