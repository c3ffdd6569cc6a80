import { describe, expect, test } from '@jest/globals';
import { isUncertain } from '../../../../src/core/steps/exactly-once.ts';
import type { PreparedExport } from '../../../../src/ports/exporter.ts';
import { never } from '../../../support/adapter-tools.ts';
import {
  archive,
  failed,
  file,
  folders,
  login,
  metadataText,
  rest,
  version,
  withEnms,
  type Scripted,
} from '../../../support/enms-client.ts';
import { memoryRun } from '../../../support/ports.ts';
import type { Exchange } from '../../../support/scripted-server.ts';
import { startingOnce } from '../../../support/start-once.ts';

const eleven = [
  'user',
  'group',
  'device',
  'file',
  'link',
  'service',
  'network',
  'workflow_edge',
  'task',
  'credential',
  'pool',
];
const ready = [version, ...login, folders(['default', 'examples'])];
const folderOf = ({ settled }: PreparedExport): string => String(settled['folder']);

const prepare = ({ enms }: Scripted, options: PreparedExport['settled'] = {}, projects = ['lab']) =>
  enms.exports!.prepare({ projects, options }, never);

/** The folder's name is made up while the script is already written, so exchanges are given by a prepared export. */
const prepared: PreparedExport = {
  package: { id: 'lab', version: '1.0.0-x' },
  projects: [{ id: 'lab', name: 'lab' }],
  settled: {
    way: 'web',
    project: 'lab',
    folder: 'lab--export-20261121T043442123Z-ab12cd',
    stamp: '20261121T043442123Z-ab12cd',
    types: ['device', 'link'],
    privateProperties: false,
  },
  notes: [],
};
const folder = folderOf(prepared);
const id = `export/${folder}`;
const migrate = (response: Exchange['response']): Exchange =>
  rest('POST', 'migrate/export', response, {
    name: folder,
    import_export_types: ['device', 'link'],
    export_private_properties: false,
  });

describe('preparing an export', () => {
  test('chooses a new folder each time and takes all eleven types in the order of the server', async () => {
    await withEnms([...ready, version, folders([])], async (scripted) => {
      const first = await prepare(scripted);
      const second = await prepare(scripted);
      expect(first.settled['types']).toEqual(eleven);
      expect(folderOf(first)).toMatch(/^lab--export-\d{8}T\d{9}Z-[0-9a-f]{6}$/);
      expect(folderOf(first)).not.toBe(folderOf(second));
      expect(first.package).toMatchObject({ id: 'lab', version: expect.stringMatching(/^1\.0\.0-\d{8}T/) });
      expect(first.omits?.join()).toContain('--private-properties');
    });
  });

  test('says that a folder of that name on the server is not what it takes', async () => {
    await withEnms(ready, async (scripted) => {
      const { notes } = await prepare(scripted, {}, ['default']);
      expect(notes.join()).toContain('the folder /migrations/default on the server is not read');
      expect(notes.join()).toContain('migrator package seal default --server-export');
    });
    await withEnms(ready, async (scripted) => {
      expect((await prepare(scripted, {}, ['other'])).notes.join()).not.toContain('is not read');
    });
  });

  test.each([
    [['service'], /workflow_edge/],
    [['task'], /task is exported without service/],
    [['workflow_edge'], /workflow_edge is exported without service/],
    [['link'], /link is exported without device/],
    [['user'], /no group/],
  ])('warns of the open ends of %j', async (type, note) => {
    await withEnms(ready, async (scripted) => {
      expect((await prepare(scripted, { type })).notes.join('\n')).toMatch(note);
    });
  });

  test('warns of nothing when all types that are referred to are exported', async () => {
    await withEnms(ready, async (scripted) => {
      expect((await prepare(scripted, { type: ['device', 'link'] })).notes).toEqual([]);
    });
  });

  test.each(['../../x', 'team/one', 'a b', '', '.', '..', 'a..b', '-x', 'x'.repeat(61)])(
    'refuses the project %j, which the server would take for a path',
    async (name) => {
      await withEnms([], async (scripted) => {
        await expect(prepare(scripted, {}, [name])).rejects.toMatchObject({
          code: 'NOT_FOUND',
          details: { missing: [name] },
        });
      });
    },
  );

  test('refuses two projects, no project and an unknown type', async () => {
    await withEnms([], async (scripted) => {
      await expect(() => prepare(scripted, {}, ['a', 'b'])).toThrowCode('USAGE');
      await expect(() => prepare(scripted, {}, [])).toThrowCode('USAGE');
      await expect(() => prepare(scripted, { type: ['access'] })).toThrowCode('USAGE');
      await expect(() => prepare(scripted, { via: 'pigeon' })).toThrowCode('USAGE');
    });
  });
});

describe('an export by migration files', () => {
  test('sends the key that the server demands and no document names', async () => {
    await withEnms([migrate({ text: 'null\n' })], async ({ enms }) => {
      expect(await enms.exports!.start(prepared, {}, undefined, never)).toBe(id);
    });
  });

  test('says that the server failed and that the reason is in its log', async () => {
    await withEnms([migrate(failed)], async ({ enms }) => {
      await expect(enms.exports!.start(prepared, {}, undefined, never)).rejects.toMatchObject({
        code: 'REMOTE_UNEXPECTED',
        message: expect.stringContaining('Error 500 - Internal Server Error.'),
        hint: expect.stringContaining('log'),
      });
    });
  });

  test.each([
    ['is there', [folder], id],
    ['is not there', ['default'], undefined],
  ])('after a lost answer its folder %s', async (_, present, expected) => {
    const lost = migrate({ status: 504, text: 'timed out' });
    await withEnms([lost, ...login, folders(present, 2)], async ({ enms, tools }) => {
      const started = startingOnce(enms, { tools }).exports!.start(prepared, {}, undefined, never);
      if (expected === undefined) await expect(started).rejects.toMatchObject({ details: { ambiguous: false } });
      else expect(await started).toBe(expected);
      expect(await enms.exports!.find(prepared, new Date(), never)).toBe(expected);
    });
  });

  test('stays in doubt when nobody can look for its folder', async () => {
    const lost = migrate({ status: 504, text: 'timed out' });
    const closed: Exchange = { request: { method: 'GET', path: '/login' }, response: { text: 'nothing here' } };
    await withEnms([lost, closed], async ({ enms, tools }) => {
      const run = memoryRun();
      const started = startingOnce(enms, { tools, run }).exports!.start(prepared, {}, undefined, never);
      await expect(started).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE', details: { ambiguous: true } });
      expect(isUncertain(run.record.facts)).toBe(true);
    });
  });

  test('is finished when metadata.yaml is there, which the server writes last', async () => {
    const metadata = `migrations/${folder}/metadata.yaml`;
    await withEnms([...login, file(metadata, metadataText)], async ({ enms }) => {
      expect(await enms.jobs.status(id, never)).toMatchObject({ id, kind: 'export', state: 'succeeded' });
    });
    const recent = `export/lab--export-${new Date().toISOString().replaceAll(/[-:.]/g, '')}-ab12cd`;
    const path = `migrations/${recent.slice('export/'.length)}/metadata.yaml`;
    const running = [...login, file(path, undefined), folders([recent.slice('export/'.length)])];
    await withEnms(running, async ({ enms }) => {
      expect((await enms.jobs.status(recent, never)).state).toBe('running');
    });
    const old = id.replace('2026', '2020');
    const oldFolder = old.slice('export/'.length);
    const dead = [...login, file(`migrations/${oldFolder}/metadata.yaml`, undefined), folders([oldFolder])];
    await withEnms(dead, async ({ enms }) => {
      expect(await enms.jobs.status(old, never)).toMatchObject({
        state: 'failed',
        messages: [{ level: 'error' }, { level: 'info' }],
      });
    });
    await withEnms([...login, file(metadata, undefined), folders([])], async ({ enms }) => {
      await expect(() => enms.jobs.status(id, never)).toThrowCode('NOT_FOUND');
    });
  });

  test('is fetched as one archive, parsed, and passed on byte for byte', async () => {
    const device = '- "name": "core-1"\n  "port": !!int "22"\n  "type": "router"\n';
    const files = archive(folder, { 'metadata.yaml': metadataText, 'device.yaml': device, 'link.yaml': '[]\n' });
    await withEnms([...login, files], async ({ enms }) => {
      const artifact = await enms.exports!.fetch(id, prepared, never);
      expect(artifact.files.map(({ path }) => path)).toEqual([
        'native/device.yaml',
        'native/link.yaml',
        'native/metadata.yaml',
      ]);
      expect(artifact.files.map(({ size }) => size)).toEqual([device.length, 3, metadataText.length]);
      const chunks: Uint8Array[] = [];
      for await (const chunk of artifact.files[0]!.open(never)) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).toBe(device);
    });
  });

  test('is fetched with its id alone, whole: the name of its folder tells which types it took', async () => {
    const { settled } = await withEnms(ready, (scripted) => prepare(scripted, { type: ['pool', 'group'] }));
    const made = String(settled['folder']);
    const torn = { 'metadata.yaml': metadataText, 'pool.yaml': '- name: All objects\n' };
    const files = { ...torn, 'group.yaml': '[]\n' };
    await withEnms([...login, archive(made, files)], async ({ enms }) => {
      const artifact = await enms.exports!.fetch(`export/${made}`, undefined, never);
      expect(artifact).toMatchObject({ package: { id: 'lab', version: expect.stringMatching(/-[0-9a-f]{6}$/) } });
      expect(artifact.files).toHaveLength(3);
      expect(() => enms.exports!.requireSame!(`export/${made}`, { type: ['group', 'pool'] })).not.toThrow();
      expect(() => enms.exports!.requireSame!(`export/${made}`, { type: ['group', 'device'] })).toThrow(
        expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('took group, pool') }),
      );
    });
    for (const [name, lost] of [
      [made, 'group.yaml'],
      [folder, 'user.yaml'],
    ] as const) {
      await withEnms([...login, archive(name, torn)], async ({ enms }) => {
        await expect(enms.exports!.fetch(`export/${name}`, undefined, never)).rejects.toMatchObject({
          code: 'NOT_FOUND',
          message: expect.stringContaining(lost),
        });
      });
    }
  });

  test.each([
    ['an empty file, as failed calls leave them', '', 'PACKAGE_MALFORMED'],
    ['a file that is cut off', '- "name": "core', 'PACKAGE_MALFORMED'],
    ['an object whose name is empty', '- name: core\n- {"name": "", "description": "no name"}\n', 'UNSUPPORTED'],
    ['a file with code in it', '- !!python/object/apply:os.system ["id"]\n', 'PACKAGE_MALFORMED'],
    ['no file', undefined, 'NOT_FOUND'],
  ] as const)('is refused with %s', async (_, device, code) => {
    const files = archive(folder, {
      'metadata.yaml': metadataText,
      ...(device === undefined ? { 'link.yaml': '[]\n' } : { 'device.yaml': device }),
    });
    await withEnms([...login, files], async ({ enms }) => {
      await expect(() => enms.exports!.fetch(id, prepared, never)).toThrowCode(code);
    });
  });
});

describe('the web session', () => {
  const metadata = `migrations/${folder}/metadata.yaml`;

  test('is opened again when the server has ended it', async () => {
    const over: Exchange = {
      request: { method: 'GET', path: `/download/file/${metadata}` },
      response: { status: 302, headers: { location: '/login?next_url=x' } },
    };
    await withEnms([...login, folders([]), over, ...login, file(metadata, metadataText)], async ({ enms }) => {
      for await (const item of enms.inventory.list('project', never)) expect(item).toBeUndefined();
      expect((await enms.jobs.status(id, never)).state).toBe('succeeded');
    });
  });

  test('is opened again when the server keeps its token but allows it nothing', async () => {
    const alert = { alert: 'Error 403 - Not Authorized.' };
    const nobodys: Exchange = { ...folders([]), response: { status: 403, json: alert } };
    const listed = async ({ enms }: Scripted) => {
      const names: string[] = [];
      for await (const { name } of enms.inventory.list('project', never)) names.push(name);
      return names;
    };
    await withEnms([...login, folders(['a']), nobodys, ...login, folders(['b'])], async (scripted) => {
      expect([await listed(scripted), await listed(scripted)]).toEqual([['a'], ['b']]);
    });
    // Right after a login it is the account that may not.
    const { request } = file(metadata, undefined);
    await withEnms([...login, { request, response: { status: 403, text: '<html>403</html>' } }], async ({ enms }) => {
      await expect(enms.jobs.status(id, never)).rejects.toMatchObject({
        code: 'AUTH_REFUSED',
        message: 'the web interface of eNMS does not allow this (403)',
      });
    });
  });

  test('sends the login method of the configuration', async () => {
    const { request } = login[1]!;
    const tacacs: Exchange = { ...login[1]!, request: { ...request, contains: ['&authentication_method=tacacs'] } };
    const script = [login[0]!, tacacs, file(metadata, metadataText)];
    await withEnms(script, async ({ enms }) => expect((await enms.jobs.status(id, never)).state).toBe('succeeded'), {
      authentication: 'tacacs',
    });
  });

  test('with a wrong password is AUTH_REFUSED, and the password is shown nowhere', async () => {
    const refused: Exchange = { ...login[1]!, response: { status: 403, text: '<!doctype html><title>Login</title>' } };
    await withEnms([login[0]!, refused], async ({ enms, tools }) => {
      const error: unknown = await enms.jobs.status(id, never).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'AUTH_REFUSED', message: expect.stringContaining('admin') });
      const said = JSON.stringify([String(error), error, tools.lines]);
      for (const secret of ['night watch', 'night+watch', 'night%20watch', 'ImY0csrf'])
        expect(said).not.toContain(secret);
    });
  });

  test('without a login page fails with an error that says so', async () => {
    const other: Exchange = { request: { method: 'GET', path: '/login' }, response: { text: '<html>hello</html>' } };
    await withEnms([other], async ({ enms }) => {
      await expect(() => enms.jobs.status(id, never)).toThrowCode('REMOTE_UNEXPECTED');
    });
  });

  test('asks newer builds to scan their disk before a file counts as absent', async () => {
    const unknown = (path: string): Exchange => ({
      request: { method: 'GET', path: `/download/file/${path}` },
      response: { json: { error: 'File not found in database.' } },
    });
    const scan = (folder: string): Exchange => ({
      request: { method: 'POST', path: `/scan_folder/%3E${folder.replace('/', '%3E')}` },
      response: { json: null },
    });
    const migration = [unknown(metadata), scan(`migrations/${folder}`), file(metadata, metadataText)];
    await withEnms([...login, ...migration], async ({ enms }) => {
      expect((await enms.jobs.status(id, never)).state).toBe('succeeded');
    });
    const sheet = `spreadsheets/${folder}.xls`;
    await withEnms([...login, unknown(sheet), scan('spreadsheets'), file(sheet, 'x')], async ({ enms }) => {
      expect((await enms.jobs.status(`topology-export/${folder}.xls`, never)).state).toBe('succeeded');
    });
  });
});
