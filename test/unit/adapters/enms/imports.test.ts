import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { isUncertain } from '../../../../src/core/steps/exactly-once.ts';
import type { ArtifactFile } from '../../../../src/ports/artifact.ts';
import type { ImportRequest, PreparedImport } from '../../../../src/ports/importer.ts';
import { Secret } from '../../../../src/secret.ts';
import { never } from '../../../support/adapter-tools.ts';
import {
  archive,
  brought,
  failed,
  file,
  folderMade,
  folders,
  login,
  metadataText,
  names,
  object,
  packaged,
  alive,
  rest,
  uploaded,
  version,
  withEnms,
} from '../../../support/enms-client.ts';
import { memoryRun } from '../../../support/ports.ts';
import type { Exchange } from '../../../support/scripted-server.ts';
import { startingOnce } from '../../../support/start-once.ts';

const folder = 'lab--import-20261121T043442123Z-ab12cd';
const id = `import/${folder}`;
const device = '- "name": "core-1"\n  "type": "device"\n- "name": "edge-1"\n  "type": "device"\n';
const link = '- "destination": "edge-1"\n  "name": "core-1--edge-1"\n  "source": "core-1"\n  "type": "link"\n';
const files = (contents: Readonly<Record<string, string>>): ArtifactFile[] => [
  ...Object.entries(contents).map(([type, text]) => packaged(`native/${type}.yaml`, text)),
  packaged('native/metadata.yaml', metadataText),
];
const both = files({ device, link });
const request = (
  content: readonly ArtifactFile[],
  options: ImportRequest['options'] = {},
  dryRun = false,
): ImportRequest => ({ source: { id: 'lab', version: '1.0.0-x' }, dryRun, options, files: content });
const ready = [...login, folders(['default'])];

describe('preparing an import', () => {
  test('plans by name and takes the types in the package', async () => {
    const there = object('device', 'core-1', {});
    await withEnms([...ready, names('device', ['core-1']), names('link', []), there], async ({ enms }) => {
      const prepared = await enms.imports!.prepare(request(both), never);
      expect(prepared.plan).toEqual([
        { kind: 'device', name: 'core-1', action: 'unchanged' },
        { kind: 'device', name: 'edge-1', action: 'create' },
        { kind: 'link', name: 'core-1--edge-1', action: 'create' },
      ]);
      expect(prepared.settled['types']).toEqual(['device', 'link']);
      expect(prepared).toMatchObject({ notes: [], consent: undefined });
      expect(prepared.scope).toEqual({ types: ['device', 'link'], related: [], unmarked: [] });
      expect(prepared.backup).toBeUndefined();
    });
  });

  test('objects that no URL can name are overwritten without a look', async () => {
    const odd = ['.', '..', 'a\nb'];
    const content = files({ device: odd.map((name) => `- "name": ${JSON.stringify(name)}\n`).join('') });
    await withEnms([...ready, names('device', odd)], async ({ enms }) => {
      const prepared = await enms.imports!.prepare(request(content), never);
      expect(prepared.plan).toEqual(
        odd.map((name) => ({ kind: 'device', name, action: 'overwrite', detail: 'not compared' })),
      );
    });
  });

  test.each([true, false])('objects that both have are compared: dry run %p', async (dryRun) => {
    const script = [
      ...ready,
      names('device', ['core-1', 'edge-1']),
      names('link', ['core-1--edge-1']),
      object('device', 'core-1', { port: 22, pools: ['x'] }),
      object('device', 'edge-1', { port: 22 }),
      object('link', 'core-1--edge-1', { source: 'core-1', destination: 'other' }),
    ];
    const devices = '- name: core-1\n  port: 22\n- name: edge-1\n  port: 2222\n';
    await withEnms(script, async ({ enms }) => {
      const prepared = await enms.imports!.prepare(request(files({ device: devices, link }), {}, dryRun), never);
      expect(prepared.plan).toEqual([
        { kind: 'device', name: 'core-1', action: 'unchanged' },
        { kind: 'device', name: 'edge-1', action: 'overwrite', detail: 'other port' },
        { kind: 'link', name: 'core-1--edge-1', action: 'overwrite', detail: 'other destination' },
      ]);
      // No row shows the ends of a link.
      expect(prepared.scope).toMatchObject({ related: ['link core-1--edge-1'] });
    });
  });

  test('what the server never imports is kept: its own services, and the account that imports', async () => {
    const script = [
      ...ready,
      names('user', ['admin', 'bob']),
      names('service', ['[Shared] Start']),
      object('user', 'admin', { email: 'old' }),
      object('user', 'bob', { email: 'old' }),
      object('service', '[Shared] Start', { log_level: 1 }),
    ];
    const user = '- name: admin\n  email: new\n- name: bob\n  email: new\n';
    const service = '- name: "[Shared] Start"\n  log_level: 2\n';
    await withEnms(script, async ({ enms }) => {
      const { plan } = await enms.imports!.prepare(request(files({ user, service })), never);
      expect(plan?.map(({ name, action }) => `${action} ${name}`)).toEqual([
        'keep admin',
        'overwrite bob',
        'keep [Shared] Start',
      ]);
    });
  });

  test('files of migrations are no part of the plan', async () => {
    const list = '- name: ">migrations>lab"\n  path: /migrations/lab\n- name: ">a"\n  path: /a\n';
    await withEnms([...ready, names('file', [])], async ({ enms }) => {
      const { plan } = await enms.imports!.prepare(request(files({ file: list })), never);
      expect(plan).toEqual([{ kind: 'file', name: '>a', action: 'create' }]);
    });
  });

  test('a dry run names the relations that an import keeps because they are empty in the package', async () => {
    const pools = '- name: a\n  manually_defined: true\n  devices: []\n- name: b\n  description: new\n  owners: []\n';
    const there = [
      names('pool', ['a', 'b']),
      object('pool', 'a', { manually_defined: true, devices: ['core-1'] }),
      object('pool', 'b', { manually_defined: false, description: 'old', owners: ['admin'] }),
    ];
    await withEnms([...ready, ...there], async ({ enms }) => {
      const prepared = await enms.imports!.prepare(request(files({ pool: pools }), {}, true), never);
      expect(prepared.plan).toEqual([
        { kind: 'pool', name: 'a', action: 'unchanged', detail: 'keeps its devices, which the package has empty' },
        {
          kind: 'pool',
          name: 'b',
          action: 'overwrite',
          detail: 'other description; keeps its owners, which the package has empty',
        },
      ]);
    });
  });

  test('the rows of a large package are compared without a request for each object', async () => {
    const list = Array.from({ length: 4001 }, (_, index) => `d${index}`);
    const page = (start: number) =>
      rest(
        'POST',
        'search',
        { json: list.slice(start, start + 1000).map((name) => ({ name })) },
        {
          type: 'device',
          columns: ['name', 'type'],
          order: [{ column: 0, dir: 'asc' }],
          start,
          maximum_return_records: 1000,
        },
      );
    const rows = rest('GET', 'query/device', {
      json: list.map((name, index) => ({ name, port: index === 0 ? 22 : 1 })),
    });
    const device = list.map((name) => `- name: ${name}\n  port: 22\n`).join('');
    // Only an object whose row is equal is looked at itself.
    const script = [...ready, ...[0, 1000, 2000, 3000, 4000].map(page), rows, object('device', 'd0', { port: 22 })];
    await withEnms(script, async ({ enms }) => {
      const { plan = [], scope } = await enms.imports!.prepare(request(files({ device })), never);
      expect([plan[0], plan[1], scope?.['unmarked']]).toEqual([
        { kind: 'device', name: 'd0', action: 'unchanged' },
        { kind: 'device', name: 'd1', action: 'overwrite', detail: 'other port' },
        [],
      ]);
    });
  });

  test('a single name that the target lacks is refused before anything is sent', async () => {
    await withEnms([...ready, names('link', []), names('device', ['core-1'])], async ({ enms }) => {
      await expect(enms.imports!.prepare(request(files({ link })), never)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining('link "core-1--edge-1" refers to device "edge-1" as destination'),
        details: { count: 1 },
      });
    });
  });

  test('names in lists that the server will leave out are told beforehand', async () => {
    const pool = '- name: site-a\n  manually_defined: true\n  devices: [core-1, ghost]\n';
    await withEnms([...ready, names('device', ['core-1']), names('pool', [])], async ({ enms }) => {
      const prepared = await enms.imports!.prepare(request(files({ pool })), never);
      expect(prepared.notes.join()).toContain('pool "site-a" refers to device "ghost" as devices');
    });
  });

  test('classes that the target does not know are told, and objects that need them are refused', async () => {
    const service = '- name: "[wf] a"\n  type: acme_service\n- name: wf\n  type: workflow\n';
    const edge = '- name: e1\n  source: "[wf] a"\n  destination: wf\n  workflow: wf\n  type: workflow_edge\n';
    const search = (type: string, response: Exchange['response']) =>
      rest('POST', 'search', response, {
        type,
        columns: ['name'],
        order: [{ column: 0, dir: 'asc' }],
        start: 0,
        maximum_return_records: 1,
      });
    const classes = [{ ...search('acme_service', failed), times: 3 }, search('workflow', { json: [] })];
    await withEnms([...ready, ...classes, names('service', [])], async ({ enms }) => {
      const prepared = await enms.imports!.prepare(request(files({ service })), never);
      expect(prepared.notes.join()).toContain('the target knows no acme_service: [wf] a');
    });
    await withEnms([...ready, ...classes, names('service', []), names('workflow_edge', [])], async ({ enms }) => {
      await expect(() => enms.imports!.prepare(request(files({ service, workflow_edge: edge })), never)).toThrowCode(
        'CONFLICT',
      );
    });
  });

  test('a class of which the target has an object is not asked for', async () => {
    const there = names('service', ['x']);
    const typed: Exchange = { ...there, response: { json: [{ name: 'x', type: 'acme_service' }] } };
    await withEnms([...ready, typed], async ({ enms }) => {
      const service = '- name: a\n  type: acme_service\n';
      const { plan, notes } = await enms.imports!.prepare(request(files({ service })), never);
      expect([plan, notes.join()]).toEqual([
        [{ kind: 'service', name: 'a', action: 'create' }],
        expect.not.stringContaining('knows no'),
      ]);
    });
  });

  test.each([
    ['an empty file', files({ device: '' })],
    ['bad YAML', files({ device: '- name: [\n' })],
    ['an object without a name', files({ device: '- port: 22\n' })],
    ['the same name twice', files({ device: '- name: a\n- name: a\n' })],
    ['code to run', files({ device: '- !!python/object/apply:os.system [id]\n' })],
    ['bytes that are no text', [{ ...packaged('native/device.yaml', ''), open: bad }, files({})[0]!]],
    ['a type that is none', [packaged('native/access.yaml', '[]'), ...both]],
    ['a way out of the folder', [packaged('native/../../device.yaml', '[]'), ...both]],
    ['no metadata.yaml', both.slice(0, 2)],
    ['nothing', []],
  ])('refuses %s', async (_, content) => {
    const script = content.some(({ path }) => path === 'native/metadata.yaml') && content.length === 2 ? ready : [];
    await withEnms(script, async ({ enms }) => {
      await expect(() => enms.imports!.prepare(request(content), never)).toThrowCode('PACKAGE_MALFORMED');
    });
  });

  test('a named type must have its file, because the server would skip it silently', async () => {
    await withEnms([], async ({ enms }) => {
      await expect(enms.imports!.prepare(request(both, { type: ['device', 'pool'] }), never)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        details: { missing: ['pool'] },
      });
    });
  });
});

async function* bad() {
  await Promise.resolve();
  yield Uint8Array.of(0x2d, 0x20, 0xff, 0xfe);
}

const all = files({
  user: '- name: admin\n  password: JGFyZ29uMg==\n- name: alice\n',
  group: '[]',
  device,
  file: '[]',
  link,
  service: '[]',
  network: '[]',
  workflow_edge: '[]',
  task: '[]',
  credential: '[]',
  pool: '[]',
});
const there: Readonly<Record<string, readonly string[]>> = {
  user: ['admin', 'bob'],
  device: ['core-1', 'old-1'],
  service: ['[Shared] Start', 'cluster_monitoring'],
};
const types = all.slice(0, -1).map(({ path }) => path.slice('native/'.length, -'.yaml'.length));
const allNames = types.map((type) => names(type, there[type] ?? []));

describe('emptying the database first', () => {
  const empty = { emptyDatabaseBeforeImport: true };

  test('asks for a backup of the same types, and for consent with counts', async () => {
    const both = [object('user', 'admin', {}), object('device', 'core-1', {})];
    const tasks = [
      { name: 'nightly', is_active: true },
      { name: 'hourly', is_active: true },
      { name: 'never', is_active: false },
    ];
    const active = rest('GET', 'query/task', { json: tasks });
    await withEnms([...ready, ...allNames, ...both, active], async ({ enms }) => {
      const prepared = await enms.imports!.prepare(request(all, empty), never);
      expect(prepared.backup).toEqual({
        request: { projects: ['backup'], options: { type: types, privateProperties: true, via: 'web' } },
        restoreWith: { type: types, emptyDatabaseBeforeImport: true, via: 'web' },
      });
      expect(prepared.notes).toContain(
        'tasks that are active now will be inactive, also after an undo: hourly, nightly',
      );
      expect(prepared.consent).toContain('2 users (the package holds 2)');
      expect(prepared.consent).toContain('2 devices (the package holds 2)');
      expect(prepared.consent).toContain('configurations and operational data of devices are lost for good');
      expect(prepared.consent).not.toContain('lose their passwords');
      expect(prepared.plan).toContainEqual({ kind: 'device', name: 'old-1', action: 'delete' });
      expect(prepared.plan).toContainEqual({ kind: 'user', name: 'bob', action: 'delete' });
      // What the server never deletes.
      expect(prepared.plan).toContainEqual({ kind: 'service', name: '[Shared] Start', action: 'beside' });
      expect(prepared.plan).toContainEqual({ kind: 'service', name: 'cluster_monitoring', action: 'delete' });
      expect(prepared.plan).toContainEqual({ kind: 'user', name: 'admin', action: 'unchanged' });
    });
  });

  test.each([
    [{ link }, 'network, pool'],
    [{ user: '[]', group: '[]' }, 'device, link, service, network, task, credential, pool'],
    [{ task: '[]' }, 'pool'],
  ])('of %j is refused, because other objects would lose them for good', async (content, missing) => {
    await withEnms([], async ({ enms }) => {
      await expect(enms.imports!.prepare(request(files(content), empty), never)).rejects.toMatchObject({
        code: 'CONFLICT',
        details: { missing: missing.split(', ') },
      });
    });
  });

  test('of edges alone is allowed, because nothing refers to them', async () => {
    await withEnms([...ready, names('workflow_edge', [])], async ({ enms }) => {
      const prepared = await enms.imports!.prepare(request(files({ workflow_edge: '[]' }), empty), never);
      expect(prepared.consent).toContain('0 workflow_edge');
    });
  });

  test('the question names the passwords that are lost when the package has none', async () => {
    const content = Object.fromEntries(types.map((type) => [type, '[]']));
    const there = types.map((type) => names(type, type === 'user' ? ['admin', 'bob'] : []));
    const tasks = rest('GET', 'query/task', { json: [] });
    await withEnms([...ready, ...there, tasks], async ({ enms }) => {
      const { consent, notes } = await enms.imports!.prepare(request(files(content), empty), never);
      const loss =
        'users, credentials and services lose their passwords, keys and tokens, because the package has none';
      expect(consent).toContain(loss);
      // The question is not shown with --yes.
      expect(notes).toContain(loss);
    });
  });

  test.each([
    ['a private value of a service is in the package', '- name: a\n  jump_password: eA==\n'],
    ['it is in the package under another key', '- name: a\n  custom_password: eA==\n'],
  ])('no loss is named when %s', async (_, service) => {
    const content = { ...Object.fromEntries(types.map((type) => [type, '[]'])), service };
    const there = types.map((type) => names(type, type === 'service' ? ['a'] : []));
    const same = object('service', 'a', {});
    const tasks = rest('GET', 'query/task', { json: [] });
    await withEnms([...ready, ...there, same, tasks], async ({ enms }) => {
      const { consent } = await enms.imports!.prepare(request(files(content), empty), never);
      expect(consent).not.toContain('lose their passwords');
    });
  });

  test.each([
    ['a task of a shared service', '[Shared] Start', '0.0.0.0', true],
    ['a task without a service', null, '0.0.0.0', true],
    ['a task whose service is deleted with it', 'cluster_monitoring', '0.0.0.0', false],
    ['a scheduler that can be reached', null, 'http://127.0.0.1:5001', false],
  ])('is refused where the server would fail half-way, and nowhere else: %s', async (_, service, address, refused) => {
    const content = Object.fromEntries(types.map((type) => [type, '[]']));
    const there = types.map((type) => names(type, type === 'task' ? ['poll'] : []));
    const tasks = rest('GET', 'query/task', { json: [{ name: 'poll', service_name: service }] });
    const servers = rest('GET', 'query/server', { json: [{ version: '4.6', scheduler_address: address }] });
    await withEnms([alive, servers, ...ready, ...there, tasks], async ({ enms }) => {
      await enms.probe(never);
      const preparing = enms.imports!.prepare(request(files(content), empty), never);
      if (refused)
        await expect(preparing).rejects.toMatchObject({
          code: 'CONFLICT',
          message: expect.stringContaining('would fail half-way at poll'),
          details: { tasks: ['poll'] },
        });
      else await expect(preparing).resolves.toMatchObject({ plan: [{ kind: 'task', name: 'poll', action: 'delete' }] });
    });
  });

  test('treats objects that will be deleted as absent', async () => {
    const content = { ...Object.fromEntries(types.map((type) => [type, '[]'])), link };
    const there = types.map((type) => names(type, type === 'device' ? ['core-1', 'edge-1'] : []));
    await withEnms([...ready, ...there], async ({ enms }) => {
      await expect(() => enms.imports!.prepare(request(files(content), empty), never)).toThrowCode('CONFLICT');
    });
  });

  test('is refused for files that were not checked, and with --via rest', async () => {
    await withEnms([], async ({ enms }) => {
      const { files: none, ...unseen } = request(all, empty);
      expect(none).toHaveLength(12);
      await expect(() => enms.imports!.prepare(unseen, never)).toThrowCode('USAGE');
      await expect(() => enms.imports!.prepare(request(all, { ...empty, via: 'rest' }), never)).toThrowCode(
        'UNSUPPORTED',
      );
    });
  });
});

const prepared = (settled: PreparedImport['settled'] = {}): PreparedImport => ({
  source: { id: 'lab', version: '1.0.0-x' },
  dryRun: false,
  settled: {
    way: 'web',
    folder,
    stamp: '20261121T043442123Z-ab12cd',
    types: ['device', 'link'],
    ownPassword: 'keep',
    ownPasswordChanges: false,
    emptied: false,
    skipPoolUpdate: false,
    skipModelUpdate: false,
    ...settled,
  },
  notes: [],
});
const at = (name: string) => `migrations/${folder}/${name}`;
const startedText = '{"types":["device","link"]}\n';
const answerText = (status: number, words: string) => `${JSON.stringify({ status, words })}\n`;
const migrate = (response: Exchange['response'], more: object = {}) =>
  rest('POST', 'migrate/import', response, { name: folder, import_export_types: ['device', 'link'], ...more });
const staging = [
  folderMade(folder),
  ...login,
  uploaded(folder, 'device.yaml', device),
  uploaded(folder, 'link.yaml', link),
  uploaded(folder, 'metadata.yaml', metadataText),
  archive(folder, { 'device.yaml': device, 'link.yaml': link, 'metadata.yaml': metadataText }),
  folders([folder]),
];
/** What is looked at again right before the import. */
const lastLook = [folders([folder]), file(at('metadata.yaml'), metadataText)];
const begun = brought(folder, 'migrator-started.txt', startedText);

describe('staging', () => {
  test('makes the folder, uploads each file, reads it back and looks for the folder', async () => {
    const staged = withEnms(staging, ({ enms }) => enms.imports!.stage!(prepared(), both, never));
    await expect(staged).resolves.toBeUndefined();
  });

  test('stops when the server holds something different from what was sent', async () => {
    const whole = { 'device.yaml': device, 'link.yaml': link, 'metadata.yaml': metadataText };
    const { 'metadata.yaml': left, ...lost } = whole;
    for (const held of [{ ...whole, 'device.yaml': device.slice(0, 30) }, lost]) {
      await withEnms([...staging.slice(0, -2), archive(folder, held)], async ({ enms }) => {
        await expect(() => enms.imports!.stage!(prepared(), both, never)).toThrowCode('REMOTE_UNEXPECTED');
      });
    }
    expect(left).toBe(metadataText);
  });

  test('reads the files back one by one when the server gives out no whole archive', async () => {
    const whole = archive(folder, { 'device.yaml': device, 'link.yaml': link, 'metadata.yaml': metadataText });
    const { text = '' } = whole.response;
    const single = [
      file(at('device.yaml'), device),
      file(at('link.yaml'), link),
      file(at('metadata.yaml'), metadataText),
    ];
    const cut = { ...whole, response: { ...whole.response, text: text.slice(0, -1024) } };
    for (const answer of [archive(folder, undefined), cut]) {
      await withEnms([...staging.slice(0, -2), answer, ...single, folders([folder])], async ({ enms }) => {
        await expect(enms.imports!.stage!(prepared(), both, never)).resolves.toBeUndefined();
      });
    }
  });

  test('stops when the server does not show the folder', async () => {
    await withEnms([...staging.slice(0, -1), folders([])], async ({ enms }) => {
      await expect(() => enms.imports!.stage!(prepared(), both, never)).toThrowCode('CONFLICT');
    });
  });

  test('stops at a proxy that refuses a file of this size, and says which limit to raise', async () => {
    const sent = uploaded(folder, 'device.yaml', device);
    const large: Exchange = { ...sent, response: { status: 413, text: '<html>413 Request Entity Too Large</html>' } };
    await withEnms([...login, folderMade(folder), large, uploaded(folder, 'link.yaml', link)], async ({ enms }) => {
      await expect(enms.imports!.stage!(prepared(), both, never)).rejects.toMatchObject({
        code: 'REMOTE_UNEXPECTED',
        hint: expect.stringContaining('client_max_body_size'),
      });
    });
  });

  test('stops with the words of a server that refuses the folder or a file', async () => {
    const refused = rest('POST', 'instance/folder', {
      json: { failure: [[{ name: folder }, 'Traceback\n  line 1\nValueError: The path resolves outside']] },
    });
    await withEnms([refused], async ({ enms }) => {
      await expect(enms.imports!.stage!(prepared(), both, never)).rejects.toMatchObject({
        code: 'REMOTE_UNEXPECTED',
        message: expect.stringContaining('ValueError: The path resolves outside'),
      });
    });
    const error = 'The path resolves outside of the files folder.';
    const outside: Exchange = {
      request: { method: 'POST', path: '/upload_files' },
      response: { json: { error } },
      times: 'any',
    };
    await withEnms([folderMade(folder), ...login, outside], async ({ enms }) => {
      await expect(enms.imports!.stage!(prepared(), both, never)).rejects.toMatchObject({
        message: expect.stringContaining(error),
      });
    });
  });

  test('leaves out only the password of the account that imports', async () => {
    const user =
      '- name: admin\n  password: JGFyZ29uMg==\n  ratio: 1.0\n  theme: yes\n  since: 2026-1-2\n- name: alice\n  password: QUJD\n';
    const kept =
      '- "name": "admin"\n  "ratio": !!float "1.0"\n  "theme": "yes"\n  "since": "2026-1-2"\n' +
      '- "name": "alice"\n  "password": "QUJD"\n';
    const script = (sent: string) => [
      folderMade(folder),
      ...login,
      uploaded(folder, 'user.yaml', sent),
      uploaded(folder, 'metadata.yaml', metadataText),
      archive(folder, { 'user.yaml': sent, 'metadata.yaml': metadataText }),
      folders([folder]),
    ];
    const content = files({ user });
    const staged = (sent: string, more: object) =>
      withEnms(script(sent), ({ enms }) =>
        enms.imports!.stage!(prepared({ types: ['user'], ...more }), content, never),
      );
    await expect(staged(kept, {})).resolves.toBeUndefined();
    await expect(staged(user, { ownPassword: 'replace' })).resolves.toBeUndefined();
  });
});

describe('an import', () => {
  const answered = (words: string, status = 200) => brought(folder, 'migrator-answer.txt', answerText(status, words));

  test.each([
    ['"Import successful"', { json: 'Import successful' }, 'Import successful', 200],
    ['a partial one', { json: { alert: 'partial import (see logs).' } }, 'partial import (see logs).', 200],
    ['a failed one', failed, 'Error 500 - Internal Server Error.', 500],
  ])('keeps the answer beside the files: %s', async (_, response, words, status) => {
    const script = [...login, ...lastLook, ...begun, migrate(response), ...answered(words, status)];
    await withEnms(script, async ({ enms }) => {
      expect(await enms.imports!.start(prepared(), {}, both, never)).toBe(id);
    });
  });

  test('sends true to empty the database, and never false', async () => {
    const script = [
      ...login,
      ...lastLook,
      ...begun,
      migrate(
        { json: 'Import successful' },
        { empty_database_before_import: true, skip_pool_update: true, skip_model_update: true },
      ),
      ...answered('Import successful'),
    ];
    await withEnms(script, async ({ enms }) => {
      const settled = { emptied: true, skipPoolUpdate: true, skipModelUpdate: true };
      expect(await enms.imports!.start(prepared(settled), {}, both, never)).toBe(id);
    });
  });

  test('is not started when the folder is gone again', async () => {
    const gone = [...login, folders([folder]), file(at('metadata.yaml'), undefined)];
    await withEnms(gone, async ({ enms }) => {
      await expect(() => enms.imports!.start(prepared({ emptied: true }), {}, both, never)).toThrowCode('CONFLICT');
    });
  });

  test('has an id also when its answer is lost', async () => {
    const script = [...login, ...lastLook, ...begun, migrate({ fault: 'reset' })];
    await withEnms(script, async ({ enms, tools }) => {
      expect(await startingOnce(enms, { tools }).imports!.start(prepared(), {}, both, never)).toBe(id);
    });
  });

  test.each([
    ['began', startedText, id],
    ['never began', undefined, undefined],
  ])('that %s is known by the remark beside its files', async (_, text, found) => {
    await withEnms([...login, file(at('migrator-started.txt'), text)], async ({ enms }) => {
      expect(await enms.imports!.find(prepared(), new Date(), never)).toBe(found);
    });
  });

  describe('that was meant to be sent', () => {
    const now = [names('device', ['old']), names('link', [])];
    const later = [names('device', ['old', 'new']), names('link', [])];
    const looked = [
      ...login,
      file(at('migrator-started.txt'), startedText),
      file(at('migrator-answer.txt'), undefined),
    ];
    const printed = createHash('sha256').update('["device",["old"]]').update('["link",[]]').digest('hex');
    const settled = prepared({ namesBefore: printed, objects: 400 });

    test('is awaited as long as an import of its size takes, and has not begun when no name is new or gone', async () => {
      await withEnms([...looked, ...now, ...now], async ({ enms, tools }) => {
        expect(await enms.imports!.find(settled, new Date(), never)).toBeUndefined();
        expect(tools.waits).toHaveLength(1);
      });
    });

    test('is not awaited when that time is over', async () => {
      await withEnms([...looked, ...now], async ({ enms, tools }) => {
        expect(await enms.imports!.find(settled, new Date(Date.now() - 3_600_000), never)).toBeUndefined();
        expect(tools.waits).toEqual([]);
      });
    });

    test.each([
      ['at once', later],
      ['after a while', [...now, ...later]],
    ])('has begun when names are new or gone: %s', async (_, looks) => {
      await withEnms([...looked, ...looks], async ({ enms }) => {
        expect(await enms.imports!.find(settled, new Date(), never)).toBe(id);
      });
    });

    describe('and creates nothing', () => {
      const ports = '- name: core-1\n  port: 2222\n- name: edge-1\n  port: 22\n- name: old\n  port: 1\n';
      const all = names('device', ['core-1', 'edge-1', 'old']);
      const portOf = (name: string, port: number) => object('device', name, { port });
      const before = [portOf('core-1', 22), portOf('edge-1', 22), portOf('old', 22)];
      const print = createHash('sha256').update('["device",["core-1","edge-1","old"]]').digest('hex');
      const witnesses = ['device core-1', 'device old'];
      const update = prepared({ types: ['device'], namesBefore: print, objects: 3, witnesses });
      const looking = (...objects: readonly Exchange[]) => [all, file(at('device.yaml'), ports), ...objects];
      const then = new Date(Date.now() - 3_600_000);

      test('is known by objects that it changes', async () => {
        await withEnms([...ready, all, ...before], async ({ enms }) => {
          const { settled: found } = await enms.imports!.prepare(request(files({ device: ports })), never);
          expect(found['witnesses']).toEqual(witnesses);
        });
        const own = '- name: admin\n  email: new@example.org\n';
        const there = object('user', 'admin', { email: 'old@example.org' });
        await withEnms([...ready, names('user', ['admin']), there], async ({ enms }) => {
          const { settled: found } = await enms.imports!.prepare(request(files({ user: own })), never);
          expect(found['witnesses']).toEqual([]);
        });
      });

      test.each([
        ['has begun when one of them has changed', [portOf('core-1', 2222), portOf('old', 22)], id],
        ['has not begun when none of them has changed', [portOf('core-1', 22), portOf('old', 22)], undefined],
      ])('%s', async (_, objects, found) => {
        await withEnms([...looked, ...looking(...objects)], async ({ enms }) => {
          expect(await enms.imports!.find(update, then, never)).toBe(found);
        });
      });

      const remark = JSON.stringify({ types: ['device'], witnesses });
      const unanswered = [...login, archive(folder, { 'migrator-started.txt': remark, 'device.yaml': ports })];
      const glance = (core: number, old: number) => [all, portOf('core-1', core), portOf('old', old)];

      test('is running as long as one of them has not changed', async () => {
        await withEnms([...unanswered, ...glance(2222, 22)], async ({ enms }) => {
          expect(await enms.jobs.status(id, never)).toMatchObject({ state: 'running', wireState: 'no answer' });
        });
        await withEnms([...unanswered, ...glance(2222, 1)], async ({ enms }) => {
          expect(await enms.jobs.status(id, never)).toMatchObject({ state: 'succeeded' });
        });
      });

      test.each([
        [2222, 'partial', '1 of 2 objects that were looked at are not as the package has them: device old'],
        [22, 'failed', '2 of 2 objects that were looked at are not as the package has them: device core-1, device old'],
      ])('and stands still for long is told with what is missing: port %i', async (core, state, text) => {
        const twice = (exchange: Exchange): Exchange => ({ ...exchange, times: 'any' });
        const script = [...unanswered, ...glance(core, 22)].map((exchange, index) =>
          index < login.length ? exchange : twice(exchange),
        );
        await withEnms(script, async ({ enms, tools }) => {
          expect((await enms.jobs.status(id, never)).state).toBe('running');
          Object.assign(tools.clock, { now: () => new Date(Date.now() + 11 * 60_000) });
          const status = await enms.jobs.status(id, never);
          expect(status.state).toBe(state);
          expect(status.messages[0]?.text).toContain(text);
        });
      });
    });

    test('stays in doubt when its answer is lost and it left no trace', async () => {
      const look = [file(at('migrator-answer.txt'), undefined), ...now, ...now];
      const script = [...login, ...lastLook, ...begun, migrate({ fault: 'reset' }), ...look];
      await withEnms(script, async ({ enms, tools }) => {
        const run = memoryRun();
        const started = startingOnce(enms, { tools, run }).imports!.start(settled, {}, both, never);
        await expect(started).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
        expect(isUncertain(run.record.facts)).toBe(true);
      });
    });
  });

  test('goes on with the new password when it replaces that of its account', async () => {
    const settled = prepared({ ownPassword: 'replace', ownPasswordChanges: true });
    const refused = rest('GET', 'query/server', { status: 401, json: { alert: 'Error 401 - Wrong Credentials.' } });
    const next = `Basic ${Buffer.from('admin:day watch').toString('base64')}`;
    const after: Exchange = {
      request: { method: 'GET', path: '/rest/query/server', headers: { authorization: next } },
      response: { json: [{ version: '4.6' }] },
    };
    const alive: Exchange = {
      request: { method: 'GET', path: '/rest/is_alive', headers: { authorization: next } },
      response: { json: { cluster_id: true } },
    };
    const script = [
      ...login,
      ...lastLook,
      ...begun,
      migrate({ json: 'Import successful' }),
      refused,
      ...answered('Import successful'),
      alive,
      after,
    ];
    await withEnms(script, async ({ enms }) => {
      await enms.imports!.start(settled, { newPassword: new Secret('day watch') }, both, never);
      expect(await enms.probe(never)).toMatchObject({ version: '4.6' });
    });
    await withEnms([], async ({ enms }) => {
      await expect(() => enms.imports!.start(settled, {}, both, never)).toThrowCode('USAGE');
    });
  });

  test('tells beforehand what happens to the password', async () => {
    const user = files({ user: '- name: admin\n  password: QUJD\n' });
    const script = [...ready, names('user', ['admin']), object('user', 'admin', {})];
    await withEnms(script, async ({ enms }) => {
      const { notes, consent } = await enms.imports!.prepare(request(user), never);
      expect([consent, notes.join()]).toEqual([undefined, expect.stringContaining('keeps its own')]);
    });
    await withEnms(script, async ({ enms }) => {
      const { consent } = await enms.imports!.prepare(request(user, { ownPassword: 'replace' }), never);
      expect(consent).toContain('the password of admin there is replaced by the one in the package');
    });
  });

  test('needs an administrator', async () => {
    const forbidden = rest('GET', 'query/server', { status: 403, json: { alert: 'Error 403 - Not Authorized.' } });
    await withEnms([forbidden], async ({ enms }) => {
      await expect(() =>
        enms.imports!.prepare({ source: { id: 'lab', version: '' }, dryRun: false, options: {} }, never),
      ).toThrowCode('AUTH_REFUSED');
    });
    await withEnms([version], async ({ enms }) => {
      const unseen = { source: { id: 'lab', version: '' }, dryRun: false, options: {} };
      expect((await enms.imports!.prepare(unseen, never)).plan).toBeUndefined();
    });
  });
});

describe('the end of an import', () => {
  const left = {
    level: 'info',
    text: expect.stringContaining(`files/migrations/${folder} stays on http://127.0.0.1:`),
  };
  const looked = (devices: readonly string[], links: readonly string[], related = true) => [
    names('device', devices),
    names('link', links),
    object('link', 'core-1--edge-1', related ? { source: 'core-1', destination: 'edge-1' } : {}),
  ];
  const rows = (type: string, list: readonly string[], response?: Exchange['response']) =>
    rest('GET', `query/${type}`, response ?? { json: list.map((name) => ({ name })) });
  const held = { 'migrator-started.txt': startedText, 'device.yaml': device, 'link.yaml': link };
  const unanswered = [...login, archive(folder, held)];
  const end = (words: string, status = 200) => [
    ...login,
    archive(folder, { ...held, 'migrator-answer.txt': answerText(status, words) }),
  ];
  const whole = [rows('device', ['core-1', 'edge-1', 'other']), rows('link', ['core-1--edge-1'])];

  test.each([
    ['Import successful', 200, 'succeeded'],
    ['Import successful.', 200, 'succeeded'],
    ['partial import (see logs).', 200, 'partial'],
    ['Partial Import (see logs).', 200, 'partial'],
    ['Import successful, nearly', 200, 'failed'],
    ['Error 500 - Internal Server Error.', 500, 'failed'],
  ])('%s is %s', async (words, status, state) => {
    await withEnms([...end(words, status), ...whole], async ({ enms }) => {
      const found = await enms.jobs.status(id, never);
      expect(found).toMatchObject({ id, kind: 'import', state, wireState: words });
      if (state !== 'succeeded') expect(found.messages[0]?.text).toContain(words);
      // Nothing to warn of; but what lies on the disk of the server is named.
      else expect(found.messages).toEqual([left]);
    });
  });

  test('is partial when an object of the package is not there', async () => {
    const part = [rows('device', ['core-1']), rows('link', ['core-1--edge-1'])];
    await withEnms([...end('Import successful'), ...part], async ({ enms }) => {
      expect(await enms.jobs.status(id, never)).toMatchObject({
        state: 'partial',
        messages: [{ text: expect.stringContaining('1 of 2 devices are not on the server: edge-1') }, left],
        items: [{ kind: 'device', name: 'edge-1', action: 'failed' }],
      });
    });
    await withEnms([...end('Import successful'), ...whole], async ({ enms }) => {
      const lines: string[] = [];
      for await (const { text } of enms.jobs.log(id, never)) lines.push(text);
      expect(lines).toEqual([
        'Import successful',
        'device: 2 of 2 are there, the server has 3',
        'link: 1 of 1 are there, the server has 1',
      ]);
    });
  });

  test.each([
    ['all is there', looked(['core-1', 'edge-1'], ['core-1--edge-1']), 'succeeded'],
    ['objects are missing', looked(['core-1'], ['core-1--edge-1']), 'running'],
    ['relations are missing', looked(['core-1', 'edge-1'], ['core-1--edge-1'], false), 'running'],
  ] as const)('without an answer: %s', async (_, looks, state) => {
    await withEnms([...unanswered, ...looks], async ({ enms }) => {
      expect((await enms.jobs.status(id, never)).state).toBe(state);
    });
  });

  test('without an answer it has failed soon when the server was started again', async () => {
    const remark = `${JSON.stringify({ types: ['device', 'link'], starts: '2026-11-21 04:00:00.000000' })}\n`;
    const held2 = archive(folder, { ...held, 'migrator-started.txt': remark });
    const glance = looked(['core-1'], ['core-1--edge-1']);
    for (const [at, state] of [
      ['2026-11-21 04:00:00.000000', 'running'],
      ['2026-11-21 05:00:00.000000', 'failed'],
    ]) {
      const servers = rest('GET', 'query/server', { json: [{ version: '4.6', last_restart: at }] });
      await withEnms([...login, held2, ...glance, held2, ...glance, servers], async ({ enms, tools }) => {
        expect((await enms.jobs.status(id, never)).state).toBe('running');
        Object.assign(tools.clock, { now: () => new Date(Date.now() + 30_000) });
        const { state: then, messages } = await enms.jobs.status(id, never);
        expect(then).toBe(state);
        if (state === 'failed') expect(messages[0]?.text).toContain('the server was started again');
      });
    }
  });

  test('is read from names where the server cannot give the rows of a type', async () => {
    const broken = [
      { ...rows('device', [], failed), times: 3 },
      names('device', ['core-1']),
      rows('link', ['core-1--edge-1']),
    ];
    await withEnms([...end('Import successful'), ...broken], async ({ enms }) => {
      expect(await enms.jobs.status(id, never)).toMatchObject({ state: 'partial', items: [{ name: 'edge-1' }] });
    });
  });

  test('reads its rows for the listing that follows too, and that one alone', async () => {
    await withEnms([...end('Import successful'), ...whole, rows('device', []), rows('link', [])], async ({ enms }) => {
      await enms.jobs.status(id, never);
      const scope = await enms.snapshots!.scopeOf([], { type: ['device', 'link'] }, never);
      const namesOf = async (): Promise<readonly string[]> => {
        const found: string[] = [];
        for await (const { name } of enms.snapshots!.take(scope, 'listing', never)) found.push(name);
        return found;
      };
      expect(await namesOf()).toEqual(['core-1', 'edge-1', 'other', 'core-1--edge-1']);
      expect(await namesOf()).toEqual([]);
    });
  });

  test('is none when nobody has imported the files', async () => {
    const script = [...login, archive(folder, { 'device.yaml': device }), folders([folder])];
    await withEnms(script, async ({ enms }) => {
      expect(await enms.jobs.status(id, never)).toMatchObject({ state: 'cancelled', wireState: 'uploaded' });
    });
    await withEnms([...login, archive(folder, {}), folders([])], async ({ enms }) => {
      await expect(() => enms.jobs.status(id, never)).toThrowCode('NOT_FOUND');
    });
  });
});

describe('the list of jobs', () => {
  test('has one job for each folder, newest first', async () => {
    const day = (number: number, work: string) => `lab--${work}-202611${number}T043442123Z-ab12cd`;
    const [exported, imported, waiting, idle] = [
      day(10, 'export'),
      day(11, 'import'),
      day(12, 'import'),
      day(13, 'import'),
    ] as const;
    const all4 = [exported, imported, waiting, idle];
    const script = [
      ...login,
      folders(['default', ...all4], 2),
      file(`migrations/${idle}/migrator-started.txt`, undefined),
      file(`migrations/${waiting}/migrator-started.txt`, startedText),
      file(`migrations/${waiting}/migrator-answer.txt`, undefined),
      file(`migrations/${imported}/migrator-started.txt`, startedText),
      file(`migrations/${imported}/migrator-answer.txt`, answerText(200, 'Import successful')),
      file(`migrations/${exported}/metadata.yaml`, metadataText),
    ];
    await withEnms(script, async ({ enms }) => {
      const jobs = [];
      for await (const { id: job, state } of enms.jobs.list({ all: false, limit: 10 }, never)) jobs.push([job, state]);
      expect(jobs).toEqual([
        [`import/${idle}`, 'cancelled'],
        [`import/${waiting}`, 'running'],
        [`import/${imported}`, 'succeeded'],
        [`export/${exported}`, 'succeeded'],
      ]);
    });
  });
});
