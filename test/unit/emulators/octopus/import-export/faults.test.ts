// Every fault of Projects Export/Import, as a client sees it.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parseFault } from '../../../../../src/emulators/index.ts';
import { importExportFaults } from '../../../../../src/emulators/octopus/fault-names.ts';
import { startServer, stopServers, type Json, type OctopusServer } from '../octopus-server.ts';
import {
  artifactsOf,
  byName,
  contentOf,
  endOfExport,
  exportedZip,
  imported,
  importedWell,
  made,
  namesOf,
  startExport,
  startImport,
  uploaded,
} from './space-pair.ts';

let source: OctopusServer;
let target: OctopusServer;
let zip: Buffer;
beforeAll(async () => {
  source = await startServer();
  target = await startServer({ sample: false });
  const project = await byName(source, 'projects', 'Search');
  const template = { Id: 'a1b2', Name: 'Index', DefaultValue: 'none', DisplaySettings: {} };
  await made(source, 'PUT', `/api/projects/${String(project['Id'])}`, { ...project, Templates: [template] });
  zip = await exportedZip(source, ['Search']);
});
afterEach(() => {
  source.faults.clear();
  target.faults.clear();
});
afterAll(stopServers);

const on = (server: OctopusServer, text: string) => server.faults.add(parseFault(text));
const files = '/api/Spaces-1/projects/import-export/import-files';

const failure = ({ task, log }: { readonly task: Json; readonly log: string }) => ({
  state: task['State'],
  message: task['ErrorMessage'],
  fatal: /Fatal {4}\| {3}(.*)\r\n(?: {20}\| {3}(.*)\r\n)?/.exec(log)?.slice(1),
});

const failed = (sentence: string, path?: string) => ({
  state: 'Failed',
  message: sentence,
  fatal: [sentence, path],
});

const artifactNames = async (task: string) => (await artifactsOf(source, task)).map(({ Filename }) => Filename);

const waited = () => new Promise((resolve) => setTimeout(resolve, 10));

describe('the named fault', () => {
  const proofs: Record<(typeof importExportFaults)[number], () => Promise<void>> = {
    'artifact-late': async () => {
      on(source, 'artifact-late after=150 times=1');
      const { id } = await startExport(source, ['Search']);
      expect((await source.finished(id)).task['State']).toBe('Success');
      expect(await artifactsOf(source, id)).toEqual([]);
      while ((await artifactsOf(source, id)).length === 0) await waited();
      const [artifact] = await artifactsOf(source, id);
      expect((await contentOf(source, String((artifact!['Links'] as Json)['Content']))).subarray(0, 2).toString()).toBe(
        'PK',
      );
    },
    'two-artifacts': async () => {
      on(source, 'two-artifacts times=1');
      const { id } = await startExport(source, ['Search']);
      await source.finished(id);
      const names = await artifactNames(id);
      expect(names).toEqual([
        expect.stringMatching(/^Octopus-Export-.*\.zip$/),
        expect.stringMatching(/^Octopus-Export-.*\.zip$/),
      ]);
      expect(new Set(names).size).toBe(2);
    },
    'certificate-lost': async () => {
      const shop = await exportedZip(source, ['Web Shop']);
      on(target, 'certificate-lost times=1');
      await importedWell(target, shop);
      expect(await namesOf(target, 'certificates')).toEqual([]);
      expect(await namesOf(target, 'projects')).toContain('Web Shop');
    },
    'duplicate-project-groups': async () => {
      on(source, 'duplicate-project-groups');
      const group = String((await byName(source, 'projects', 'Web Shop'))['ProjectGroupId']);
      expect(failure(await endOfExport(source, ['Web Shop', 'Search']))).toEqual(
        failed(
          `An item with the same key has already been added. Key: ${group}`,
          expect.stringMatching(/^Reference path: Project '(Web Shop|Search)' => Project Group '.+'$/) as never,
        ),
      );
      expect((await endOfExport(source, ['Web Shop'])).task['State']).toBe('Success');
    },
    'changed-channel': async () => {
      on(source, 'changed-channel times=1');
      expect(failure(await endOfExport(source, ['Search']))).toMatchObject({
        state: 'Failed',
        message: expect.stringMatching(/^The given key 'Channels-\d+' was not present in the dictionary\.$/),
        fatal: [expect.anything(), expect.stringMatching(/^Reference path: Project 'Search' => Release '.+'$/)],
      });
    },
    'unmapped-ids': async () => {
      on(target, 'unmapped-ids times=1');
      const suffix = 'D4C63A85E7894C5D8C20D9297FEA1A43';
      const custom = failure(await imported(target, zip));
      on(target, 'unmapped-ids form=2 times=1');
      const related = failure(await imported(target, zip));
      expect(custom).toMatchObject({
        state: 'Failed',
        fatal: [
          expect.stringMatching(
            new RegExp(
              String.raw`^Found unmapped Ids in document 'Variables variableset-.*' \(Octopus\.Core\.Model\.Variables\.ProjectVariables\): "Id": "Messages-1-${suffix}"$`,
            ),
          ),
          "Reference path: Project 'Search' => Project Variables",
        ],
      });
      expect(related.fatal).toEqual([
        `Found unmapped Ids in document 'unknown name' (Octopus.Core.Model.Variables.TenantVariable): "RelatedDocumentId": "Certificates-643-${suffix}"`,
        "Reference path: Project 'Search'",
      ]);
      expect(await namesOf(target, 'projects')).not.toContain('Search');
    },
    'tenant-references-lost': async () => {
      const server = await startServer();
      const project = await byName(server, 'projects', 'Warehouse');
      const template = { Id: 'a1b2', Name: 'Account', DisplaySettings: { 'Octopus.ControlType': 'AzureAccount' } };
      await made(server, 'PUT', `/api/projects/${String(project['Id'])}`, { ...project, Templates: [template] });
      const account = await byName(server, 'accounts', 'Deploy User');
      const tenant = await byName(server, 'tenants', 'Tailspin Toys');
      const path = `/api/tenants/${String(tenant['Id'])}/variables`;
      const values = (await server.call('GET', path)).json;
      const own = (values['ProjectVariables'] as Record<string, Json>)[String(project['Id'])]!;
      const [environment] = Object.keys(own['Variables'] as Json);
      const changed = { ...own, Variables: { ...(own['Variables'] as Json), [environment!]: { a1b2: account['Id'] } } };
      await made(server, 'PUT', path, { ...values, ProjectVariables: { [String(project['Id'])]: changed } });
      on(server, 'tenant-references-lost times=1');
      const lossy = await exportedZip(server, ['Warehouse']);
      expect(failure(await imported(target, lossy)).fatal).toEqual([
        expect.stringContaining(`'unknown name' (Octopus.Core.Model.Variables.TenantVariable): "Value": "Accounts-`),
        "Reference path: Project 'Warehouse' => Tenant 'Tailspin Toys'",
      ]);
      await importedWell(target, await exportedZip(server, ['Warehouse']));
      expect(await namesOf(target, 'accounts')).toContain('Deploy User');
      on(target, 'duplicate-tenant-variables times=1');
      expect(failure(await imported(target, await exportedZip(server, ['Warehouse'])))).toMatchObject({
        state: 'Failed',
        message: expect.stringContaining('FI_TenantVariable'),
        fatal: [expect.anything(), "Reference path: Project 'Warehouse' => Tenant 'Tailspin Toys'"],
      });
    },
    'duplicate-tenant-variables': async () => {
      on(target, 'duplicate-tenant-variables');
      // Without values of tenants nothing can be there twice.
      await importedWell(target, await exportedZip(source, ['Audit Log']));
    },
    'upgrade-fails': async () => {
      on(target, 'upgrade-fails times=1');
      const end = await imported(target, zip);
      expect(failure(end)).toEqual(
        failed('Cannot access child value on Newtonsoft.Json.Linq.JValue.', "Reference path: Project 'Search'"),
      );
      expect(end.log).toMatch(/Upgrading export set\.\.\.\r\n.*Fatal/);
      expect(end.log).not.toContain('Export set upgraded.');
    },
    'upload-cut': async () => {
      on(target, 'upload-cut times=1');
      const before = (await target.call('GET', files)).text;
      await expect(target.upload(files, 'cut.zip', zip)).rejects.toThrow();
      expect((await target.call('GET', files)).text).toBe(before);
      expect((await target.upload(files, 'cut.zip', zip)).status).toBe(200);
    },
    'upload-unanswered': async () => {
      on(target, 'upload-unanswered times=1');
      const answer = await target.upload(files, 'unanswered.zip', zip);
      expect([answer.status, answer.text]).toEqual([200, '']);
      expect((await target.call('GET', files)).text).toContain('"unanswered.zip"');
    },
    'wrong-space-refused': async () => {
      const { id } = await startExport(source, ['Search']);
      await source.finished(id);
      const wrong = { Type: 'space', SpaceId: 'Spaces-2', TaskId: id };
      on(source, 'wrong-space-refused');
      expect((await startImport(source, wrong, 'Spaces-2')).status).toBe(404);
      expect((await startImport(source, { ...wrong, SpaceId: 'Spaces-1' }, 'Spaces-2')).status).toBe(200);
    },
    'virtual-directory': async () => {
      const { id } = await startExport(source, ['Search']);
      await source.finished(id);
      const link = async (path: string) => {
        const items = (await source.call('GET', `${path}/api/Spaces-1/artifacts?regarding=${id}`)).json['Items'];
        return String(((items as Json[])[0]!['Links'] as Json)['Content']);
      };
      const plain = await link('');
      on(source, 'virtual-directory');
      expect((await source.call('GET', '/api')).status).toBe(404);
      const root = (await source.call('GET', '/octopus/api')).json['Links'] as Json;
      expect(root['ExportProjects']).toBe('/octopus/api/Spaces-1/projects/import-export/export');
      expect(await link('/octopus')).toBe(`/octopus${plain}`);
      expect((await source.call('GET', `/octopus${plain}`)).status).toBe(200);
      on(source, 'GET /api/artifacts/*/content status=503 times=1');
      expect((await source.call('GET', `/octopus${plain}`)).status).toBe(503);
      source.faults.clear();
      on(source, 'virtual-directory links=0');
      expect(await link('/octopus')).toBe(plain);
      expect((await source.call('GET', plain)).status).toBe(404);
    },
  };

  test.each(importExportFaults.map((name) => [name]))('%s does what its name says', async (name) => {
    expect.hasAssertions();
    await proofs[name]();
  });
});

describe('the faults of routes and of migration tasks act on exports and imports too', () => {
  test('an upload is refused as too large', async () => {
    on(target, 'POST /api/projects/import-export/import-files status=413 times=1');
    expect((await target.upload(files, 'large.zip', zip)).status).toBe(413);
    expect((await target.call('GET', files)).text).not.toContain('large.zip');
  });

  test('the answers of the starts are lost, and the tasks are there', async () => {
    on(source, 'POST /api/projects/import-export/export reset=after times=1');
    await expect(startExport(source, ['Search'])).rejects.toThrow();
    const tasks = async (server: OctopusServer, name: string) =>
      (await server.call('GET', `/api/Spaces-1/tasks?name=${name}&take=1`)).json['Items'] as readonly Json[];
    const project = await byName(source, 'projects', 'Search');
    expect((await tasks(source, 'ProjectExport'))[0]!['Arguments']).toEqual({ ProjectIds: [project['Id']] });
    const upload = await uploaded(target, zip);
    on(target, 'POST /api/projects/import-export/import reset=after times=1');
    on(target, 'stuck-queue');
    await expect(startImport(target, upload)).rejects.toThrow();
    expect((await tasks(target, 'ProjectImport'))[0]).toMatchObject({
      State: 'Queued',
      Arguments: { ImportSource: upload },
    });
  });

  test('a task times out', async () => {
    on(source, 'task-times-out times=1');
    expect((await endOfExport(source, ['Search'])).task).toMatchObject({ State: 'TimedOut', IsCompleted: true });
  });
});
