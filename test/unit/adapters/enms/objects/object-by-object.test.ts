import { describe, expect, test } from '@jest/globals';
import { contentOf, objectsOf } from '../../../../../src/adapters/enms/model/package-content.ts';
import { relations, types, type Type } from '../../../../../src/adapters/enms/model/types-and-relations.ts';
import type { YamlValue } from '../../../../../src/adapters/enms/wire/yaml.ts';
import { isUncertain } from '../../../../../src/core/steps/exactly-once.ts';
import { writeItems } from '../../../../../src/enms-yaml/write.ts';
import type { ArtifactFile } from '../../../../../src/ports/artifact.ts';
import type { PreparedExport } from '../../../../../src/ports/exporter.ts';
import type { PreparedImport } from '../../../../../src/ports/importer.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { alive, failed, names, object, packaged, rest, version, withEnms } from '../../../../support/enms-client.ts';
import { memoryRun } from '../../../../support/ports.ts';
import { fc } from '../../../../support/property.ts';
import type { Exchange } from '../../../../support/scripted-server.ts';
import { startingOnce } from '../../../../support/start-once.ts';
import { nodeOf } from '../../../../support/yaml-nodes.ts';

const stamp = '20261121T043442123Z-ab12cd';

async function textOf(file: ArtifactFile): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.open(never)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('an export object by object', () => {
  test('needs neither disk nor web interface, and says what it leaves out', async () => {
    await withEnms([alive, version], async ({ enms }) => {
      const prepared = await enms.exports!.prepare({ projects: ['lab'], options: { via: 'rest' } }, never);
      const notes = prepared.omits?.join('\n');
      for (const loss of ['passwords', 'configurations', 'inactive', 'content']) expect(notes).toContain(loss);
      const id = await enms.exports!.start(prepared, {}, undefined, never);
      expect(id).toMatch(/^objects\/lab\/\d{8}T\d{9}Z-[0-9a-f]{6}\/all$/);
      expect(await enms.jobs.status(id, never)).toMatchObject({ state: 'succeeded', kind: 'export' });
      expect(await enms.exports!.find(prepared, new Date(), never)).toBeUndefined();
      expect((await enms.exports!.fetch(id, undefined, never)).files).toHaveLength(11);
    });
  });

  test('keeps properties, custom ones too, and the relations that a migration writes', async () => {
    const link = {
      id: 4,
      source: 'core-1',
      source_id: 1,
      source_name: 'core-1',
      destination: 'edge-1',
      destination_id: 2,
      destination_name: 'edge-1',
      custom_property: 'CP',
      custom_json: ['a', { b: 1 }],
      networks: ['site-a'],
      pools: ['manual'],
      owners: ['admin'],
      rbac_read: [],
      last_modified: '2026-11-20 23:53:36.950477',
      last_modified_by: 'admin',
    };
    const edge = { source: 'a', source_id: 1, destination: 'b', destination_id: 2, workflow: 'w', workflow_id: 3 };
    const pool = { id: 1, manually_defined: false, devices: ['core-1'], links: [], device_number: 1, runs: ['x'] };
    const script = [
      names('link', ['core-1--edge-1', 'gone'], 1, ['name']),
      object('link', 'core-1--edge-1', link),
      rest('GET', 'instance/link/gone', { status: 403, json: { alert: 'Error 403 - Not Authorized.' } }),
      names('workflow_edge', ['e'], 1, ['name']),
      object('workflow_edge', 'e', edge),
      names('pool', ['dynamic', 'manual'], 1, ['name']),
      object('pool', 'dynamic', pool),
      object('pool', 'manual', { ...pool, manually_defined: true }),
    ];
    await withEnms(script, async ({ enms }) => {
      const id = `objects/lab/${stamp}/link+workflow_edge+pool`;
      const { files, package: ref, notes } = await enms.exports!.fetch(id, undefined, never);
      expect(ref).toEqual({ id: 'lab', version: `1.0.0-${stamp}` });
      expect(notes).toEqual([]);
      expect(files.map(({ path }) => path)).toEqual(
        ['link', 'workflow_edge', 'pool'].map((type) => `objects/${type}.ndjson`),
      );
      expect(JSON.parse(await textOf(files[0]!))).toEqual({
        name: 'core-1--edge-1',
        type: 'link',
        source: 'core-1',
        destination: 'edge-1',
        custom_property: 'CP',
        custom_json: ['a', { b: 1 }],
        owners: ['admin'],
        rbac_read: [],
      });
      expect(JSON.parse(await textOf(files[1]!))).toEqual({
        name: 'e',
        type: 'workflow_edge',
        source: 'a',
        destination: 'b',
        workflow: 'w',
      });
      const pools = (await textOf(files[2]!))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      expect(pools).toEqual([
        { name: 'dynamic', type: 'pool', manually_defined: false },
        { name: 'manual', type: 'pool', manually_defined: true, devices: ['core-1'], links: [] },
      ]);
    });
  });

  test.each(['.', '..', '', 'a\nb'])(
    'refuses an object that no URL can name and does not leave it out: %j',
    async (name) => {
      await withEnms([alive, names('device', ['a', name], 1, ['name'])], async ({ enms }) => {
        const options = { via: 'rest', type: ['device'] };
        const prepared = await enms.exports!.prepare({ projects: ['lab'], options }, never);
        const id = await enms.exports!.start(prepared, {}, undefined, never);
        const { files } = await enms.exports!.fetch(id, prepared, never);
        await expect(textOf(files[0]!)).rejects.toMatchObject({
          code: 'UNSUPPORTED',
          message: expect.stringContaining(`device named ${JSON.stringify(name)}`),
        });
      });
    },
  );

  test('says where a service has its credentials from, which is no relation of it', async () => {
    const service = { credentials: 'custom', custom_username: 'robot', owners: ['admin'], credential_type: 'any' };
    const script = [
      names('service', ['backup'], 1, ['name']),
      object('service', 'backup', { ...service, tasks: ['x'] }),
    ];
    await withEnms(script, async ({ enms }) => {
      const { files } = await enms.exports!.fetch(`objects/lab/${stamp}/service`, undefined, never);
      expect(JSON.parse(await textOf(files[0]!))).toEqual({ name: 'backup', type: 'service', ...service });
    });
    const groups = { credentials: ['site'], rbac_read_devices: ['r'] };
    const other = [names('group', ['netops'], 1, ['name']), object('group', 'netops', { users: [], ...groups })];
    await withEnms(other, async ({ enms }) => {
      const { files } = await enms.exports!.fetch(`objects/lab/${stamp}/group`, undefined, never);
      expect(JSON.parse(await textOf(files[0]!))).toEqual({ name: 'netops', type: 'group', users: [] });
    });
  });

  test('reads page by page', async () => {
    const page = (start: number, count: number): Exchange =>
      rest(
        'POST',
        'search',
        { json: Array.from({ length: count }, (_, at) => ({ name: `d${start + at}` })) },
        { type: 'device', columns: ['name'], order: [{ column: 0, dir: 'asc' }], start, maximum_return_records: 1000 },
      );
    await withEnms([page(0, 1000), page(1000, 3)], async ({ enms }) => {
      let count = 0;
      for await (const { kind } of enms.inventory.list('device', never)) count += kind === 'device' ? 1 : 0;
      expect(count).toBe(1003);
    });
  });
});

const prepared = (wanted: readonly Type[], more: PreparedExport['settled'] = {}): PreparedImport => ({
  source: { id: 'lab', version: '1.0.0-x' },
  dryRun: false,
  settled: { way: 'rest', stamp, types: wanted, ...more },
  notes: [],
});
const ndjson = (type: Type, ...objects: readonly object[]): ArtifactFile =>
  packaged(`objects/${type}.ndjson`, objects.map((item) => `${JSON.stringify(item)}\n`).join(''));
const upsert = (type: string, body: readonly object[], answer: object): Exchange =>
  rest('POST', `instance/${type}`, { json: answer }, body);
const done = (type: string, body: readonly { readonly name: string }[]): Exchange =>
  upsert(type, body, { success: body.map(({ name }) => name) });

describe('an import object by object', () => {
  test('writes objects before those that refer to them, and circles in a second pass', async () => {
    const files = [
      ndjson(
        'device',
        { name: 'gw', type: 'gateway', owners: ['admin'], gateways: [] },
        { name: 'r', type: 'router', gateways: ['gw'] },
      ),
      ndjson('link', { name: 'l', type: 'link', source: 'gw', destination: 'r' }),
      ndjson('pool', { name: 'p', type: 'pool', devices: ['gw'], target_services: ['wf'] }),
    ];
    const script = [
      done('gateway', [{ name: 'gw', owners: ['admin'], gateways: [] } as { name: string }]),
      done('router', [{ name: 'r' }]),
      done('link', [{ name: 'l', source: 'gw', destination: 'r' } as { name: string }]),
      done('pool', [{ name: 'p', devices: ['gw'] } as { name: string }]),
      done('router', [{ name: 'r', gateways: ['gw'] } as { name: string }]),
      done('pool', [{ name: 'p', target_services: ['wf'] } as { name: string }]),
      rest('POST', 'update_all_pools', { json: null }),
    ];
    await withEnms(script, async ({ enms, tools }) => {
      const id = await enms.imports!.start(prepared(['device', 'link', 'pool']), {}, files, never);
      expect(id).toBe(`upsert/${stamp}/4/0`);
      expect(await enms.jobs.status(id, never)).toMatchObject({ state: 'succeeded', kind: 'import' });
      expect(tools.lines.join()).toContain('4 objects');
    });
  });

  test('takes away the owner whom the server gives a new object without one', async () => {
    const files = [
      ndjson('device', { name: 'r', type: 'router', owners: [] }, { name: 's', type: 'router', owners: ['bob'] }),
    ];
    const first = [
      { name: 'r', owners: [] },
      { name: 's', owners: ['bob'] },
    ];
    await withEnms([done('router', first), done('router', [first[0]!])], async ({ enms }) => {
      expect(await enms.imports!.start(prepared(['device']), {}, files, never)).toBe(`upsert/${stamp}/2/0`);
    });
  });

  test('writes folders before the files in them, and no place on the disk of the source', async () => {
    const [inside, above] = [
      { name: '>a>x', path: '/a/x' },
      { name: '>a', path: '/a' },
    ];
    const placed = { full_path: '/lab/files/a/x', folder_path: '/lab/files/a', folder: '>a' };
    const files = [ndjson('file', { ...inside, ...placed, type: 'file' }, { ...above, type: 'folder' })];
    await withEnms([done('folder', [above]), done('file', [inside])], async ({ enms }) => {
      expect(await enms.imports!.start(prepared(['file']), {}, files, never)).toBe(`upsert/${stamp}/2/0`);
    });
  });

  test('writes workflows before their services, whose names are made of theirs', async () => {
    const files = [
      ndjson(
        'service',
        { name: '[sub] a', type: 'python_snippet_service', scoped_name: 'a', workflows: ['[wf] sub'] },
        {
          name: '[wf] sub',
          type: 'workflow',
          scoped_name: 'sub',
          workflows: ['wf'],
          services: [],
          positions: { x: [1, 2] },
        },
        { name: 'wf', type: 'workflow', scoped_name: 'wf', workflows: [], services: ['[wf] sub'] },
        { name: '[away] b', type: 'python_snippet_service', workflows: ['away'] },
      ),
    ];
    const order: string[] = [];
    const script = [
      done('workflow', [{ name: 'wf', scoped_name: 'wf', workflows: [] } as { name: string }]),
      done('workflow', [
        { name: '[wf] sub', scoped_name: 'sub', workflows: ['wf'], services: [], positions: { x: [1, 2] } } as {
          name: string;
        },
      ]),
      done('python_snippet_service', [
        { name: '[sub] a', scoped_name: 'a', workflows: ['[wf] sub'] } as { name: string },
      ]),
      done('python_snippet_service', [{ name: '[away] b', workflows: ['away'] } as { name: string }]),
      // A new workflow was given a start and an end, also the one that has none.
      done('workflow', [
        { name: '[wf] sub', services: [] } as { name: string },
        { name: 'wf', services: ['[wf] sub'] } as { name: string },
      ]),
    ];
    await withEnms(script, async ({ enms, tools }) => {
      const id = await enms.imports!.start(prepared(['service']), {}, files, never);
      expect(id).toBe(`upsert/${stamp}/4/0`);
      order.push(...tools.lines.filter((line) => line.startsWith('POST')).map((line) => line.split(' ')[1]!));
    });
    expect(order.map((path) => path.split('/').at(-1))).toEqual([
      'workflow',
      'workflow',
      'python_snippet_service',
      'python_snippet_service',
      'workflow',
    ]);
  });

  test('reads success and failure from the body and not from the status', async () => {
    const bodies = [{ name: 'a/b' }, { name: 'fine' }];
    const failure = [
      [{ name: 'a/b', password: 'secret-echo' }, 'Traceback (most recent call last):\n  x\nException: bad name'],
    ];
    const script = [upsert('device', bodies, { success: ['fine'], failure })];
    await withEnms(script, async ({ enms }) => {
      const files = [ndjson('device', ...bodies)];
      const id = await enms.imports!.start(prepared(['device']), {}, files, never);
      expect(id).toBe(`upsert/${stamp}/1/1`);
      const status = await enms.jobs.status(id, never);
      expect(status).toMatchObject({
        state: 'partial',
        items: [{ kind: 'device', name: 'a/b', action: 'failed', reason: 'Exception: bad name' }],
      });
      expect(JSON.stringify(status)).not.toContain('secret-echo');
    });
    // Another process knows the counts.
    await withEnms([], async ({ enms }) => {
      expect(await enms.jobs.status(`upsert/${stamp}/1/1`, never)).toMatchObject({ state: 'partial' });
      expect(await enms.jobs.status(`upsert/${stamp}/0/1`, never)).toMatchObject({ state: 'failed' });
    });
  });

  test('finds the object at which the server fails, and writes the others', async () => {
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name }));
    const fails = (from: number, to: number) => rest('POST', 'instance/device', failed, all.slice(from, to));
    const script = [
      fails(0, 5),
      done('device', all.slice(0, 3)),
      fails(3, 5),
      fails(3, 4),
      done('device', [{ name: 'e' }]),
    ];
    await withEnms(script, async ({ enms }) => {
      const id = await enms.imports!.start(prepared(['device']), {}, [ndjson('device', ...all)], never);
      expect(id).toBe(`upsert/${stamp}/4/1`);
      expect((await enms.jobs.status(id, never)).items).toEqual([
        {
          kind: 'device',
          name: 'd',
          action: 'failed',
          reason: expect.stringMatching(
            /^eNMS failed: Error 500 - Internal Server Error\. \(.+, POST \/rest\/instance\/device\)$/,
          ),
        },
      ]);
    });
    // Nothing of a batch gets through: it is no object's fault.
    const none = [fails(0, 2), fails(0, 1), fails(1, 2)];
    await withEnms(none, async ({ enms }) => {
      const files = [ndjson('device', ...all.slice(0, 2))];
      await expect(() => enms.imports!.start(prepared(['device']), {}, files, never)).toThrowCode('REMOTE_UNEXPECTED');
    });
  });

  test('counts objects that the answer does not name as refused', async () => {
    await withEnms([upsert('device', [{ name: 'a' }, { name: 'b' }], { success: ['a'] })], async ({ enms }) => {
      const files = [ndjson('device', { name: 'a' }, { name: 'b' })];
      expect(await enms.imports!.start(prepared(['device']), {}, files, never)).toBe(`upsert/${stamp}/1/1`);
    });
  });

  test('sends batches of a hundred', async () => {
    const all = Array.from({ length: 250 }, (_, at) => ({ name: `d${at}` }));
    const script = [0, 100, 200].map((from) => done('device', all.slice(from, from + 100)));
    await withEnms(script, async ({ enms }) => {
      const id = await enms.imports!.start(prepared(['device']), {}, [ndjson('device', ...all)], never);
      expect(id).toBe(`upsert/${stamp}/250/0`);
    });
  });

  test('writes after a crash only what is not there as the package has it', async () => {
    const files = [
      ndjson('device', { name: 'a', port: 22, gateways: [] }, { name: 'b', port: 22 }, { name: 'c', port: 22 }),
      ndjson('link', { name: 'a--b', source: 'a', destination: 'b' }, { name: 'b--a', source: 'b', destination: 'a' }),
      ndjson('workflow_edge', { name: 'e', workflow: 'wf', source: 's', destination: 't' }),
    ];
    const script = [
      object('device', 'a', { port: 22, gateways: [] }),
      object('device', 'b', { port: 2222 }),
      rest('GET', 'instance/device/c', { status: 403, json: { alert: 'Error 403 - Not Authorized.' } }),
      done('device', [{ name: 'b', port: 22 } as { name: string }, { name: 'c', port: 22 } as { name: string }]),
      object('link', 'a--b', { source: 'a', destination: 'b' }),
      // A single name that is not set is not given: this one is not done.
      object('link', 'b--a', { source: 'b' }),
      done('link', [{ name: 'b--a', source: 'b', destination: 'a' } as { name: string }]),
      object('workflow_edge', 'e', { workflow: 'wf', source: 's', destination: 't' }),
    ];
    await withEnms(script, async ({ enms }) => {
      const begun = prepared(['device', 'link', 'workflow_edge']);
      expect(await enms.imports!.find(begun, new Date(), never)).toBeUndefined();
      const id = await enms.imports!.start(begun, {}, files, never);
      expect(id).toBe(`upsert/${stamp}/3/0/3`);
      expect(await enms.jobs.status(id, never)).toMatchObject({
        state: 'succeeded',
        wireState: '3 written, 3 were there already as the package has them, 0 refused',
      });
    });
  });

  test('says after a break what is done, and stays in doubt so that the next run looks first', async () => {
    const all = Array.from({ length: 150 }, (_, at) => ({ name: `d${at}` }));
    const wrong = { status: 401, json: { alert: 'Error 401 - Wrong Credentials.' } };
    const script = [done('device', all.slice(0, 100)), rest('POST', 'instance/device', wrong, all.slice(100))];
    await withEnms(script, async ({ enms, tools }) => {
      const run = memoryRun();
      const { imports } = startingOnce(enms, { tools, run });
      await expect(imports!.start(prepared(['device']), {}, [ndjson('device', ...all)], never)).rejects.toMatchObject({
        code: 'AUTH_REFUSED',
        hint: expect.stringContaining('100 objects written'),
        details: { written: 100 },
      });
      expect(isUncertain(run.record.facts)).toBe(true);
    });
  });

  test.each([`upsert/${stamp}/1/1/x`, `upsert/${stamp}/1/1/1/1`, `objects/lab/${stamp}/all/1`])(
    'is not called %s',
    async (id) => {
      await withEnms([], async ({ enms }) => {
        await expect(() => enms.jobs.status(id, never)).toThrowCode('NOT_FOUND');
      });
    },
  );

  test.each([
    ['a line that is not JSON', '{"name":"a"}\n{"name":\n'],
    ['an object without a name', '{"port":22}\n'],
    ['a list', '[1]\n'],
  ])('refuses %s', async (_, text) => {
    await withEnms([], async ({ enms }) => {
      const files = [packaged('objects/device.ndjson', text)];
      const request = { source: { id: 'lab', version: '' }, dryRun: true, options: {}, files };
      await expect(() => enms.imports!.prepare(request, never)).toThrowCode('PACKAGE_MALFORMED');
    });
  });
});

describe('a graph of objects', () => {
  const word = fc.string({ minLength: 1, maxLength: 12 });
  const property = fc.oneof(word, fc.integer(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 }));

  /** Objects of all types with random properties and relations among their names. */
  const graph = fc
    .record(Object.fromEntries(types.map((type) => [type, fc.uniqueArray(word, { maxLength: 3 })])))
    .chain((named) =>
      fc.record(
        Object.fromEntries(
          types.map((type) => [
            type,
            fc.tuple(
              ...(named[type] ?? []).map((name) =>
                fc
                  .tuple(
                    fc.dictionary(fc.stringMatching(/^custom_[a-z]{1,6}$/), property, { maxKeys: 4 }),
                    fc.record(
                      Object.fromEntries(
                        Object.entries(relations[type]).map(([key, { to, scalar }]) => {
                          const among = to.flatMap((target) => named[target] ?? []);
                          return [key, scalar === true ? fc.constantFrom(...among, '') : fc.subarray(among)];
                        }),
                      ),
                    ),
                  )
                  .map(([own, related]): YamlValue => ({ ...own, ...related, name, type })),
              ),
            ),
          ]),
        ),
      ),
    );

  test('is the same after it was written and read, as migration files and as lines', async () => {
    await fc.assert(
      fc.asyncProperty(graph, async (objects) => {
        const migration = contentOf([
          ...types.map((type) =>
            packaged(`native/${type}.yaml`, writeItems((objects[type] ?? []).map((item) => nodeOf(item)))),
          ),
          packaged('native/metadata.yaml', '{version: 4.6}'),
        ]);
        const lines = contentOf(
          types.map((type) =>
            packaged(
              `objects/${type}.ndjson`,
              (objects[type] ?? []).map((item) => `${JSON.stringify(item)}\n`).join(''),
            ),
          ),
        );
        for (const content of [migration, lines]) {
          if (content.kind === 'topology') throw new Error('a graph is no spreadsheet');
          for (const type of types) {
            const read: YamlValue[] = [];
            for await (const item of objectsOf(content, type, never)) read.push(item);
            expect(read).toEqual(objects[type]);
          }
        }
      }),
      { numRuns: 15 },
    );
  });
});
