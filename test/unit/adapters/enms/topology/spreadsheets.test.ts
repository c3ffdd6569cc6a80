import { describe, expect, test } from '@jest/globals';
import type { ArtifactFile } from '../../../../../src/ports/artifact.ts';
import type { Options } from '../../../../../src/ports/options.ts';
import type { PreparedExport } from '../../../../../src/ports/exporter.ts';
import type { PreparedImport } from '../../../../../src/ports/importer.ts';
import { never } from '../../../../support/adapter-tools.ts';
import {
  failed,
  file,
  folders,
  login,
  names,
  packaged,
  rest,
  version,
  withEnms,
} from '../../../../support/enms-client.ts';
import type { Exchange } from '../../../../support/scripted-server.ts';

const name = 'topology--export-20261121T043442123Z-ab12cd';
// The scripted server sends text, so the head of the file has to be text too where bytes matter.
const prepared: PreparedExport = {
  package: { id: 'topology', version: '1.0.0-x' },
  projects: [{ id: 'topology', name: 'topology' }],
  settled: { way: 'topology', project: 'topology', folder: name, stamp: '20261121T043442123Z-ab12cd', types: [] },
  notes: [],
};
const exported = (response: Exchange['response']): Exchange =>
  rest('POST', 'topology/export', response, { export_filename: `${name}.xls` });

describe('a topology export', () => {
  test('needs no project, and warns that the import of a spreadsheet loses data', async () => {
    await withEnms([version, ...login, folders([])], async ({ enms }) => {
      expect(enms.exports!.projectless).toBe(true);
      const { notes, settled } = await enms.exports!.prepare({ projects: [], options: { topology: true } }, never);
      expect(notes.join()).toContain('--via rest');
      expect(settled).toMatchObject({ way: 'topology' });
    });
  });

  test('sends the file name under the key that the server reads', async () => {
    await withEnms([exported({ json: 'Topology Export successfully executed.' })], async ({ enms }) => {
      expect(await enms.exports!.start(prepared, {}, undefined, never)).toBe(`topology-export/${name}.xls`);
    });
    await withEnms([exported({ json: 'something else' })], async ({ enms }) => {
      await expect(() => enms.exports!.start(prepared, {}, undefined, never)).toThrowCode('REMOTE_UNEXPECTED');
    });
  });

  test('is fetched from the spreadsheets of the server, and fails for another file', async () => {
    const path = `spreadsheets/${name}.xls`;
    await withEnms([...login, file(path, undefined)], async ({ enms }) => {
      await expect(() => enms.exports!.fetch(`topology-export/${name}.xls`, prepared, never)).toThrowCode('NOT_FOUND');
    });
    await withEnms([...login, file(path, 'a web page')], async ({ enms }) => {
      await expect(() => enms.exports!.fetch(`topology-export/${name}.xls`, prepared, never)).toThrowCode(
        'REMOTE_UNEXPECTED',
      );
    });
  });
});

const sheet: ArtifactFile = packaged('native/net.xls', 'the cells');
const request = (options: PreparedImport['settled'], files = [sheet]) => ({
  source: { id: 'net', version: '' },
  dryRun: false,
  options,
  files,
});
const settled = { way: 'topology', replace: false, stamp: '20261121T043442123Z-ab12cd' };
const importing = (replace: boolean): PreparedImport => ({
  source: { id: 'net', version: '' },
  dryRun: false,
  settled: { ...settled, replace },
  notes: [],
});
const sent = (replace: 'True' | 'False', response: Exchange['response']): Exchange => ({
  request: {
    method: 'POST',
    path: '/rest/topology/import',
    without: ['cookie'],
    contains: [`name="replace"\r\n\r\n${replace}\r\n`, 'name="file"; filename="net.xls"\r\n', '\r\n\r\nthe cells\r\n'],
  },
  response,
});

describe('a topology import', () => {
  test.each([['latin1'], ['utf16le']] as const)(
    'needs an answer for cells that the server takes for their opposite: %s',
    async (encoding) => {
      const file = packaged('native/net.xls', '');
      const cells = Buffer.from('down False', encoding);
      const open = async function* () {
        await Promise.resolve();
        yield cells;
      };
      for (const options of [{}, { replace: true }]) {
        await withEnms([version, names('device', []), names('link', [])], async ({ enms }) => {
          const asked = {
            ...request({ topology: true, overwriteExisting: true, ...options }),
            files: [{ ...file, open }],
          };
          expect((await enms.imports!.prepare(asked, never)).consent).toEqual(
            expect.stringContaining('inverts `down` and every other such property of its devices'),
          );
        });
      }
    },
  );

  test.each([['latin1'], ['utf16le']] as const)(
    'is refused for a spreadsheet that the server wrote, unless its links got ends: %s',
    async (encoding) => {
      const counted = [names('device', []), names('link', [])];
      const prepare = (cells: string, options: Options, asks: readonly Exchange[] = []) =>
        withEnms([version, ...asks], ({ enms }) => {
          const open = async function* () {
            await Promise.resolve();
            yield Buffer.from(cells, encoding);
          };
          const asked = request({ topology: true, overwriteExisting: true, ...options }, [
            { ...packaged('native/net.xls', ''), open },
          ]);
          return enms.imports!.prepare(asked, never);
        });
      for (const options of [{}, { replace: true }])
        await expect(() => prepare('name last_modified_by', options)).toThrowCode('CONFLICT');
      expect((await prepare('name last_modified_by source_name', {}, counted)).notes).toEqual([]);
    },
  );

  test('asks for a backup of everything and for consent with counts when it replaces', async () => {
    const counted = [version, names('device', ['a', 'b']), names('link', ['l'])];
    await withEnms(counted, async ({ enms }) => {
      const found = await enms.imports!.prepare(request({ topology: true, replace: true }), never);
      expect(found.consent).toContain('all 2 devices and 1 links');
      expect(found.backup?.restoreWith).toEqual({ emptyDatabaseBeforeImport: true, via: 'web' });
    });
    const overwriting = async (options: Options, devices: readonly string[]) =>
      withEnms([version, names('device', devices), names('link', [])], ({ enms }) =>
        enms.imports!.prepare(request({ topology: true, ...options }), never),
      );
    const question = expect.stringContaining('overwritten');
    const asking = await overwriting({}, ['a']);
    expect([asking.consent, asking.backup]).toEqual([{ question, allowed: false }, undefined]);
    expect((await overwriting({ overwriteExisting: true }, ['a'])).consent).toEqual({ question, allowed: true });
    expect((await overwriting({}, [])).consent).toBeUndefined();
  });

  test('needs the switch --topology', async () => {
    await withEnms([], async ({ enms }) => {
      await expect(() => enms.imports!.prepare(request({}), never)).toThrowCode('USAGE');
      const files = [packaged('native/device.yaml', '[]'), packaged('native/metadata.yaml', '{version: 4.6}')];
      await expect(() => enms.imports!.prepare(request({ topology: true }, files), never)).toThrowCode('USAGE');
      await expect(() => enms.imports!.prepare(request({ replace: true }, files), never)).toThrowCode('USAGE');
    });
  });

  test.each([
    [true, { json: ['Topology successfully imported.', 200] }, 'done', 'succeeded'],
    [false, { json: ['Topology successfully imported.', 200] }, 'done', 'succeeded'],
    [false, { json: 'Topology successfully imported.' }, 'done', 'succeeded'],
    [true, { json: ['Partial import (see logs).', 206] }, 'partial', 'partial'],
    [true, { json: ['Topology successfully imported.', 206] }, 'failed', 'failed'],
    [true, { json: { hello: 'world' } }, 'failed', 'failed'],
    [true, failed, 'failed', 'failed'],
  ] as const)(
    'sends fields of a form and reads the list that answers (%j %j)',
    async (replace, response, end, state) => {
      await withEnms([sent(replace ? 'True' : 'False', response)], async ({ enms }) => {
        const id = await enms.imports!.start(importing(replace), {}, [sheet], never);
        expect(id).toBe(`topology-import/${settled.stamp}/${end}`);
        expect(await enms.jobs.status(id, never)).toMatchObject({ kind: 'import', state });
      });
    },
  );

  test('is sent again after a lost answer, unless it deletes', async () => {
    await withEnms([], async ({ enms }) => {
      expect(await enms.imports!.find(importing(false), new Date(), never)).toBeUndefined();
      await expect(() => enms.imports!.find(importing(true), new Date(), never)).toThrowCode('CONFLICT');
    });
  });
});
