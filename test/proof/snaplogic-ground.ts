import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapter as snaplogic } from '../../src/adapters/snaplogic/index.ts';
import { startEmulator } from '../../src/emulators/index.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools, never } from '../support/adapter-tools.ts';
import type { Random } from '../support/random.ts';
import type { Ground, Moved, Plant } from './ground.ts';
import { another, isMap, places, swapped, type Place } from './json-places.ts';
import { openTables, putRow, removeRow, rowsOf, type Json, type Row, type Tables } from '../support/tables.ts';

const path = '/Acme-Dev/Finance/Invoices';
const newId = (random: Random): string => createHash('sha256').update(random.word()).digest('hex').slice(0, 24);

/** The assets of a project of an org. */
function assetsIn(tables: Tables, org: string): Row[] {
  const [{ id: orgId } = { id: '' }] = rowsOf(tables, "kind = 'Org' AND name = ?", org);
  const below = (container: string, name: string) =>
    rowsOf(tables, "kind = 'Node' AND container = ? AND name = ?", container, name)[0]?.id ?? '';
  return rowsOf(tables, "kind = 'Node' AND container = ?", below(below(orgId, 'Finance'), 'Invoices'));
}

const typed = (rows: readonly Row[], type: string): Row[] => rows.filter(({ body }) => body['type'] === type);
const at = (value: unknown, ...keys: readonly string[]): Json => {
  const found = keys.reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), value);
  return isMap(found) ? found : {};
};

function fill(tables: Tables, files: string, random: Random): void {
  const assets = assetsIn(tables, 'Acme-Dev');
  const add = (like: Row, edit: (document: Json, name: string) => void): Row => {
    const row = structuredClone({ ...like, id: newId(random), name: random.word() });
    const document = row.body['document'] as Json;
    const label = at(document, 'property_map', 'info', 'label');
    if ('value' in label) label['value'] = row.name;
    edit(document, row.name);
    putRow(tables, row);
    return row;
  };
  const many = (work: () => void): void => {
    for (let left = random.below(4); left > 0; left -= 1) work();
  };
  const accounts = typed(assets, 'Account');
  many(() => {
    const account = add(random.pick(typed(assets, 'Account')), (document) => {
      const settings = at(document, 'property_map', 'settings');
      settings['hostname'] = { value: random.word(), expression: random.chance(0.3) };
      settings['port'] = { value: random.below(9000) };
    });
    accounts.push(account);
  });
  const pipelines = typed(assets, 'Pipeline');
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    const pipeline = add(random.pick(typed(assets, 'Pipeline')), (document) => {
      for (const snap of Object.values(at(document, 'snap_map'))) {
        at(snap, 'property_map', 'settings')[random.word()] = {
          value: random.chance(0.5) ? random.word() : random.below(100),
          expression: random.chance(0.2),
        };
        at(snap, 'property_map', 'info')['notes'] = { value: random.chance(0.5) ? random.word() : null };
      }
      const [first] = Object.values(at(document, 'snap_map'));
      const { id, name } = random.pick(accounts);
      at(first, 'property_map')['account'] = {
        account_ref: {
          value: {
            label: { value: name },
            ref_class_id: { value: 'com-snaplogic-snaps-sql-jdbc-databaseaccount' },
            ref_id: { value: id },
          },
        },
      };
      at(document, 'property_map', 'settings', 'param_table')['value'] = Array.from(
        { length: random.below(4) },
        () => ({
          key: { value: random.word() },
          data_type: { value: 'string' },
          description: { value: random.word() },
        }),
      );
    });
    pipelines.push(pipeline);
  }
  many(() =>
    add(random.pick(typed(assets, 'Job')), (document) => {
      const { id, name } = random.pick(pipelines);
      Object.assign(document, {
        pipeline_name: name,
        pipeline_snode_id: id,
        pipeline_path: `${path}/${name}`,
        enabled: random.chance(0.5),
      });
      document['parameters'] = random.chance(0.5)
        ? {}
        : { [random.word()]: random.word(), [random.word()]: random.below(9) };
      if (isMap(document['schedule']))
        document['schedule'] = { cron: `${random.below(60)} 2 * * *`, timezone: random.pick(['UTC', 'Europe/Paris']) };
    }),
  );
  many(() =>
    add(random.pick(typed(assets, 'File')), (document) => {
      const bytes = Buffer.from(random.word().repeat(1 + random.below(50)));
      const hash = createHash('sha256').update(bytes).digest('hex');
      writeFileSync(join(files, hash), bytes);
      Object.assign(document, { hash, size: bytes.length });
    }),
  );
  many(() => {
    add(random.pick(typed(assets, 'Policy')), (document) => {
      at(document, 'property_map', 'settings')['cidr'] = { value: `10.${random.below(250)}.0.0/16` };
    });
  });
}

/** Members that the control plane makes itself, that hold an encrypted value, or that a move does not carry. */
const made =
  /^(?:.*_id|instance_id|pipeline_path|link_serial|default_snaplex|target_runtime|hash|size|enabled|key|sym_key|sym_iv|fp|password|label|pipeline_name)$/u;

export async function withSnapLogicGround<T>(work: (ground: Ground) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-ground-'));
  const server = await startEmulator('snaplogic', { directory: folder, sample: 'source', pace: 0 });
  const tables = openTables(folder);
  const peers: Record<string, () => Adapter> = {};
  const tools = adapterTools({}, peers);
  const instance = (name: string, org: string) => {
    const { username = '', password = '' } = server.credentials;
    const adapter = snaplogic.create(
      { name, url: server.url, settings: { username, org }, secrets: { password: new Secret(password) } },
      tools,
    );
    peers[name] = () => adapter;
    return { name, adapter };
  };
  const [source, target] = [instance('dev', 'Acme-Dev'), instance('test', 'Acme-Test')];

  const move = async (random: Random): Promise<Moved> => {
    fill(tables, join(folder, 'files'), random);
    const moves = source.adapter.moves!;
    const prepared = await moves.prepare({ project: path, dryRun: false, options: {} }, target, never);
    const id = await moves.start(prepared, target, {}, never);
    while ((await source.adapter.jobs.status(id, never)).state === 'running')
      await new Promise((done) => setTimeout(done, 3));
    return { projects: [path], options: {} };
  };
  const arrived = (...types: readonly string[]): Row[] =>
    assetsIn(tables, 'Acme-Test').filter(({ body }) => types.length === 0 || types.includes(String(body['type'])));
  const change = (
    types: readonly string[],
    random: Random,
    fits: (place: Place) => boolean,
    to: (place: Place, row: Row) => unknown,
  ): string | undefined => {
    const found = arrived(...types).flatMap((row) =>
      places(row.body['document']).flatMap((place) => (fits(place) ? [{ place, row }] : [])),
    );
    if (found.length === 0) return undefined;
    const { place, row } = random.pick(found);
    const value = to(place, row);
    place.set(value);
    putRow(tables, row);
    return `${String(row.body['type'])} ${row.name} ${place.path.join('.')}: ${JSON.stringify(place.value).slice(0, 200)} -> ${JSON.stringify(value)}`;
  };
  const last = (place: Place, back = 1): string => place.path.at(-back) ?? '';
  const isPassword = (place: Place): boolean => last(place) === 'value' && last(place, 2) === 'password';
  const nameOf = (type: string, random: Random, but: unknown): string | undefined => {
    const names = arrived(type)
      .map(({ name }) => name)
      .filter((name) => name !== but);
    return names.length === 0 ? undefined : random.pick(names);
  };

  const plants: Plant[] = [
    {
      kind: 'an object removed',
      at: (random) => {
        const row = random.pick(arrived());
        removeRow(tables, row);
        return row.name;
      },
    },
    {
      kind: 'a part removed',
      at: (random) =>
        change(
          [],
          random,
          (place) =>
            ['snap_map', 'link_map', 'parameters'].includes(last(place, 2)) ||
            (last(place, 3) === 'param_table' && /^\d+$/u.test(last(place))),
          () => undefined,
        ),
    },
    {
      kind: 'a field changed',
      at: (random) =>
        change(
          [],
          random,
          // The label of a Snap is its own. That of an asset is its name.
          (place) =>
            ['string', 'number', 'boolean'].includes(typeof place.value) &&
            place.path.every(
              (key) =>
                !made.test(key) || (key === 'label' && place.path[0] === 'snap_map' && place.path.includes('info')),
            ),
          ({ value }) => another(value as string, random),
        ),
    },
    {
      kind: 'a field changed',
      at: (random) => {
        const hashes = arrived('File').map(({ body }) => at(body, 'document'));
        const [one, other] = [random.pick(hashes), random.pick(hashes)];
        return one['hash'] === other['hash']
          ? undefined
          : change(
              ['File'],
              random,
              (place) => place.value === one['hash'],
              () => other['hash'],
            );
      },
    },
    {
      kind: 'a scope changed',
      at: (random) =>
        change(
          ['Job'],
          random,
          (place) => last(place) === 'runtime_path_id',
          ({ value }) => String(value).replace('cloudplex', 'groundplex'),
        ),
    },
    {
      kind: 'a relation changed',
      at: (random) =>
        change(
          ['Pipeline'],
          random,
          (place) => last(place) === 'value' && last(place, 2) === 'label' && place.path.includes('account_ref'),
          ({ value }) => nameOf('Account', random, value) ?? random.word(),
        ),
    },
    {
      kind: 'a relation changed',
      at: (random) =>
        change(
          ['Job'],
          random,
          (place) => last(place) === 'pipeline_name',
          ({ value }) => nameOf('Pipeline', random, value) ?? random.word(),
        ),
    },
    {
      kind: 'a relation changed',
      at: (random) =>
        change(
          ['Pipeline'],
          random,
          (place) => ['src_id', 'dst_id'].includes(last(place)),
          ({ value }) => String(value).replace(/\d$/u, (digit) => String((Number(digit) % 3) + 1)),
        ),
    },
    {
      kind: 'an order changed',
      at: (random) =>
        change(
          [],
          random,
          ({ value }) => Array.isArray(value) && value.length > 1,
          ({ value }) => swapped(value as unknown[]),
        ),
    },
    { kind: 'a secret emptied', at: (random) => change(['Account'], random, isPassword, () => null) },
    {
      kind: 'a second copy',
      at: (random) => {
        const row = random.pick(arrived());
        putRow(tables, { ...row, id: newId(random), name: `${row.name} (2)` });
        return row.name;
      },
    },
    {
      kind: 'another secret',
      blind: true,
      at: (random) => change(['Account'], random, isPassword, () => random.word()),
    },
  ];
  try {
    return await work({ source, target, tables: [tables], move, plants });
  } finally {
    tables.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
