import { describe, expect, test } from '@jest/globals';
import type { PreparedExport } from '../../../../src/ports/exporter.ts';
import type { Options } from '../../../../src/ports/options.ts';
import { never } from '../../../support/adapter-tools.ts';
import type { Exchange } from '../../../support/scripted-server.ts';
import {
  all,
  basic,
  list,
  refusal,
  above,
  noList,
  source,
  user,
  withSnaplogic,
  type Scripted,
} from '../../../support/snaplogic-client.ts';
import { bodyOf } from '../../../support/with-server.ts';
import { zipOf } from '../../../support/zip.ts';

const path = '/Acme-Dev/Finance/Invoices';
const prepare = ({ snap }: Scripted, options: Options = {}, projects: readonly string[] = [path]) =>
  snap.exports!.prepare({ projects, options }, never);

const prepared: PreparedExport = {
  package: { id: 'Acme-Dev.Finance.Invoices', version: '1.0.0-run7' },
  projects: [{ id: path, name: 'Invoices' }],
  settled: { source: path, assetTypes: ['Pipeline', 'Account'], force: true },
  notes: [],
};

const exported = (
  response: Exchange['response'],
  query: Readonly<Record<string, string>> = { asset_types: 'Pipeline,Account', force: 'true' },
): Exchange => ({
  request: {
    method: 'GET',
    path: '/api/1/rest/public/project/export/Acme-Dev/Finance/Invoices',
    query,
    headers: { authorization: basic, accept: '*/*' },
  },
  response,
});

// As a text, because a script answers in texts; its marks are ASCII and come through whole.
const zip = zipOf({ 'export.json': JSON.stringify({ entries: [] }) }, 'stored').toString('latin1');
const zipped = (text: string): Exchange['response'] => ({ text, headers: { 'content-type': 'application/zip' } });

describe('prepare', () => {
  test('returns the project, a name for the package and what is exported', async () => {
    const result = await withSnaplogic(source, (scripted) => prepare(scripted));
    expect(result.package.id).toBe('Acme-Dev.Finance.Invoices');
    expect(result.package.version).toMatch(/^1\.0\.0-\d{8}T\d{6}-[0-9a-f]{8}$/);
    expect(result.projects).toEqual([{ id: path, name: 'Invoices' }]);
    expect(result.settled).toEqual({ source: path, assetTypes: [], force: false });
    expect(result.notes).toEqual([`${path} holds 1 Pipeline, 1 Account, 1 Job, 1 File`]);
    expect(result.omits).toEqual(['policies are not exported: quota']);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test('takes a name that only one project has, and names all missing projects', async () => {
    const script = [...above, ...source, noList('/Acme-Dev/Finance/Nowhere'), user({ 'Acme-Dev': true })];
    await withSnaplogic(script, async (scripted) => {
      expect((await prepare(scripted, {}, ['Invoices'])).projects).toEqual([{ id: path, name: 'Invoices' }]);
      await expect(prepare(scripted, {}, ['Invoices', 'Bills', '/Acme-Dev/Finance/Nowhere'])).rejects.toMatchObject({
        code: 'NOT_FOUND',
        details: { missing: ['Bills', '/Acme-Dev/Finance/Nowhere'] },
      });
    });
  });

  test('names the paths of two projects with the same name', async () => {
    const script = [
      user({ 'Acme-Dev': true }),
      list('/Acme-Dev', [{ name: 'Finance' }, { name: 'Sales' }]),
      list('/Acme-Dev/Finance', [{ name: 'Invoices' }]),
      list('/Acme-Dev/Sales', [{ name: 'Invoices' }]),
    ];
    await withSnaplogic(script, (scripted) =>
      expect(prepare(scripted, {}, ['Invoices'])).rejects.toMatchObject({
        code: 'USAGE',
        hint: expect.stringContaining('/Acme-Dev/Sales/Invoices'),
      }),
    );
  });

  test.each([
    ['several projects', {}, [path, path]],
    ['policies alone', { assetType: ['Policy'] }, [path]],
    ['no project', {}, []],
  ])('%s is USAGE', async (_, options, projects) => {
    const script = projects.length > 1 ? source : [];
    await withSnaplogic(script, (scripted) => expect(() => prepare(scripted, options, projects)).toThrowCode('USAGE'));
  });

  test('notes that many files need --ignore-size-limit', async () => {
    const files = Array.from({ length: 201 }, (_, index) => ({ name: `f${index}`, type: 'File' }));
    const pages = [0, 100, 200].map((offset): Exchange => {
      const page = list(path, files.slice(offset, offset + 100));
      return { ...page, request: { ...page.request, query: { limit: '100', offset: String(offset) } } };
    });
    const result = await withSnaplogic([...pages], (scripted) => prepare(scripted));
    expect(result.notes.join()).toMatch(/201 files.*--ignore-size-limit/);
  });
});

describe('fetch', () => {
  const fetched = (script: readonly Exchange[]) =>
    withSnaplogic(script, async ({ snap }) => {
      const id = await snap.exports!.start(prepared, {}, undefined, never);
      expect(id).toMatch(/^export,\d{8}T\d{9}Z,Acme-Dev\.Finance\.Invoices@1\.0\.0-run7,\S+,Pipeline\+Account,force$/);
      const { files, package: ref } = await snap.exports!.fetch(id, undefined, never);
      expect(ref).toEqual(prepared.package);
      expect(files[0]).toMatchObject({ path: 'native/Invoices.zip', mediaType: 'application/zip' });
      return (await bodyOf(files[0]!.open(never))).toString();
    });

  test('needs nothing but the handle', async () => {
    expect(await fetched([exported(zipped(zip))])).toBe(zip);
  });

  test('fails with the error that comes instead of a zip', async () => {
    for (const status of [403, 500]) {
      const refused = refusal(status, 'the export failed');
      for (const answer of [refused, { ...refused, status: 200 }]) {
        // A read is repeated twice after a 500.
        const asked = Array.from({ length: answer.status === 500 ? 3 : 1 }, () => exported(answer));
        await expect(fetched(asked)).rejects.toMatchObject({
          code: status === 403 ? 'AUTH_REFUSED' : 'REMOTE_UNEXPECTED',
          message: expect.stringContaining('the export failed'),
        });
      }
    }
  });

  test('a web page is no zip, and neither is anything else', async () => {
    const page = { text: '<html>', headers: { 'content-type': 'text/html' } };
    for (const answer of [page, zipped('not a zip')]) {
      await expect(() => fetched([exported(answer)])).toThrowCode('REMOTE_UNEXPECTED');
    }
  });

  test('half a zip is a failed export', async () => {
    await expect(() => fetched([exported(zipped(zip.slice(0, 30)))])).toThrowCode('JOB_FAILED');
  });
});

describe('the job', () => {
  test('has succeeded as long as the project exists, and is found again', async () => {
    await withSnaplogic(source, async ({ snap }) => {
      const before = new Date();
      const id = await snap.exports!.start(prepared, {}, undefined, never);
      expect(await snap.jobs.status(id, never)).toMatchObject({ id, kind: 'export', state: 'succeeded' });
      expect(await snap.exports!.find(prepared, before, never)).toBe(id);
      expect(await all(snap.jobs.list({ all: false, limit: 5 }, never))).toMatchObject([{ id, title: path }]);
    });
  });

  test('has failed when the project is gone', async () => {
    await withSnaplogic([noList(path), above[0]!, list('/Acme-Dev/Finance', [])], async ({ snap }) => {
      const id = await snap.exports!.start(prepared, {}, undefined, never);
      expect(await snap.jobs.status(id, never)).toMatchObject({ state: 'failed' });
    });
  });

  test('is not that of a migration', async () => {
    await withSnaplogic([], async ({ snap }) => {
      await expect(() => snap.exports!.fetch('5b0f2c1e-0000-4000-8000-1d2e3f405162', undefined, never)).toThrowCode(
        'NOT_FOUND',
      );
    });
  });
});
