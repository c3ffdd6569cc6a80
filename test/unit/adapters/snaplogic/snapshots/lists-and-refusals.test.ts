import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../../src/secret.ts';
import { never } from '../../../../support/adapter-tools.ts';
import type { Exchange } from '../../../../support/scripted-server.ts';
import {
  all,
  emptyTarget,
  envelope,
  fullTarget,
  get,
  list,
  password,
  refusal,
  username,
  withSnaplogic,
  type Scripted,
} from '../../../../support/snaplogic-client.ts';

const destPath = '/Acme-Prod/Finance/Invoices';
const take = async ({ snap }: Scripted, depth: 'listing' | 'content' = 'listing') => {
  const scope = await snap.snapshots!.scopeOf([destPath], {}, never);
  return all(snap.snapshots!.take(scope, depth, never));
};
const gone = (path: string) => list(path, [], { response: refusal(404) });
const orgs = list('/Acme-Prod', [{ name: 'Finance' }]);
const spaces = list('/Acme-Prod/Finance', [{ name: 'Invoices' }]);

describe('a listing', () => {
  test('is one request, and leaves out Snaplexes and folders', async () => {
    const assets = fullTarget([
      { name: 'load_invoices', type: 'Pipeline', updated: '2026-03-01T00:00:00.000Z' },
      { name: 'plex', type: 'Plex' },
      { name: 'folder', type: 'Dir' },
    ]).slice(2);
    expect(await withSnaplogic([{ ...assets[0]!, times: 1 }], (scripted) => take(scripted))).toEqual([
      { kind: 'Pipeline', name: 'load_invoices', mark: '2026-03-01T00:00:00.000Z' },
    ]);
  });

  test('of a project, a space or a body code 404 that is not there is empty', async () => {
    expect(await withSnaplogic([gone(destPath), ...emptyTarget.slice(1)], (scripted) => take(scripted))).toEqual([]);
    const hidden = list('/Acme-Prod/Finance', [], { response: envelope({ error_list: [] }, 404) });
    const script = [gone(destPath), hidden, list('/Acme-Prod', [{ name: 'Sales' }])];
    expect(await withSnaplogic(script, (scripted) => take(scripted))).toEqual([]);
  });

  test.each<[string, readonly Exchange[], string]>([
    ['a project that may not be listed', [list(destPath, [], { response: refusal(403) })], 'AUTH_REFUSED'],
    ['a project that its space has, and that answers 404', [gone(destPath), spaces], 'AUTH_REFUSED'],
    [
      'a space that its org has, and that answers 404',
      [gone(destPath), gone('/Acme-Prod/Finance'), orgs],
      'AUTH_REFUSED',
    ],
    ['an org that is not shown', [gone(destPath), gone('/Acme-Prod/Finance'), gone('/Acme-Prod')], 'NOT_FOUND'],
  ])('%s is no empty listing', async (_, script, code) => {
    await withSnaplogic(script, (scripted) => expect(() => take(scripted)).toThrowCode(code as 'NOT_FOUND'));
  });
});

describe('a content', () => {
  const api = '/api/1/rest';
  const project = (type: string, name = 'one') => list(destPath, [{ name, type }]);
  const idOfOne = '66a1b2c3d4e5f60700000000';
  const read = (type: string, path: string, response: Exchange['response']) =>
    withSnaplogic([project(type), get(`${api}/${path}`, response)], async (scripted) => {
      const [item] = await take(scripted, 'content');
      return item?.fields;
    });

  test('of a pipeline has its Snaps and links without ids and build numbers', async () => {
    const snap = {
      class_id: 'com-snaplogic-snaps-sql-jdbc-select',
      class_fqid: 'com-snaplogic-snaps-sql-jdbc-select_3-main29765',
      class_build_tag: 'main29765',
      instance_id: '11111111-1111-4111-8111-000000000001',
      instance_fqid: '11111111-1111-4111-8111-000000000001_7',
      instance_version: 7,
      property_map: {
        account: { account_ref: { value: { label: { value: 'erp' }, ref_id: { value: 'x' } } } },
        settings: { query: { value: 'select 1', expression: false } },
      },
    };
    const fields = await read(
      'Pipeline',
      `pipeline/${idOfOne}`,
      envelope({
        class_id: 'com-snaplogic-pipeline',
        instance_id: idOfOne,
        create_time: '2026-01-01T00:00:00.000Z',
        snap_map: { '11111111-1111-4111-8111-000000000001': snap },
        link_map: {},
        property_map: { info: { label: { value: 'one' }, notes: { value: 'n' } } },
        render_map: { default_snaplex: '57f8c2', scale_ratio: 1 },
        org_snode_id: 'x',
        target_runtime: 'cloud',
      }),
    );
    expect(fields).toEqual({
      class_id: 'com-snaplogic-pipeline',
      snap_map: {
        '11111111-1111-4111-8111-000000000001': {
          class_id: 'com-snaplogic-snaps-sql-jdbc-select',
          property_map: {
            account: { account_ref: { value: { label: { value: 'erp' } } } },
            settings: { query: { value: 'select 1', expression: false } },
          },
        },
      },
      link_map: {},
      property_map: { info: { notes: { value: 'n' } } },
      render_map: { scale_ratio: 1 },
    });
  });

  test('of an account has no secret, encrypted or by its name', async () => {
    const encrypted = { value: 'Zm9v', key: 'account-cloud-managed-1', sym_key: 's', sym_iv: 'i', fp: 'f' };
    const settings = {
      host: { value: 'db' },
      password: encrypted,
      other: encrypted,
      api_token: { value: 'hunter2' },
      passphrase: { value: '' },
    };
    const fields = await read(
      'Account',
      'asset/Acme-Prod/Finance/Invoices/one',
      envelope({ property_map: { settings } }),
    );
    expect(fields).toEqual({
      property_map: { settings: { host: { value: 'db' }, password: true, other: true, api_token: true } },
    });
  });

  test('of a task has its pipeline by name, also where only its parameters have it', async () => {
    const task = {
      name: 'one',
      enabled: true,
      metadata: { type: 'triggered' },
      parameters: {
        pipeline_snode_id: '66a1b2c3d4e5f60700000001',
        runtime_path_id: 'Acme-Prod/rt/sidekick/Ground',
        execution_timeout: 60,
      },
    };
    const script = [
      list(destPath, [
        { name: 'one', type: 'Job' },
        { name: 'load', type: 'Pipeline' },
      ]),
      get(`${api}/slsched/job/${idOfOne}`, envelope(task)),
      get(`${api}/pipeline/66a1b2c3d4e5f60700000001`, envelope({})),
    ];
    const [item] = await withSnaplogic(script, (scripted) => take(scripted, 'content'));
    expect(item?.fields).toEqual({
      type: 'triggered',
      enabled: true,
      pipeline: 'load',
      snaplex: 'rt/sidekick/Ground',
      parameters: { execution_timeout: 60 },
    });
  });

  test('of a file is read as any bytes', async () => {
    const exchange = get(`${api}/slfs/Acme-Prod/Finance/Invoices/one`, { text: 'abc' });
    const script = [project('File'), { ...exchange, request: { ...exchange.request, headers: { accept: '*/*' } } }];
    const [item] = await withSnaplogic(script, (scripted) => take(scripted, 'content'));
    expect(item?.fields).toEqual({
      size: 3,
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
  });

  test('an asset that may not be read makes no whole content', async () => {
    await expect(() => read('Pipeline', `pipeline/${idOfOne}`, refusal(403))).toThrowCode('AUTH_REFUSED');
  });
});

describe('a scope', () => {
  const inOrg = { settings: { username, org: 'Acme-Prod' }, secrets: { password: new Secret(password) } };
  const scopeOf = (projects: readonly string[], options = {}, script: readonly Exchange[] = []) =>
    withSnaplogic(script, ({ snap }) => snap.snapshots!.scopeOf(projects, options, never), inOrg);

  test('is the place where a move puts the project', async () => {
    expect(await scopeOf(['/Acme-Dev/Finance/Invoices/'])).toMatchObject({ projects: [destPath] });
    expect(await scopeOf(['x'], { destPath: '/A/b/c' })).toMatchObject({ projects: ['/A/b/c'] });
  });

  test('finds a project by its name alone, and has no project that is not there', async () => {
    const script = [orgs, list('/Acme-Prod/Finance', [{ name: 'Invoices' }])];
    expect(await scopeOf(['Invoices', 'Nowhere'], {}, script)).toMatchObject({ projects: [destPath] });
  });

  test('is USAGE for options that cannot be understood', async () => {
    await expect(() => scopeOf([destPath], { assetType: ['Snapplex'] })).toThrowCode('USAGE');
    await expect(() => scopeOf([destPath], { renameAccount: ['a'] })).toThrowCode('USAGE');
    await expect(() => scopeOf(['a', 'b'], { destPath })).toThrowCode('USAGE');
  });
});
