import { afterEach, expect, test } from '@jest/globals';
import { pub, startPlane, stopPlanes } from './control-plane.ts';

afterEach(stopPlanes);

test('a project moves to another environment and, as a zip, into a third project', async () => {
  const plane = await startPlane();
  const status = await plane.migrated('/Acme-Dev/Finance/Invoices', { dest_path: '/Acme-Test/Finance/Invoices' });
  expect(status).toMatchObject({ status: 'Completed', failed: [], warnings: [] });
  const source = await plane.list('/Acme-Dev/Finance/Invoices');
  const target = await plane.list('/Acme-Test/Finance/Invoices');
  expect(target.map(({ name }) => name).sort()).toEqual(source.map(({ name }) => name).sort());
  const zip = await plane.get(`${pub}/project/export/Acme-Dev/Finance/Invoices`);
  expect(zip.headers.get('content-type')).toBe('application/zip');
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(zip.bytes)]), 'invoices.zip');
  const answer = await plane.call('POST', `${pub}/project/import/Acme-Test/Finance/Copy`, { form });
  expect(answer.map).toMatchObject({ project_path: '/Acme-Test/Finance/Copy', failed: [] });
  expect(answer.map['successful']).toHaveLength(9);
});
