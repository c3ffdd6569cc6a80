import { crc32 } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { adapter } from '../../../../src/adapters/snaplogic/index.ts';
import type { ArtifactFile } from '../../../../src/ports/artifact.ts';
import type { PreparedImport } from '../../../../src/ports/importer.ts';
import type { Options, Secrets } from '../../../../src/ports/options.ts';
import { Secret } from '../../../../src/secret.ts';
import { adapterTools, never } from '../../../support/adapter-tools.ts';
import type { Exchange } from '../../../support/scripted-server.ts';
import {
  all,
  basic,
  emptyTarget,
  envelope,
  fullTarget,
  list,
  me,
  password,
  refusal,
  username,
  withSnaplogic,
  type Scripted,
} from '../../../support/snaplogic-client.ts';
import { startingOnce } from '../../../support/start-once.ts';
import { bodyOf, withServer } from '../../../support/with-server.ts';
import { zipOf } from '../../../support/zip.ts';

const destPath = '/Acme-Prod/Finance/Invoices';
const origin = '/Acme-Dev/Finance/Invoices';
const template = {
  D001_erp: {
    class_id: 'com-snaplogic-erp-account',
    property_map: { info: { label: { value: 'D001_erp' } }, settings: { password: { value: null } } },
  },
  other: { class_id: 'com-snaplogic-erp-account', property_map: {} },
};
const zip = zipOf({
  'export.json': JSON.stringify({
    entries: [
      { name: 'load_invoices', path: `${origin}/load_invoices`, snap_map: {}, class_id: 'com-snaplogic-pipeline' },
      { name: 'D001_erp', path: `${origin}/D001_erp`, class_id: 'com-snaplogic-erp-account', property_map: {} },
      { name: 'quota', path: `${origin}/quota`, asset_type: 'Policy' },
    ],
  }),
  'accounts_template.json': JSON.stringify(template),
});

/** In small pieces, as a decrypted package comes. */
function fileOf(bytes: Uint8Array, path = 'native/Invoices.zip'): ArtifactFile {
  return {
    path,
    size: bytes.length,
    mediaType: 'application/zip',
    open: async function* () {
      for (let at = 0; at < bytes.length; at += 50) yield await Promise.resolve(bytes.subarray(at, at + 50));
    },
  };
}

const source = { id: 'Acme-Dev.Finance.Invoices', version: '1.0.0-run7' };
const prepare = (
  { snap }: Scripted,
  options: Options = { destPath },
  files: readonly ArtifactFile[] = [fileOf(zip)],
  secrets: Secrets = {},
) => snap.imports!.prepare({ source, dryRun: false, options, files }, never, secrets);

/** The refusal of an import, with its hint. Nothing is asked of a server. */
async function refused(options: Options, accountFile?: string): Promise<string> {
  const secrets = accountFile === undefined ? {} : { accountFile: new Secret(accountFile) };
  return withSnaplogic([], async (scripted) => {
    const error: unknown = await prepare(scripted, { destPath, ...options }, [fileOf(zip)], secrets).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'USAGE' });
    const { message, hint = '' } = error as { readonly message: string; readonly hint?: string };
    return `${message} | ${hint}`;
  });
}

const there = [
  { name: 'load_invoices', type: 'Pipeline' },
  { name: 'D001_erp', type: 'Account' },
  { name: 'quota', type: 'Policy' },
  { name: 'local.csv', type: 'File' },
];
/** A file as the command line hands it over. */
const asOption = (name: string, content: string | Buffer) => `${name}/${Buffer.from(content).toString('base64')}`;
const told = (prepared: PreparedImport) => prepared.plan?.map(({ kind, action }) => `${action} ${kind}`);

describe('prepare', () => {
  test('makes the plan from the zip', async () => {
    const prepared = await withSnaplogic(emptyTarget, (scripted) => prepare(scripted));
    expect(told(prepared)).toEqual(['create Pipeline', 'create Account', 'create Policy']);
    expect(prepared.settled).toMatchObject({ destination: destPath, duplicates: 'skip', existed: false });
    expect(prepared.backup).toBeUndefined();
    expect(prepared.consent).toBeUndefined();
    expect(JSON.parse(JSON.stringify(prepared))).toEqual(prepared);
  });

  test('an existing project is a conflict until an option says what happens to it', async () => {
    await withSnaplogic(fullTarget(there), (scripted) =>
      expect(prepare(scripted)).rejects.toMatchObject({
        code: 'CONFLICT',
        hint: expect.stringContaining('--on-duplicate'),
      }),
    );
  });

  test('skip keeps what is there, except policies', async () => {
    const prepared = await withSnaplogic(fullTarget(there), (scripted) =>
      prepare(scripted, { destPath, onDuplicate: 'skip' }),
    );
    expect(told(prepared)).toEqual(['keep Pipeline', 'keep Account', 'overwrite Policy', 'beside File']);
  });

  test('overwrite takes a backup, allows nothing without an answer, and leaves accounts and tasks alone', async () => {
    const prepared = await withSnaplogic(fullTarget(there), (scripted) =>
      prepare(scripted, { destPath, noDuplicateCheck: true }),
    );
    expect(told(prepared)).toEqual(['overwrite Pipeline', 'keep Account', 'overwrite Policy', 'beside File']);
    expect(prepared.settled).toMatchObject({ duplicates: 'overwrite', overwriteTypes: ['File', 'Flows', 'Pipeline'] });
    expect(prepared.consent).toBeUndefined();
    expect(prepared.plan?.some(({ asked }) => asked)).toBe(false);
    expect(prepared.backup?.request.projects).toEqual([destPath]);
    expect(prepared.backup?.restoreWith).toMatchObject({ destPath, onDuplicate: 'overwrite' });
  });

  test('a named type is overwritten', async () => {
    const prepared = await withSnaplogic(fullTarget(there), (scripted) =>
      prepare(scripted, { destPath, onDuplicate: 'overwrite', overwriteType: ['account', 'tasks'] }),
    );
    expect(told(prepared)).toEqual(['keep Pipeline', 'overwrite Account', 'overwrite Policy', 'beside File']);
  });

  test('expression files overwrite files with their names, also when the rest is kept', async () => {
    const options = {
      destPath,
      onDuplicate: 'skip',
      expressionFile: [asOption('local.csv', '{}'), asOption('new.expr', '{}')],
    };
    const prepared = await withSnaplogic(fullTarget(there), (scripted) => prepare(scripted, options));
    expect(prepared.plan?.filter(({ kind }) => kind === 'File')).toEqual([
      { kind: 'File', name: 'local.csv', action: 'overwrite' },
      { kind: 'File', name: 'new.expr', action: 'create' },
    ]);
    expect(prepared.backup).toBeDefined();
    expect(prepared.notes.join('\n')).toContain('root of the project: local.csv, new.expr');
  });

  test('a renamed account is planned under its new name', async () => {
    const prepared = await withSnaplogic(fullTarget(there), (scripted) =>
      prepare(scripted, { destPath, onDuplicate: 'skip', renameAccount: ['D001_erp=P001_erp'] }),
    );
    expect(prepared.plan?.filter(({ kind }) => kind === 'Account')).toEqual([
      { kind: 'Account', name: 'P001_erp', action: 'create' },
      { kind: 'Account', name: 'D001_erp', action: 'beside' },
    ]);
  });

  test.each([
    ['d001_erp=P', 'D001_erp, other'],
    ['load_invoices=P', 'D001_erp, other'],
    ['D001_erp=other', 'has an account other already'],
    ['D001_erp=load_invoices', 'has a Pipeline load_invoices already'],
    ['D001_erp=quota', 'has a Policy quota already'],
    ['D001_erp=a/b', '"a/b" cannot be a name in SnapLogic'],
    ['D001_erp=../shared/P001', 'cannot be a name in SnapLogic'],
    ['D001_erp=.', '"." cannot be a name in SnapLogic'],
    ['D001_erp=a?b', 'names hold no / \\ ? #'],
  ])('the rename %s is USAGE before anything is asked', async (rename, said) => {
    expect(await refused({ renameAccount: [rename] })).toContain(said);
  });

  test('accounts may swap their names', async () => {
    const prepared = await withSnaplogic(emptyTarget, (scripted) =>
      prepare(scripted, { destPath, renameAccount: ['D001_erp=other', 'other=D001_erp'] }),
    );
    expect(prepared.plan).toContainEqual({ kind: 'Account', name: 'other', action: 'create' });
  });

  test.each<[string, Options]>([
    ['an account', { renameAccount: ['D001_erp=taken'] }],
    ['an expression file', { expressionFile: [asOption('taken', '1')] }],
  ])('%s gets no name that an asset of another type has at the destination', async (_, options) => {
    await withSnaplogic(fullTarget([{ name: 'taken', type: 'Pipeline' }]), async (scripted) => {
      await expect(prepare(scripted, { destPath, onDuplicate: 'skip', ...options })).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringContaining('the destination has a Pipeline "taken"') as unknown,
      });
      const copy = await prepare(scripted, { destPath, onDuplicate: 'create-new', ...options });
      expect(copy.plan).toContainEqual(expect.objectContaining({ name: 'taken', action: 'create' }));
    });
  });

  const filled = (name: string, settings: object, more: object = {}) =>
    JSON.stringify({ [name]: { ...more, property_map: { settings } } });
  const withPassword = { password: { value: 'hunter2' } };
  test.each<[string, string, string]>([
    ['cut off', '{"D001_erp": {\n "property_map": {"settings": {"password": {"value": "hunter2', 'line 2, column 54'],
    ['no list of objects', '["hunter2"]', 'neither a JSON object of accounts by name nor a list'],
    ['a text for an account', '{"D001_erp":"hunter2"}', 'neither a JSON object of accounts'],
    ['no account of the package', filled('D001_eprp', withPassword), 'no account D001_eprp | it has D001_erp, other'],
    ['no account of the package, in a list', '[{"name":"D001_erp"},{"name":"x"}]', 'no account x | it has D001_erp'],
    ['a list with a nameless account', '[{"property_map":{}}]', 'no account number 1, which has no name'],
    ['an account twice', '{"D001_erp":{"class_id":"hunter2"},"D001_erp":{}}', 'the key "D001_erp" more than once'],
    ['a member twice', '{"D001_erp":{"property_map":{},"property_map":{}}}', 'the key "property_map" more than once'],
    ['an account twice in a list', '[{"name":"other"},{"path":"/a/b/c/other"}]', 'lists the account other more than'],
    [
      'a property that the template lacks',
      filled('D001_erp', { passwrod: { value: 'hunter2' } }),
      'no property_map.settings.passwrod | did you mean property_map.settings.password?',
    ],
    [
      'a member that the template lacks',
      filled('D001_erp', {}, { settings: {} }),
      'has no settings | there are class_id',
    ],
    ['letters that were lost', filled('D001_erp', { password: { value: 'hunter2\uFFFD' } }), 'an encoding that cannot'],
    [
      'a label that another asset has',
      '{"D001_erp":{"property_map":{"info":{"label":{"value":"load_invoices"}}}}}',
      'has a Pipeline load_invoices already',
    ],
  ])('an account file with %s is USAGE before anything is asked, and nothing of it is shown', async (_, text, said) => {
    const told = await refused({}, text);
    expect(told).toContain(said);
    expect(told).not.toContain('hunter2');
  });

  test('an account with a new label in the account file is planned under that name', async () => {
    const text = '{"D001_erp":{"property_map":{"info":{"label":{"value":"P001_erp"}}}}}';
    const prepared = await withSnaplogic(emptyTarget, (scripted) =>
      prepare(scripted, { destPath }, [fileOf(zip)], { accountFile: new Secret(text) }),
    );
    expect(prepared.plan).toContainEqual({ kind: 'Account', name: 'P001_erp', action: 'create' });
    expect(prepared.plan).not.toContainEqual(expect.objectContaining({ name: 'D001_erp' }));
  });

  test('the options of an import are checked before a server is known', async () => {
    const given = (options: Options, text?: string) =>
      adapter.request?.({
        verb: 'migrate-project',
        projects: ['a'],
        options,
        secrets: [],
        confided: text === undefined ? {} : { accountFile: new Secret(text) },
      });
    await expect(() => given({}, '{')).toThrowCode('USAGE');
    await expect(() => given({ renameAccount: ['a=b/c'] })).toThrowCode('USAGE');
    await expect(() => given({ taskSnaplex: ['a'] })).toThrowCode('USAGE');
    await expect(() => given({ destPath: '/a/b' })).toThrowCode('USAGE');
    expect(given({ renameAccount: ['a=b'] }, '{}')).toBeDefined();
  });

  test('what is kept says whether the options ask for it', async () => {
    const asked = (options: Options) =>
      withSnaplogic(fullTarget(there), async (scripted) => {
        const { plan = [] } = await prepare(scripted, { destPath, ...options });
        return plan.filter(({ action }) => action === 'keep').map(({ kind, asked = false }) => `${kind} ${asked}`);
      });
    expect(await asked({ onDuplicate: 'skip' })).toEqual(['Pipeline true', 'Account true']);
    expect(await asked({ onDuplicate: 'overwrite', overwriteType: ['Pipeline'] })).toEqual(['Account true']);
    expect(await asked({ onDuplicate: 'overwrite' })).toEqual(['Account false']);
  });

  test('the scope is the destination, and absent for a numbered copy', async () => {
    const scope = (options: Options, target = fullTarget(there)) =>
      withSnaplogic(target, async (scripted) => (await prepare(scripted, { destPath, ...options })).scope);
    expect(await scope({ onDuplicate: 'skip' })).toMatchObject({ projects: [destPath] });
    expect(await scope({ onDuplicate: 'create-new' })).toBeUndefined();
    expect(await scope({ onDuplicate: 'create-new' }, emptyTarget)).toMatchObject({ projects: [destPath] });
  });

  test('keeps expression files as name and digest, not as bytes', async () => {
    const expressionFile = [asOption('a.expr', 'x'.repeat(3000))];
    const prepared = await withSnaplogic(emptyTarget, (scripted) => prepare(scripted, { destPath, expressionFile }));
    expect(prepared.settled['expressionFile']).toEqual([
      expect.stringMatching(/^a\.expr\/sha256:[0-9a-f]{64}$/) as unknown as string,
    ]);
    expect(JSON.stringify(prepared).length).toBeLessThan(3000);
  });

  test('the folders of a zip of expression files are ignored, and notes name the files', async () => {
    const bytes = zipOf({ 'a/x.expr': '{}', 'b/x.expr': '{}', 'y.expr': '{}' });
    const options = { destPath, expressionFile: [asOption('expression.zip', bytes)] };
    const prepared = await withSnaplogic(emptyTarget, (scripted) => prepare(scripted, options));
    expect(prepared.plan?.flatMap(({ kind, name }) => (kind === 'File' ? [name] : []))).toEqual(['x.expr', 'y.expr']);
    expect(prepared.notes.join('\n')).toContain('more than one file of the zip is called x.expr');
  });

  test.each([
    ['a zip beside a file', [asOption('e.zip', zipOf({ a: 'x' })), asOption('b.expr', 'x')]],
    ['two files of one name', [asOption('a.expr', 'x'), asOption('a.expr', 'y')]],
    ['half a zip', [asOption('e.zip', zipOf({ a: 'x' }).subarray(0, 40))]],
  ])('%s is USAGE', async (_, expressionFile) => {
    await withSnaplogic([], (scripted) =>
      expect(() => prepare(scripted, { destPath, expressionFile })).toThrowCode('USAGE'),
    );
  });

  test('an import that may overwrite asks for consent when the account may not look before', async () => {
    const closed = [
      list('/Acme-Prod', [{ name: 'Finance' }]),
      list('/Acme-Prod/Finance', [], { response: refusal(403) }),
      me,
    ];
    const ask = (options: Options) =>
      withSnaplogic(closed, async (scripted) => (await prepare(scripted, { destPath, ...options })).consent);
    expect(await ask({ onDuplicate: 'overwrite' })).toContain('whatever has the same name');
    expect(await ask({ onDuplicate: 'skip', expressionFile: [asOption('a.expr', '')] })).toContain('No backup');
    expect(await ask({ onDuplicate: 'skip' })).toBeUndefined();
    expect(await ask({ onDuplicate: 'create-new', expressionFile: [asOption('a.expr', '')] })).toBeUndefined();
  });

  test('a copy overwrites nothing', async () => {
    const prepared = await withSnaplogic(fullTarget(there), (scripted) =>
      prepare(scripted, { destPath, onDuplicate: 'create-new' }),
    );
    expect(prepared.plan?.every(({ action }) => action === 'create')).toBe(true);
    expect(prepared.settled['duplicates']).toBe('create_new');
    expect(prepared.notes.join()).toContain('a number after its name');
  });

  test('goes to the same space and project in the org of the instance', async () => {
    const prepared = await withSnaplogic(emptyTarget, (scripted) => prepare(scripted, {}), {
      settings: { username, org: 'Acme-Prod' },
    });
    expect(prepared.settled['destination']).toBe(destPath);
  });

  test.each<[string, Options]>([
    ['no destination', {}],
    ['a rename without a new name', { destPath, renameAccount: ['a='] }],
    ['a rename without =', { destPath, renameAccount: ['a'] }],
    ['an account renamed twice', { destPath, renameAccount: ['a=b', 'a=c'] }],
    ['two accounts renamed to one name', { destPath, renameAccount: ['a=c', 'b=c'] }],
    ['a word that is no way out', { destPath, onDuplicate: 'merge' }],
    ['two ways out', { destPath, onDuplicate: 'skip', noDuplicateCheck: true }],
    ['policies to overwrite', { destPath, overwriteType: ['Policy'] }],
  ])('%s is USAGE', async (_, options) => {
    await withSnaplogic([], (scripted) => expect(() => prepare(scripted, options)).toThrowCode('USAGE'));
  });

  test.each<[string, readonly ArtifactFile[]]>([
    ['no file', []],
    ['two files', [fileOf(zip), fileOf(zip, 'native/b.zip')]],
    ['no zip', [fileOf(Buffer.from('hello'))]],
    ['another zip', [fileOf(zipOf({ 'readme.txt': 'x' }))]],
    ['a zip whose list is no JSON', [fileOf(zipOf({ 'export.json': '{' }))]],
    ['a zip that is cut off', [fileOf(zip.subarray(0, zip.length - 40))]],
    ['a zip whose front is missing', [fileOf(zip.subarray(20))]],
  ])('%s is PACKAGE_MALFORMED', async (_, files) => {
    await withSnaplogic([], (scripted) =>
      expect(() => prepare(scripted, { destPath }, files)).toThrowCode('PACKAGE_MALFORMED'),
    );
  });
});

const settled = (more: object = {}): PreparedImport => ({
  source,
  dryRun: false,
  settled: {
    destination: destPath,
    duplicates: 'skip',
    overwriteTypes: [],
    createSpace: false,
    existed: false,
    renameAccount: [],
    ...more,
  },
  notes: [],
});

interface Received {
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Imports into a server that answers this, and returns what it was sent. */
async function imported(prepared: PreparedImport, secrets: Secrets, answer: Exchange['response'], bytes = zip) {
  const received: Received[] = [];
  const tools = adapterTools();
  const status = await withServer(
    (request, response) => {
      void bodyOf(request).then((body) => {
        received.push({ url: request.url ?? '', headers: request.headers, body: body.toString('latin1') });
        response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer.json));
      });
    },
    async (url) => {
      const connection = { name: 'prod', url, settings: { username }, secrets: { password: new Secret(password) } };
      const snap = adapter.create(connection, tools);
      const id = await snap.imports!.start(prepared, secrets, [fileOf(bytes)], never);
      return snap.jobs.status(id, never);
    },
  );
  return { status, received, lines: tools.lines, id: status.id };
}

const done = { successful: [{ snode_id: 'x', name: 'load_invoices', asset_type: 'Pipeline' }], failed: [] };

describe('start', () => {
  test('sends the zip as it is, and what to do with duplicates', async () => {
    const prepared = settled({ duplicates: 'overwrite', overwriteTypes: ['File', 'Pipeline'] });
    const { received, status } = await imported(prepared, {}, envelope(done));
    expect(received).toHaveLength(1);
    const { url, headers, body } = received[0]!;
    expect(url).toBe(
      '/api/1/rest/public/project/import/Acme-Prod/Finance/Invoices?duplicate_check=overwrite&overwrite_types=File%2CPipeline',
    );
    expect(headers['authorization']).toBe(basic);
    expect(body).toContain('name="file"; filename="project.zip"');
    expect(body).toContain(zip.toString('latin1'));
    expect(body).not.toContain('file_account');
    expect(status).toMatchObject({
      kind: 'import',
      state: 'succeeded',
      items: [{ kind: 'Pipeline', name: 'load_invoices', action: 'done' }],
    });
  });

  test('packs expression files into a zip, and sends a zip as it is', async () => {
    const files = settled({ expressionFile: [asOption('größe.expr', '{ x: 1 }'), asOption('b.expr', '{}')] });
    const packed = (await imported(files, {}, envelope(done))).received[0]!.body;
    const at = packed.indexOf('name="file_expr"');
    const bytes = Buffer.from(packed.slice(packed.indexOf('PK', at), packed.indexOf('\r\n--', at)), 'latin1');
    const members: Record<string, string> = {};
    for (let local = 0; bytes.readUInt32LE(local) === 0x04034b50;) {
      const [crc, length, name] = [
        bytes.readUInt32LE(local + 14),
        bytes.readUInt32LE(local + 18),
        bytes.readUInt16LE(local + 26),
      ];
      const content = bytes.subarray(local + 30 + name, local + 30 + name + length);
      expect(crc32(content)).toBe(crc);
      members[bytes.subarray(local + 30, local + 30 + name).toString()] = content.toString();
      local += 30 + name + length;
    }
    expect(members).toEqual({ 'größe.expr': '{ x: 1 }', 'b.expr': '{}' });
    const zipped = zipOf({ 'lib/x.expr': '{}' });
    const whole = settled({ expressionFile: [asOption('expression.zip', zipped)] });
    expect((await imported(whole, {}, envelope(done))).received[0]!.body).toContain(zipped.toString('latin1'));
  });

  test('sends expression files that were prepared by digest, from memory or from the options of the request', async () => {
    const options = {
      destPath,
      expressionFile: [asOption('a.expr', '{ answer: 42 }'), asOption('b.expr', '{ answer: 42 }')],
    };
    const post: Exchange = {
      request: {
        method: 'POST',
        path: '/api/1/rest/public/project/import/Acme-Prod/Finance/Invoices',
        query: { duplicate_check: 'skip' },
        contains: ['{ answer: 42 }', 'a.expr', 'b.expr'],
      },
      response: envelope(done),
    };
    const prepared = await withSnaplogic([...emptyTarget, post], async (scripted) => {
      const one = await prepare(scripted, options);
      await scripted.snap.imports!.start(one, {}, [fileOf(zip)], never);
      return one;
    });
    await withSnaplogic([post], ({ snap }) => snap.imports!.start(prepared, {}, [fileOf(zip)], never, options));
    for (const other of [{}, { expressionFile: [asOption('a.expr', '{ answer: 43 }')] }]) {
      await withSnaplogic([], ({ snap }) =>
        expect(() => snap.imports!.start(prepared, {}, [fileOf(zip)], never, other)).toThrowCode('CONFLICT'),
      );
    }
  });

  test('renames accounts by the template, and sends no other account', async () => {
    const { received } = await imported(settled({ renameAccount: ['D001_erp=P001_erp'] }), {}, envelope(done));
    const part = /name="file_account"[^{]*(\{.*\})\r\n--/.exec(received[0]!.body)?.[1] ?? '';
    const expected = structuredClone(template.D001_erp);
    expected.property_map.info.label.value = 'P001_erp';
    expect(JSON.parse(part)).toEqual({ D001_erp: expected });
  });

  test('sends a filled-in account file with the renames, and shows nothing of it', async () => {
    const secretText = 'the new erp password';
    const filled = { D001_erp: { property_map: { settings: { password: { value: secretText } } } } };
    const { received, lines, status } = await imported(
      settled({ renameAccount: ['D001_erp=P001_erp'] }),
      { accountFile: new Secret(JSON.stringify(filled)) },
      envelope(done),
    );
    expect(received[0]!.body).toContain(
      `"settings":{"password":{"value":"${secretText}"}},"info":{"label":{"value":"P001_erp"}}`,
    );
    expect(JSON.stringify([lines, status])).not.toContain(secretText);
  });

  test('sends an account file without renames byte for byte, a list too', async () => {
    for (const text of ['{ "D001_erp": {"class_id": 12345678901234567890} }', '[ {"name": "D001_erp"} ]']) {
      const { received } = await imported(settled(), { accountFile: new Secret(text) }, envelope(done));
      expect(received[0]!.body).toContain(`\r\n\r\n${text}\r\n--`);
    }
  });

  test.each([
    ['by its label', { property_map: { info: { label: { value: 'D001_erp' } } } }],
    ['by its name', { name: 'D001_erp' }],
    ['by its path', { path: `${origin}/D001_erp` }],
  ])('a template that is a list is known %s', async (_, account) => {
    const list = zipOf({
      'export.json': JSON.stringify({ entries: [] }),
      'accounts_template.json': JSON.stringify([{ name: 'other' }, account]),
    });
    const prepared = settled({ renameAccount: ['D001_erp=P001_erp'] });
    const { received } = await imported(prepared, {}, envelope(done), list);
    const part = /name="file_account"[^[]*(\[.*\])\r\n--/.exec(received[0]!.body)?.[1] ?? '';
    expect(JSON.parse(part)).toEqual([{ ...account, property_map: { info: { label: { value: 'P001_erp' } } } }]);
  });

  test.each<[string, object, Secrets]>([
    ['an account that is not there', { renameAccount: ['d001_erp=P'] }, {}],
    ['an account file that is no JSON', {}, { accountFile: new Secret('{"password": "hunter2"') }],
    ['an account file that is no list of objects', {}, { accountFile: new Secret('["hunter2"]') }],
  ])('%s is USAGE, and nothing is sent', async (_, more, secrets) => {
    await withSnaplogic([], async ({ snap }) => {
      const error: unknown = await snap
        .imports!.start(settled(more), secrets, [fileOf(zip)], never)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'USAGE' });
      expect(`${String(error)} ${JSON.stringify(error)} ${String((error as Error).cause)}`).not.toContain('hunter2');
    });
  });

  test('skipped assets are no failure, other assets that were not imported are', async () => {
    const failed = [
      {
        snode_id: 'x',
        name: 'D001_erp',
        asset_type: 'Account',
        status_code: 409,
        reason: 'HTTP Code: 409 Status: CONFLICT',
      },
    ];
    const skipped = await imported(settled(), {}, envelope({ ...done, failed }));
    expect(skipped.status).toMatchObject({ state: 'succeeded', messages: [] });
    expect(skipped.status.items?.[1]).toMatchObject({ name: 'D001_erp', action: 'skipped' });
    const worse = [...failed, { name: 'b', status_code: 403, reason: '' }];
    const partial = await imported(settled(), {}, envelope({ ...done, failed: worse }));
    expect(partial.status).toMatchObject({ state: 'partial' });
    expect(partial.status.items?.[2]).toMatchObject({ action: 'failed', reason: 'HTTP 403' });
  });

  test('a copy tells its path', async () => {
    const answer = envelope({ ...done, project_path: `${destPath} 1` });
    const { status, id } = await imported(settled({ duplicates: 'create_new' }), {}, answer);
    expect(status.messages).toEqual([{ level: 'info', text: `imported as ${destPath} 1` }]);
    expect(id).toMatch(/,\/Acme-Prod\/Finance\/Invoices%201,create_new,1\+0\+0\+0$/);
  });

  test('no refusal repeats an account file', async () => {
    const secrets = { accountFile: new Secret('{"D001_erp":{"class_id":"hunter2"}}') };
    const answer = { status: 400, json: { http_status_code: 400, response_map: { error_list: [{ message: 'bad' }] } } };
    await expect(imported(settled(), secrets, answer)).rejects.toMatchObject({
      code: 'REMOTE_UNEXPECTED',
      details: { status: 400, ambiguous: false },
    });
  });
});

describe('a lost answer', () => {
  const post: Exchange = {
    request: {
      method: 'POST',
      path: '/api/1/rest/public/project/import/Acme-Prod/Finance/Invoices',
      query: { duplicate_check: 'skip' },
    },
    response: { fault: 'reset' },
  };
  const future = '2030-01-01T00:00:00.000Z';
  const start = ({ snap, tools }: Scripted, prepared = settled()) =>
    startingOnce(snap, { tools }).imports!.start(prepared, {}, [fileOf(zip)], never);

  test('is found by what has changed, and the result is only partly known', async () => {
    const target = fullTarget([{ name: 'load_invoices', type: 'Pipeline', updated: future }], { created: future });
    await withSnaplogic([post, ...target], async (scripted) => {
      const id = await start(scripted);
      expect(id).toMatch(/^import,\d{8}T\d{9}Z,\/Acme-Prod\/Finance\/Invoices,skip,-$/);
      expect(await scripted.snap.jobs.status(id, never)).toMatchObject({
        state: 'partial',
        wireState: 'answer not heard',
        messages: [{ level: 'warning', text: expect.stringContaining('1 asset of') }],
        items: [{ kind: 'Pipeline', name: 'load_invoices', action: 'done' }],
      });
    });
  });

  test('that cannot be read is settled in the same way', async () => {
    const target = fullTarget([{ name: 'load_invoices', type: 'Pipeline', updated: future }], { created: future });
    for (const response of [envelope('what?'), { text: '<html></html>' }]) {
      await withSnaplogic([{ ...post, response }, ...target], async (scripted) => {
        expect(await start(scripted)).toMatch(/^import,/);
      });
      await withSnaplogic([{ ...post, response }], ({ snap }) =>
        expect(snap.imports!.start(settled(), {}, [fileOf(zip)], never)).rejects.toMatchObject({
          code: 'REMOTE_UNEXPECTED',
          details: { ambiguous: true },
        }),
      );
    }
  });

  test.each<[string, Exchange['response']]>([
    ['an empty body', { text: '' }],
    ['{}', { json: {} }],
    ['an empty response_map', envelope({})],
    ['empty lists, although the package has assets', envelope({ successful: [], failed: [] })],
    ['202', { ...envelope(done), status: 202 }],
  ])('%s is no result: the target is looked at', async (_, response) => {
    const script = [{ ...post, response }];
    const arrived = fullTarget([{ name: 'load_invoices', type: 'Pipeline', updated: future }], { created: future });
    await withSnaplogic([...script, ...arrived], async (scripted) => {
      const id = await start(scripted);
      expect(await scripted.snap.jobs.status(id, never)).toMatchObject({ state: 'partial' });
    });
    await withSnaplogic([...script, ...emptyTarget], (scripted) =>
      expect(start(scripted)).rejects.toMatchObject({ code: 'REMOTE_UNEXPECTED', details: { ambiguous: false } }),
    );
  });

  test('leaves the found import in the list of jobs', async () => {
    const target = fullTarget([{ name: 'load_invoices', type: 'Pipeline', updated: future }], { created: future });
    // The space is known by the second look.
    const looks = target.map((exchange, at): Exchange => ({ ...exchange, times: at === 0 ? 1 : 2 }));
    await withSnaplogic([post, ...looks], async (scripted) => {
      const id = await start(scripted);
      const listed = await all(scripted.snap.jobs.list({ all: false, limit: 5 }, never));
      expect(listed).toMatchObject([{ id, title: 'into /Acme-Prod/Finance/Invoices' }]);
    });
  });

  test('means no import when the project is still not there', async () => {
    await withSnaplogic([post, ...emptyTarget], (scripted) =>
      expect(start(scripted)).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE', details: { ambiguous: false } }),
    );
  });

  test('stays in doubt for a copy', async () => {
    await withSnaplogic(fullTarget([]), ({ snap }) =>
      expect(() =>
        snap.imports!.find(settled({ existed: true, duplicates: 'create_new' }), new Date(), never),
      ).toThrowCode('CONFLICT'),
    );
  });

  test.each([
    ['1+0+1+0', 'succeeded', 'info'],
    ['1+1+0+0', 'partial', 'warning'],
    ['1+0+0+1', 'partial', 'warning'],
    ['0+2+0+0', 'failed', 'warning'],
    ['0+0+3+0', 'succeeded', 'info'],
  ])('a handle that was made after the answer %s shows %s in another process', async (told, state, level) => {
    const [first] = there;
    const target = fullTarget([{ ...first!, updated: future }]);
    await withSnaplogic(target, async ({ snap }) => {
      const id = `import,20260504T091200000Z,/Acme-Prod/Finance/Invoices,skip,${told}`;
      const status = await snap.jobs.status(id, never);
      expect(status).toMatchObject({ state, wireState: 'answered', items: [{ name: 'load_invoices' }] });
      expect(status.messages).toEqual([
        { level, text: expect.stringContaining(`${told[0]!} done, ${told[2]!} failed`) },
      ]);
    });
  });

  test('a handle whose answer counted no asset is no success', async () => {
    await withSnaplogic(fullTarget(there), async ({ snap }) => {
      const now = new Date().toISOString().replaceAll(/[-:.]/g, '');
      const id = `import,${now},/Acme-Prod/Finance/Invoices,skip,0+0+0+0`;
      expect(await snap.jobs.status(id, never)).toMatchObject({ state: 'partial', items: [] });
    });
  });

  test('a handle of an import that left nothing shows a failure', async () => {
    await withSnaplogic([list('/Acme-Prod', [])], async ({ snap }) => {
      const id = 'import,20260504T091200000Z,/Acme-Prod/Finance/Invoices,skip';
      expect(await snap.jobs.status(id, never)).toMatchObject({ state: 'failed' });
    });
  });
});
