import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { resultOf } from '../../../../../src/core/snapshots/result.ts';
import { held } from '../../../../../src/core/snapshots/snapshot-lookup.ts';
import type { Adapter, Peer } from '../../../../../src/ports/adapter.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { all } from '../../../../support/snaplogic-client.ts';
import { moveProject, snaplogicPlane, type SnaplogicPlane } from '../../../../support/snaplogic-plane.ts';

const composed = 'Café';
const decomposed = 'Cafe\u0301';

let plane: SnaplogicPlane;
let dev: Adapter;
let target: Peer;

const make = (path: string) =>
  plane.call('POST', `public/assetapi/project/${path.split('/').slice(1).map(encodeURIComponent).join('/')}`, {});

beforeAll(async () => {
  plane = await snaplogicPlane();
  dev = plane.org('Acme-Dev').adapter;
  target = plane.org('Acme-Test');
  await make(`/Acme-Dev/Finance/${decomposed}`);
  await make('/Acme-Dev/Finance/Tr ');
});
afterAll(() => plane.close());

const prepared = (project: string) => dev.exports!.prepare({ projects: [project], options: {} }, never);

test('a path finds the project whose name is composed of other code points', async () => {
  const { projects } = await prepared(`/Acme-Dev/Finance/${composed}`);
  expect(projects).toEqual([{ id: `/Acme-Dev/Finance/${decomposed}`, name: decomposed }]);
});

test('the project of that very name is taken; of several others each is shown with its code points', async () => {
  await make(`/Acme-Dev/Finance/Ḋ\u0323`);
  await make(`/Acme-Dev/Finance/D\u0307\u0323`);
  const third = 'Ḍ\u0307';
  await expect(prepared(`/Acme-Dev/Finance/${third}`)).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringMatching(/U\+1E0A U\+0323.*U\+0307 U\+0323/),
  });
  const { projects } = await prepared(`/Acme-Dev/Finance/D\u0307\u0323`);
  expect(projects[0]?.name).toBe('D\u0307\u0323');
});

test('a blank at the end of a path belongs to the name', async () => {
  expect((await prepared('/Acme-Dev/Finance/Tr ')).projects[0]?.name).toBe('Tr ');
  const destPath = '/Acme-Test/Finance/Invoices ';
  await moveProject(dev, target, '/Acme-Dev/Finance/Invoices', { destPath });
  const { entries } = await plane.call('GET', 'asset/list/Acme-Test/Finance');
  expect((entries as { readonly name: string }[]).map(({ name }) => name)).toContain('Invoices ');
});

test('an asset beside one whose name has a blank more is new', async () => {
  const scope = { projects: ['/Acme-Test/Finance/Twins'], types: [], renames: [] };
  const take = async () => held(await all(target.adapter.snapshots!.take(scope, 'listing', never)));
  await make('/Acme-Test/Finance/Twins');
  const account = { asset_type: 'Account', class_id: 'x', property_map: {} };
  await plane.call('POST', 'asset/Acme-Test/Finance/Twins/Billing%20', account);
  const before = await take();
  await plane.call('POST', 'asset/Acme-Test/Finance/Twins/Billing', account);
  const plan = [
    { kind: 'Account', name: 'Billing', action: 'create' },
    { kind: 'Account', name: 'Billing ', action: 'beside' },
  ] as const;
  const { items, complete } = resultOf({ before, after: await take(), plan, whole: true, claims: [] });
  expect(items).toEqual([expect.objectContaining({ name: 'Billing', action: 'created' })]);
  expect(complete).toBe(true);
});
