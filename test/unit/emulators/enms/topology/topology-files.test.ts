// The workbook of devices and links, and why an exported one cannot be imported.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, afterEach, describe, expect, test } from '@jest/globals';
import { readWorkbook } from '../../../../../src/emulators/enms/topology/workbook/read.ts';
import { writeWorkbook, type Sheet } from '../../../../../src/emulators/enms/topology/workbook/write.ts';
import { get, internalError, namesOf, startServer, stopServers, type EnmsServer } from '../enms-server.ts';

let server: EnmsServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(stopServers);

function upload(content: Uint8Array, replace: string) {
  const form = new FormData();
  form.append('replace', replace);
  form.append('file', new Blob([new Uint8Array(content)]), 'net.xls');
  return server.call('POST', '/rest/topology/import', { form });
}
const importSheets = (sheets: readonly Sheet[], replace = 'False') => upload(writeWorkbook(sheets), replace);
const complete = ['Topology successfully imported.', 200];
const partial = ['Partial import (see logs).', 206];

async function exported() {
  await server.call('POST', '/rest/topology/export', { json: { export_filename: 'net' } });
  return readFile(join(server.directory, 'files', 'spreadsheets', 'net.xls'));
}

describe('an export', () => {
  test('has two sheets of text, with empty columns for what does not migrate', async () => {
    const [devices, links] = readWorkbook(await exported());
    expect([devices!.name, links!.name]).toEqual(['device', 'link']);
    expect(devices!.rows.flat().every((cell) => typeof cell === 'string')).toBe(true);
    const [header] = devices!.rows;
    const row = devices!.rows.find((cells) => cells.includes('par-core-1'))!;
    expect(row[header!.indexOf('port')]).toBe('22');
    expect(row[header!.indexOf('positions')]).toBe('{}');
    expect(row[header!.indexOf('type')]).toBe('router');
    expect(header).not.toContain('id');
    expect(header).not.toContain('configuration');
    expect(header).toContain('');
    expect(links!.rows[0]).not.toContain('source_name');
    expect(links!.rows).toHaveLength((await namesOf(server, 'link')).length + 1);
  });

  test('keeps a name with a dot; without a name it is 500', async () => {
    const path = '/rest/topology/export';
    await server.call('POST', path, { json: { export_filename: 'a.b' } });
    const file = await readFile(join(server.directory, 'files', 'spreadsheets', 'a.b'));
    expect(readWorkbook(file)).toHaveLength(2);
    expect((await server.call('POST', path, { json: {} })).json).toEqual(internalError);
  });
});

describe('an import', () => {
  test('makes devices and then links of a sheet written by hand, and updates pools', async () => {
    const answer = await importSheets([
      {
        name: 'device',
        rows: [
          ['name', 'ip_address', 'vendor', 'port', undefined, 'latitude', 'nonsense'],
          ['hand-1', '10.8.0.1', 'Cisco', '2222', 'ignored', '1.5', 'x'],
          ['par-core-1', '10.8.0.2', 'Juniper', '22', '', '2', 'x'],
        ],
      },
      {
        name: 'link',
        rows: [
          ['name', 'source_name', 'destination_name', 'model'],
          ['l', 'hand-1', 'par-core-1', '10G'],
        ],
      },
    ]);
    expect([answer.status, answer.json]).toEqual([200, complete]);
    expect(await get(server, 'device', 'hand-1')).toMatchObject({ port: 2222, latitude: '1.5', vendor: 'Cisco' });
    expect(await get(server, 'device', 'par-core-1')).toMatchObject({ type: 'router', ip_address: '10.8.0.2' });
    expect(await get(server, 'link', 'l')).toMatchObject({ source: 'hand-1', destination: 'par-core-1', model: '10G' });
    expect((await get(server, 'device', 'hand-1'))['pools']).toContain('All objects');
  });

  test.each([
    [
      'a text instead of a number',
      [
        ['name', 'port'],
        ['bad', 'x'],
        ['good', '1'],
      ],
    ],
    [
      'a forbidden name',
      [
        ['name', 'port'],
        ['a/b', '1'],
        ['good', '1'],
      ],
    ],
  ])('of %s is partial: 206 in the body, 200 as status', async (_, rows) => {
    const answer = await importSheets([{ name: 'device', rows }]);
    expect([answer.status, answer.json]).toEqual([200, partial]);
    expect(await namesOf(server, 'device')).toContain('good');
  });

  test('of a link to a missing device is partial', async () => {
    const rows = [
      ['name', 'source_name', 'destination_name'],
      ['l', 'par-gw', 'ghost'],
    ];
    expect((await importSheets([{ name: 'link', rows }])).json).toEqual(partial);
    expect(await namesOf(server, 'link')).not.toContain('l');
  });

  test('takes every text in a column of booleans as true', async () => {
    const rows = [
      ['name', 'manually_defined'],
      ['x', 'False'],
    ];
    expect((await importSheets([{ name: 'device', rows }])).json).toEqual(complete);
    expect((await importSheets([{ name: 'other', rows }])).json).toEqual(complete);
  });

  test('of another file than a workbook is 500; with replace the devices are gone', async () => {
    expect((await upload(Buffer.from('PK\u0003\u0004 an xlsx'), 'False')).json).toEqual(internalError);
    expect(await namesOf(server, 'device')).not.toEqual([]);
    expect((await upload(Buffer.from('PK'), 'True')).status).toBe(500);
    expect(await namesOf(server, 'device')).toEqual([]);
  });

  test('without a file is 500', async () => {
    const form = new FormData();
    form.append('replace', 'False');
    expect((await server.call('POST', '/rest/topology/import', { form })).status).toBe(500);
  });
});

test('an exported workbook cannot be imported again', async () => {
  const workbook = await exported();
  const answer = await upload(workbook, 'True');
  expect([answer.status, answer.json]).toEqual([200, partial]);
  expect(await namesOf(server, 'device')).toEqual([]);
  // The links exist without ends, and one whose type is a subtype makes the whole table unreadable.
  expect(await get(server, 'link', 'par-core-1--fra-core-1')).not.toHaveProperty('source');
  expect((await server.call('GET', '/rest/query/link')).status).toBe(500);
  const rows = readWorkbook(workbook)[1]!.rows;
  const [header] = rows;
  const subtypes = rows.filter((row) => row[header!.indexOf('type')] === 'ethernet_link');
  expect(subtypes.length).toBeGreaterThan(0);
  for (const row of subtypes) {
    const name = encodeURIComponent(String(row[header!.indexOf('name')]));
    expect((await server.call('DELETE', `/rest/instance/link/${name}`)).status).toBe(200);
  }
  expect((await server.call('GET', '/rest/query/link')).status).toBe(200);
});
