import { describe, expect, test } from '@jest/globals';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import { never } from '../../../support/adapter-tools.ts';
import { tutorial, year } from '../../../support/library-records.ts';
import { otherProject, project, withLibraries, type Call, type Side } from '../../../support/library-script.ts';

const titles = {
  '295': 'Create package',
  '296': 'Manage Migration Packages',
  '186': 'Bypass all object security access checks',
  '301': 'Administer environment',
};
type Allowed = boolean | { readonly in: string };

/** What a Library says of an account: those that are named are there, allowed or not. */
const privileges = (on: Side, allowed: Partial<Record<keyof typeof titles, Allowed>>): Call => ({
  on,
  line: 'GET /api/sessions/privileges',
  answer: Object.entries(allowed).map(([id, may]) => ({
    id,
    name: titles[id as keyof typeof titles],
    isUserLevelAllowed: may === true,
    projects: typeof may === 'object' ? [{ id: may.in, isAllowed: true }] : [],
  })),
});
const everything = { '295': true, '296': true, '186': true, '301': true };
const status: Call = { on: 'source', line: 'GET /api/status', answer: { iServerVersion: '11.4.0600' } };
const storage = (on: Side, location = '/x'): Call => ({
  on,
  line: 'GET /api/mstrServices/library/storage',
  answer: { sharedFileStore: { type: 'file_system', location, configured: true } },
});
const projects = (on: Side): Call => ({ on, line: 'GET /api/projects', answer: [{ ...tutorial, status: 0 }] });
const object = (on: Side): Call => ({ on, line: `GET /api/objects/${year.id}?type=12`, answer: year });

describe('the probe', () => {
  const rightsOf = (call: Call) =>
    withLibraries([status, storage('source'), call], async ({ open }) => {
      const { rights } = await open().probe(never);
      return Object.fromEntries(rights.map(({ action, allowed }) => [action, allowed]));
    });

  test.each<[string, Call, unknown[]]>([
    ['all', privileges('source', everything), [true, true, true]],
    ['creating alone', privileges('source', { ...everything, '296': false, '301': false }), [false, false, false]],
    ['all but uploading', privileges('source', { ...everything, '301': false }), [true, true, false]],
    [
      'what is given in one project',
      privileges('source', { ...everything, '295': { in: project } }),
      [true, true, true],
    ],
    ['a list without some', privileges('source', { '295': true, '296': true }), [true, undefined, undefined]],
    [
      'a list within a document',
      { ...privileges('source', {}), answer: { privileges: privileges('source', everything).answer } },
      [true, true, true],
    ],
    [
      'the name of before, and an unnamed number',
      {
        ...privileges('source', {}),
        answer: [
          { id: '295', isUserLevelAllowed: true },
          { id: '9', name: 'Apply package', isUserLevelAllowed: false },
        ],
      },
      [false, false, false],
    ],
    [
      'nothing, because it fails',
      { ...privileges('source', {}), status: 500, answer: { code: 'ERR001', message: 'x' } },
      [undefined, undefined, undefined],
    ],
  ])('tells what the account may do: %s', async (_, call, [exporting, importing, uploading]) => {
    expect(await rightsOf(call)).toEqual({
      export: exporting,
      import: importing,
      'upload packages': uploading,
      'approve and validate': undefined,
    });
  });
});

describe('before anything is made, the account is refused', () => {
  const request = { project: tutorial.name, dryRun: false, options: { object: [`${year.id}:attribute:replace`] } };
  const move = (calls: readonly Call[], options: object = {}, dryRun = false) =>
    withLibraries(calls, ({ open }) => {
      const target = { name: 'prod', adapter: open('target') };
      return open().moves!.prepare({ ...request, dryRun, options: { ...request.options, ...options } }, target, never);
    });
  const expectRefused = (adapter: () => Promise<unknown>) => expect(adapter).toThrowCode('AUTH_REFUSED');
  const source = [projects('source'), object('source')];

  test('an export', async () => {
    const prepare = (may: Call) =>
      withLibraries([...source, may], ({ open }) =>
        open().exports!.prepare({ projects: [tutorial.name], options: request.options }, never),
      );
    await expectRefused(() => prepare(privileges('source', { ...everything, '295': false })));
    await expectRefused(() => prepare(privileges('source', { ...everything, '296': false })));
    await expectRefused(() => prepare(privileges('source', { ...everything, '295': { in: otherProject } })));
    await prepare(privileges('source', { ...everything, '295': { in: project } }));
    await prepare(privileges('source', {}));
  });

  test('a move, for what it needs on either Library', async () => {
    const both = [...source, projects('target')];
    await expectRefused(() => move([...both, privileges('source', { '295': false })]));
    const may = privileges('source', { '295': true });
    await expectRefused(() => move([...both, may, privileges('target', { ...everything, '186': false })]));
    await move([...both, may, privileges('target', everything), object('target')]);
  });

  test('but not for --request-only or a dry run', async () => {
    const calls = [...source, projects('target'), privileges('source', { '295': true }), object('target')];
    expect(await move(calls, { requestOnly: true })).toMatchObject({ dryRun: false });
    expect(await move(calls, {}, true)).toMatchObject({ dryRun: true });
  });

  test('a move by way of this machine, for what it needs on the target', async () => {
    const reaches = (may: object) =>
      withLibraries([storage('source'), storage('target', '/y'), privileges('target', may)], ({ open }) => {
        const adapter: Adapter = open('target');
        return open().moves!.reaches({ name: 'prod', adapter }, {} as never, never);
      });
    await expectRefused(() => reaches({ ...everything, '301': false }));
    expect(await reaches(everything)).toMatch(/do not share/);
  });

  test('an import, before its file is uploaded', async () => {
    const request = { source: { id: 'x', version: '' }, dryRun: false, options: {} };
    const check = (may: object) =>
      withLibraries([privileges('target', may)], ({ open }) => open('target').imports!.check!(never, request));
    await expectRefused(() => check({ ...everything, '295': false }));
    await check({ ...everything, '295': { in: project }, '301': false });
  });

  test('an upload, before anything is announced', async () => {
    const file = {
      path: 'native/x.mmp',
      size: 1,
      mediaType: 'application/octet-stream',
      open: async function* () {
        await Promise.resolve();
        yield Buffer.from('x');
      },
    };
    const may = privileges('target', { ...everything, '301': false });
    await expectRefused(() =>
      withLibraries([may], ({ open }) =>
        open('target').feed!.upload(file, { id: 'x', version: '1.0.0' }, 'fail', never),
      ),
    );
  });
});
