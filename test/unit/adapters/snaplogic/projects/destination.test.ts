import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { resultOf } from '../../../../../src/core/snapshots/result.ts';
import { held } from '../../../../../src/core/snapshots/snapshot-lookup.ts';
import type { Adapter, Peer } from '../../../../../src/ports/adapter.ts';
import type { ArtifactFile } from '../../../../../src/ports/artifact.ts';
import type { PlanItem } from '../../../../../src/ports/plan.ts';
import type { Options } from '../../../../../src/ports/options.ts';
import type { Scope } from '../../../../../src/ports/snapshot.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { all } from '../../../../support/snaplogic-client.ts';
import { ended, snaplogicPlane, type SnaplogicPlane } from '../../../../support/snaplogic-plane.ts';

const composed = 'Caf\u00e9';
const decomposed = 'Cafe\u0301';
const invoices = '/Acme-Dev/Finance/Invoices';
const empty = '/Acme-Dev/Finance/Empty';

let plane: SnaplogicPlane;
let dev: Adapter;
let target: Peer;

const make = (path: string) =>
  plane.call('POST', `public/assetapi/project/${path.split('/').slice(1).map(encodeURIComponent).join('/')}`, {});

beforeAll(async () => {
  plane = await snaplogicPlane();
  dev = plane.org('Acme-Dev').adapter;
  target = plane.org('Acme-Test');
  await make(empty);
  await make(`/Acme-Test/Finance/${decomposed}`);
  await make('/Acme-Test/Finance/\u1e0a\u0323');
  await make('/Acme-Test/Finance/D\u0307\u0323');
});
afterAll(() => plane.close());

const prepareMove = (project: string, options: Options) =>
  dev.moves!.prepare({ project, dryRun: false, options }, target, never);

async function resultAt(
  { plan = [], scope }: { readonly plan?: readonly PlanItem[] | undefined; readonly scope?: Scope | undefined },
  run: () => Promise<unknown>,
) {
  const look = async () => held(await all(target.adapter.snapshots!.take(scope!, 'listing', never)));
  const before = await look();
  await run();
  return resultOf({ before, after: await look(), plan, whole: true, claims: [] });
}

const isCreated = (name: string) => ({
  changed: true,
  complete: true,
  items: [expect.objectContaining({ kind: 'empty project', name, action: 'created' })],
});

test('a move of an empty project has created it, and says that it is empty', async () => {
  const prepared = await prepareMove(empty, {});
  const result = await resultAt(prepared, async () => ended(dev, await dev.moves!.start(prepared, target, {}, never)));
  expect(result).toMatchObject(isCreated('/Acme-Test/Finance/Empty'));
});

async function exportOf(project: string): Promise<readonly ArtifactFile[]> {
  const exported = await dev.exports!.prepare({ projects: [project], options: {} }, never);
  const made = await dev.exports!.start(exported, {}, undefined, never);
  return (await dev.exports!.fetch(made, exported, never)).files;
}

test('an import of an empty project asks for its place, because the export names none, and has created it there', async () => {
  const files = await exportOf(empty);
  const imports = target.adapter.imports!;
  const prepare = (options: Options) =>
    imports.prepare({ source: { id: 'empty', version: '1' }, dryRun: false, options, files }, never);
  await expect(prepare({})).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('is empty'),
    hint: expect.stringMatching(/--dest-path/),
  });
  const destPath = '/Acme-Test/Finance/Empty import';
  const prepared = await prepare({ destPath });
  const result = await resultAt(prepared, async () =>
    ended(target.adapter, await imports.start(prepared, {}, files, never, { destPath })),
  );
  expect(result).toMatchObject(isCreated(destPath));
});

test('a destination whose name is composed of other code points is the project that is there', async () => {
  const destPath = `/Acme-Test/Finance/${composed}`;
  await expect(prepareMove(invoices, { destPath })).rejects.toMatchObject({ code: 'CONFLICT' });
  const { settled } = await prepareMove(invoices, { destPath, noDuplicateCheck: true });
  expect(settled).toMatchObject({ destination: `/Acme-Test/Finance/${decomposed}`, existed: true });
  const scope = await target.adapter.snapshots!.scopeOf(['x'], { destPath }, never);
  expect(scope).toMatchObject({ projects: [`/Acme-Test/Finance/${decomposed}`] });
});

test('of several destinations with other code points each is shown, and none is taken', async () => {
  await expect(prepareMove(invoices, { destPath: '/Acme-Test/Finance/\u1e0c\u0307' })).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringMatching(/U\+1E0A U\+0323.*U\+0307 U\+0323/),
  });
});
