import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { never } from '../../../../support/adapter-tools.ts';
import {
  prepareImport,
  ref,
  secrets,
  withClient,
  zipFile,
  type Client,
} from '../../../../support/export-import-client.ts';
import { shopLists, type Lists } from '../../../../support/export-import-server.ts';
import { exportZip, shop, suffix } from '../../../../support/export-zip.ts';

const zip = exportZip(shop);
const files = [zipFile(zip)];
const partly = { environments: [{ Id: 'Environments-7', Name: 'Dev' }], projects: [] };

async function imported(client: Client) {
  const prepared = await prepareImport(client, zip);
  await client.way.imports!.stage!(prepared, files, never, secrets);
  return { prepared, id: await client.way.imports!.start(prepared, secrets, files, never) };
}

describe('prepare', () => {
  test('plans by names, without a write', async () => {
    await withClient({ lists: partly }, async (client) => {
      const { plan = [], scope, leaves } = await prepareImport(client, zip);
      expect(plan.find(({ kind }) => kind === 'environment')).toMatchObject({ name: 'Dev', action: 'keep' });
      expect(plan.filter(({ action }) => action === 'keep')).toHaveLength(1);
      expect(plan).toContainEqual({ kind: 'variable', name: 'Web Shop/Url [Environment: Dev]', action: 'create' });
      expect(scope).toMatchObject({ projects: ['Web Shop'], space: true, releases: true });
      expect(leaves).toMatch(/migrator-[0-9a-f]{24}\.zip.*no call deletes/);
      expect(client.writes()).toEqual([]);
    });
  });

  test('names the tags that the export uses and that neither the export nor the target has', async () => {
    const suffixed = `Projects-1${suffix}`;
    const tagged = exportZip([
      ...shop.filter(({ type }) => type !== 'Tenant' && type !== 'Channel'),
      { type: 'Tenant', id: 'Tenants-1', name: 'Acme', fields: { TenantTags: ['Regions/EU', 'Tiers/Gold'] } },
      {
        type: 'Channel',
        id: 'Channels-1',
        name: 'Default',
        fields: { ProjectId: suffixed, TenantTags: ['Rings/One'] },
      },
      { type: 'TagSet', id: 'TagSets-1', name: 'Tiers' },
    ]);
    const told = async (lists: Lists, options = {}) =>
      withClient({ lists }, async (client) =>
        ((await prepareImport(client, tagged, { options })).omits ?? []).filter((text) => text.includes('lacks')),
      );
    const lacks = 'the target lacks these tags, scopes to them match no tenant';
    expect(await told(partly)).toEqual([`${lacks}: Regions/EU, Rings/One`]);
    const regions = { tagsets: [{ Id: 'TagSets-9', Name: 'regions', Tags: [{ Name: 'EU' }, { Name: 'US' }] }] };
    expect(await told({ ...partly, ...regions })).toEqual([`${lacks}: Rings/One`]);
    // An import of the same things again says the same.
    expect(await told(shopLists(), { skipExisting: true })).toEqual([`${lacks}: Regions/EU, Rings/One`]);
  });

  test('plans the process of a runbook beside the runbook', async () => {
    const own = (text: string) => `${text}${suffix}`;
    const more = exportZip([
      ...shop,
      ...[
        {
          ...{ type: 'Runbook', id: 'Runbooks-1', name: 'Rotate keys' },
          fields: { ProjectId: own('Projects-1'), RunbookProcessId: own('RunbookProcess-Runbooks-1') },
        },
        { type: 'RunbookProcess', id: 'RunbookProcess-Runbooks-1', fields: { Steps: [] } },
      ],
    ]);
    await withClient({ lists: {} }, async (client) => {
      const { plan } = await prepareImport(client, more);
      expect(plan).toContainEqual({ kind: 'runbook-process', name: 'Web Shop/Rotate keys', action: 'create' });
    });
  });

  test('what the package tells of its export is told again, with what is new in it only', async () => {
    const notes = [
      'triggers stay behind: Web Shop/Nightly',
      'logos stay behind: Acme',
      'teams arrive without members: QA',
    ];
    await withClient({ lists: {} }, async (client) => {
      const { omits } = await prepareImport(client, zip, { notes });
      expect(omits?.slice(0, 4)).toEqual([...notes, 'teams arrive without members: Release Team']);
      expect(omits?.filter((text) => text.startsWith('logos'))).toHaveLength(1);
    });
  });

  test('refuses a project that is there before anything is sent, unless it may stay', async () => {
    await withClient({ lists: shopLists() }, async (client) => {
      await expect(prepareImport(client, zip)).rejects.toMatchObject({
        code: 'CONFLICT',
        details: { existing: ['Web Shop'] },
      });
      const { plan = [] } = await prepareImport(client, zip, { options: { skipExisting: true } });
      expect(plan.every(({ action, asked }) => action === 'keep' && asked === true)).toBe(true);
      expect(client.writes()).toEqual([]);
    });
  });

  test.each([
    ['the export of another password', exportZip(shop, { password: 'other' }), 'PACKAGE_LOCKED'],
    ['a damaged export', exportZip(shop, { damaged: 'Projects-1' }), 'PACKAGE_MALFORMED'],
    ['the export of a newer server', exportZip(shop, { serverVersion: '2024.10.1' }), 'UNSUPPORTED'],
  ] as const)('refuses %s before anything is sent', async (_, bytes, code) => {
    await withClient({ lists: {} }, async (client) => {
      await expect(() => prepareImport(client, bytes)).toThrowCode(code);
      expect(client.writes()).toEqual([]);
    });
  });

  test('takes the export of an older server', async () => {
    await withClient({ lists: {}, version: '2025.10.0' }, async (client) => {
      await expect(prepareImport(client, exportZip(shop, { serverVersion: '2025.9.9' }))).resolves.toMatchObject({
        source: ref,
      });
    });
  });

  test('refuses an account that is not a Space Manager of the space', async () => {
    const permissions = { SystemPermissions: [], SpacePermissions: {} };
    await withClient({ lists: {}, permissions }, async (client) => {
      await expect(() => prepareImport(client, zip)).toThrowCode('AUTH_REFUSED');
    });
  });
});

describe('check', () => {
  test('refuses by the names of projects, before there is an export', async () => {
    await withClient({ lists: shopLists() }, async ({ way }) => {
      const request = { source: ref, projects: ['web shop', 'Other'], dryRun: false, options: {} };
      await expect(way.imports!.check!(never, request)).rejects.toMatchObject({
        code: 'CONFLICT',
        hint: expect.stringContaining('--skip-existing'),
      });
      await expect(
        way.imports!.check!(never, { ...request, options: { skipExisting: true } }),
      ).resolves.toBeUndefined();
    });
  });

  test('tells at once that the account may not import and that projects are there', async () => {
    const permissions = { SystemPermissions: [], SpacePermissions: {} };
    await withClient({ lists: shopLists(), permissions }, async (client) => {
      const request = { source: ref, projects: ['Web Shop'], dryRun: false, options: {} };
      for (const work of [client.way.imports!.check!(never, request), prepareImport(client, zip)])
        await expect(work).rejects.toMatchObject({
          code: 'AUTH_REFUSED',
          message: expect.stringMatching(
            /^Export\/Import cannot import into space Default: Ann is not a Space Manager.*besides,.*has Web Shop already/,
          ),
          hint: expect.stringMatching(/Space Manager.*--skip-existing/),
        });
    });
  });

  test('an older target and a project that is there are told at once', async () => {
    await withClient({ lists: shopLists(), version: '2024.1.1' }, async (client) => {
      await expect(prepareImport(client, zip)).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        message: expect.stringMatching(/2024\.1\.1; besides,.*has Web Shop already/),
      });
    });
  });
});

describe('the import', () => {
  test('uploads the zip as it is, with its length, and imports it by the id that the server gave', async () => {
    await withClient({ lists: partly }, async (client) => {
      const { prepared, id } = await imported(client);
      const name = String(prepared.settled['fileName']);
      expect(client.writes()).toEqual([
        'POST /api/Spaces-1/projects/import-export/import-files',
        'POST /api/Spaces-1/projects/import-export/import/preview',
        'POST /api/Spaces-1/projects/import-export/import',
      ]);
      expect(client.files).toEqual([
        { Id: 'ProjectImportFiles-1', FileName: name, sha1: createHash('sha1').update(zip).digest('hex') },
      ]);
      expect(
        client.seen.find(({ path }) => path.endsWith('import-files'))?.headers['transfer-encoding'],
      ).toBeUndefined();
      const post = client.seen.find(({ path, method }) => method === 'POST' && path.endsWith('/import'))!;
      expect(JSON.parse(post.text)).toEqual({
        ImportSource: { Type: 'upload', UploadedFileId: 'ProjectImportFiles-1' },
        Password: { HasValue: true, NewValue: 'correct horse' },
      });
      expect(id).toBe(`ServerTasks-1/project-import/${ref.id}@${ref.version}`);
      expect(await client.way.jobs.status(id, never)).toMatchObject({ kind: 'import', state: 'succeeded' });
    });
  });

  test('finds the id in the list when the answer to the upload is empty', async () => {
    await withClient({ lists: {}, upload: 'empty' }, async (client) => {
      await imported(client);
      expect(client.seen.at(-1)?.text).toContain('ProjectImportFiles-1');
    });
  });

  test('uploads again when the upload broke off and nothing arrived', async () => {
    await withClient({ lists: {}, upload: 'cut' }, async (client) => {
      await imported(client);
      expect(client.files).toHaveLength(1);
      expect(client.writes().filter((line) => line.endsWith('import-files'))).toHaveLength(2);
    });
  });

  test('says that the file is too large for the server or its proxy', async () => {
    await withClient({ lists: {}, upload: 'too large' }, async (client) => {
      await expect(imported(client)).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        message: expect.stringContaining('size'),
        details: { hopeless: true },
      });
      expect(client.writes()).toHaveLength(1);
    });
  });

  test('stops at a preview that the server refuses, with its sentence and without the password', async () => {
    await withClient({ lists: {}, previewRefusal: 'the zip cannot be read' }, async (client) => {
      await expect(imported(client)).rejects.toThrow('the zip cannot be read');
      client.change({ previewRefusal: 'correct horse is wrong' });
      await expect(imported(client)).rejects.toThrow(/^(?!.*correct horse)/);
      expect(client.writes().some((line) => line.endsWith('/import'))).toBe(false);
    });
  });

  test('of an export of the same server uploads nothing and names its task and the space of that', async () => {
    await withClient({ lists: {}, second: {} }, async (client) => {
      const exportedBy = {
        job: 'ServerTasks-41/project-export/A@1.0.0',
        url: `${client.url.toUpperCase()}/`,
        settled: { spaceId: 'Spaces-2' },
      };
      const prepared = await prepareImport(client, zip, { exportedBy });
      expect(prepared.leaves).toBeUndefined();
      await client.way.imports!.stage!(prepared, files, never, secrets);
      await client.way.imports!.start(prepared, secrets, files, never);
      expect(client.files).toEqual([]);
      const { ImportSource } = JSON.parse(client.seen.at(-1)!.text) as { ImportSource: object };
      expect(ImportSource).toEqual({ Type: 'space', SpaceId: 'Spaces-2', TaskId: 'ServerTasks-41' });
    });
  });

  test('goes into the space of the instance, and its task is asked for there', async () => {
    await withClient(
      { second: {}, lists: shopLists() },
      async (client) => {
        const { id } = await imported(client);
        expect(await client.way.jobs.status(id, never)).toMatchObject({ state: 'succeeded' });
        expect(client.writes().every((text) => text.includes('/api/Spaces-2/'))).toBe(true);
        expect(client.seen.some(({ path }) => path.startsWith('/api/Spaces-2/tasks/ServerTasks-1'))).toBe(true);
      },
      { space: 'Second' },
    );
  });

  test('of an export of another server is uploaded', async () => {
    await withClient({ lists: {} }, async (client) => {
      const exportedBy = {
        job: 'ServerTasks-41/project-export/A@1.0.0',
        url: 'https://other.example',
        settled: { spaceId: 'Spaces-2' },
      };
      expect((await prepareImport(client, zip, { exportedBy })).settled).not.toHaveProperty('sourceTask');
    });
  });
});

describe('a lost answer', () => {
  test.each([
    ['that began', 'import', /^ServerTasks-1\/project-import\//],
    ['that did not begin', 'before import', undefined],
  ] as const)('of an import %s is settled by the file that its task names', async (_, lost, found) => {
    await withClient({ lists: {}, lost }, async ({ way, ...client }) => {
      const prepared = await prepareImport({ way, ...client }, zip);
      await way.imports!.stage!(prepared, files, never, secrets);
      await expect(way.imports!.start(prepared, secrets, files, never)).rejects.toMatchObject({
        details: { ambiguous: true },
      });
      const task = await way.imports!.find(prepared, new Date(Date.now() - 1000), never);
      expect(task ?? 'none').toMatch(found ?? /^none$/);
    });
  });
});

describe('the faults of servers', () => {
  const path = "Reference path: Project 'P' => Tenant 'T'";

  test.each([
    'The items you are exporting are not currently supported: Variables with the following scopes are not currently supported: Machine.',
    "Found unmapped Ids in document 'unknown name' (Octopus.Core.Model.Variables.TenantVariable)",
    'An item with the same key has already been added. Key: ProjectGroups-673',
    'Cannot access child value on Newtonsoft.Json.Linq.JValue',
    "The given key 'Channels-142' was not present in the dictionary.",
  ])('end with the sentence of the server and the reference path: %s', async (sentence) => {
    const log = [
      { Category: 'Info', MessageText: 'Starting import' },
      { Category: 'Fatal', MessageText: sentence },
      { Category: 'Info', MessageText: path },
    ];
    await withClient({ lists: {}, log, state: 'Failed' }, async (client) => {
      const { id } = await imported(client);
      const { state, messages } = await client.way.jobs.status(id, never);
      expect(state).toBe('failed');
      expect(messages[0]).toEqual({ level: 'error', text: `${sentence} ${path}` });
    });
  });

  test('a task that timed out has failed', async () => {
    await withClient({ lists: {}, state: 'TimedOut' }, async (client) => {
      const { id } = await imported(client);
      expect(await client.way.jobs.status(id, never)).toMatchObject({ state: 'failed', wireState: 'TimedOut' });
    });
  });
});

describe('after a process that uploaded and died', () => {
  const uploaded = async (client: Client, bytes = zip, earlier = {}) => {
    const prepared = await prepareImport(client, bytes, { earlier });
    await client.way.imports!.stage!(prepared, [zipFile(bytes)], never, secrets);
    return prepared;
  };
  const names = ({ files: there }: Client) => there.map(({ FileName }) => FileName);

  test('its file is used again when it has the same bytes', async () => {
    await withClient({ lists: {} }, async (client) => {
      const { settled } = await uploaded(client);
      const prepared = await uploaded(client, zip, settled);
      expect(client.files).toHaveLength(1);
      expect(prepared.leaves).toContain(`the uploaded file ${names(client).join()}, which`);
      expect(await client.way.imports!.leftBy!(prepared, never)).toBe(prepared.leaves);
      await client.way.imports!.start(prepared, secrets, files, never);
      expect(JSON.parse(client.seen.at(-1)!.text)).toMatchObject({
        ImportSource: { Type: 'upload', UploadedFileId: 'ProjectImportFiles-1' },
      });
    });
  });

  test('its file of other bytes stays, and all of them are named', async () => {
    await withClient({ lists: {} }, async (client) => {
      const { settled } = await uploaded(client);
      const second = await uploaded(client, exportZip(shop.slice(0, -1)), settled);
      const { leaves } = await uploaded(client, exportZip(shop.slice(0, -2)), second.settled);
      expect(new Set(names(client)).size).toBe(3);
      expect(leaves).toContain(`the uploaded files ${names(client).join(' and ')}, which no call deletes`);
    });
  });

  test('its file that the server cannot read is uploaded again', async () => {
    await withClient({ lists: {} }, async (client) => {
      const { settled } = await uploaded(client);
      client.change({ lists: {}, previewRefusal: 'this is no zip' });
      await expect(uploaded(client, zip, settled)).rejects.toThrow('this is no zip');
      expect(names(client)).toEqual([settled['fileName'], settled['fileName']]);
    });
  });

  test('what was not uploaded is not named as left', async () => {
    await withClient({ lists: {} }, async (client) => {
      const prepared = await prepareImport(client, zip);
      expect(prepared.leaves).toMatch(/the uploaded file/);
      expect(await client.way.imports!.leftBy!(prepared, never)).toBeUndefined();
    });
  });
});
