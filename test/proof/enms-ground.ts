import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapter as enms } from '../../src/adapters/enms/index.ts';
import { startEmulator, type RunningEmulator, type Sample } from '../../src/emulators/index.ts';
import type { ArtifactFile } from '../../src/ports/artifact.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools, never } from '../support/adapter-tools.ts';
import { packaged } from '../support/enms-client.ts';
import type { Random } from '../support/random.ts';
import type { Ground, Moved, Plant } from './ground.ts';
import { another } from './json-places.ts';
import { openTables, type Json, type Tables } from '../support/tables.ts';

/** eNMS has tables of its own: objects, and relations between them. */
interface Thing {
  readonly place: number;
  readonly model: string;
  readonly type: string;
  readonly id: number;
  readonly name: string;
  readonly body: Json;
}

interface Relation {
  readonly rank: number;
  readonly relation: string;
  readonly near: number;
  readonly far: number;
}

const models = ['user', 'group', 'device', 'link', 'service', 'network', 'workflow_edge', 'task', 'credential', 'pool'];

const thingsIn = (tables: Tables, ...of: readonly string[]): Thing[] =>
  tables
    .all<Omit<Thing, 'body'> & { body: string }>(
      'SELECT place, model, type, id, name, body FROM objects ORDER BY place',
    )
    .map((row) => ({ ...row, body: JSON.parse(row.body) as Json }))
    .filter(({ model, name }) => of.includes(model) && name !== 'admin' && !name.startsWith('[Shared]'));

const write = (tables: Tables, { place, name, body }: Thing): void =>
  tables.run('UPDATE objects SET name = ?, body = ? WHERE place = ?', name, JSON.stringify(body), place);

function add(tables: Tables, like: Thing, name: string, body: Json): number {
  const [{ id, place }] = tables.all<{ id: number; place: number }>(
    'SELECT max(id) + 1 AS id, max(place) + 1 AS place FROM objects',
  ) as [{ id: number; place: number }];
  tables.run(
    'INSERT INTO objects (place, model, type, id, name, body) VALUES (?, ?, ?, ?, ?, ?)',
    place,
    like.model,
    like.type,
    id,
    name,
    JSON.stringify(body),
  );
  tables.run('UPDATE families SET last = max(last, ?)', id);
  // It is related like the other one.
  tables.run(
    'INSERT INTO relations (relation, near, far) SELECT relation, ?, far FROM relations WHERE near = ?',
    place,
    like.place,
  );
  return place;
}

function remove(tables: Tables, { place }: Thing): void {
  tables.run('DELETE FROM relations WHERE near = ? OR far = ?', place, place);
  tables.run('DELETE FROM objects WHERE place = ?', place);
}

function fill(tables: Tables, random: Random): void {
  for (let left = 3 + random.below(10); left > 0; left -= 1) {
    const like = random.pick(
      thingsIn(tables, 'device', 'link', 'network', 'credential', 'pool', 'task', 'group', 'user'),
    );
    const model = like.model;
    add(tables, like, random.word(), {
      ...like.body,
      description: random.word(),
      ...(model === 'device'
        ? { location: random.word(), port: random.below(9000), os_version: random.word(), rack: random.word() }
        : {}),
      ...(model === 'link' ? { vendor: random.word(), color: `#${random.below(900000) + 100000}` } : {}),
      ...(model === 'pool'
        ? { manually_defined: true, device_location: random.word(), device_location_match: 'equality' }
        : {}),
      ...(model === 'task' ? { frequency: random.below(900), crontab_expression: random.pick(['', '0 2 * * *']) } : {}),
      ...(model === 'group' ? { device_access: random.pick([['rbac_read'], ['rbac_read', 'rbac_edit']]) } : {}),
      ...(model === 'user' ? { email: `${random.word()}@example.org` } : {}),
      ...(model === 'credential' ? { username: random.word() } : {}),
    });
  }
  for (const service of random.some(thingsIn(tables, 'service'), 4))
    write(tables, {
      ...service,
      body: { ...service.body, description: random.word(), number_of_retries: random.below(9) },
    });
}

/** What the server makes itself, what the REST API never gives, and where pictures lie. */
const made =
  /^(?:last_.*|.*password|private_key|positions|scoped_name|creator|configuration|operational_data|status|is_active|menu|pages)$/u;

/** Relations that a migration carries. The members of a pool are carried when they are chosen by hand. */
const carriedRelations = (tables: Tables): Relation[] =>
  tables
    .all<Relation>('SELECT rank, relation, near, far FROM relations')
    .filter(
      ({ relation, near }) => relation !== 'folder_file' && !(relation.startsWith('pool_') && computed(tables, near)),
    );

function computed(tables: Tables, place: number): boolean {
  const [pool] = tables.all<{ body: string }>("SELECT body FROM objects WHERE model = 'pool' AND place = ?", place);
  return pool !== undefined && (JSON.parse(pool.body) as Json)['manually_defined'] !== true;
}

export async function withEnmsGround<T>(work: (ground: Ground) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-ground-'));
  const servers: RunningEmulator[] = [];
  const open = async (name: string, sample: Sample) => {
    const directory = join(folder, name);
    const server = await startEmulator('enms', { directory, sample, pace: 0 });
    servers.push(server);
    const { username, password = '' } = server.credentials;
    const connection = { name, url: server.url, settings: { username }, secrets: { password: new Secret(password) } };
    return { tables: openTables(directory), instance: { name, adapter: enms.create(connection, adapterTools()) } };
  };
  const [{ tables: source, instance: from }, { tables: target, instance: to }] = [
    await open('lab', 'source'),
    await open('prod', 'target'),
  ];
  // What has the name of something that arrives would stay as it is, and what only the target has would be a difference.
  for (const thing of thingsIn(target, ...models)) remove(target, thing);

  const move = async (random: Random): Promise<Moved> => {
    fill(source, random);
    const exported = await from.adapter.exports!.prepare({ projects: ['lab'], options: {} }, never);
    const export_ = await from.adapter.exports!.start(exported, {}, undefined, never);
    const opened = (await from.adapter.exports!.fetch(export_, exported, never)).files;
    const read = async (file: ArtifactFile): Promise<ArtifactFile> => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of file.open(never)) chunks.push(chunk);
      return packaged(file.path, Buffer.concat(chunks).toString());
    };
    const files = await Promise.all(opened.map(read));
    const imports = to.adapter.imports!;
    const prepared = await imports.prepare(
      { source: { id: 'lab', version: '1.0.0' }, dryRun: false, options: {}, files },
      never,
    );
    await imports.stage!(prepared, files, never);
    const id = await imports.start(prepared, {}, files, never);
    const { state, messages } = await to.adapter.jobs.status(id, never);
    if (state !== 'succeeded') throw new Error(JSON.stringify(messages));
    return { projects: ['lab'], options: {} };
  };

  const edit = (
    of: readonly string[],
    random: Random,
    keyed: (key: string, value: unknown) => boolean,
    change: (value: unknown) => unknown,
  ): string | undefined => {
    const found = thingsIn(target, ...of).flatMap((thing) =>
      Object.entries(thing.body).flatMap(([key, value]) => (keyed(key, value) ? [{ thing, key, value }] : [])),
    );
    if (found.length === 0) return undefined;
    const { thing, key, value } = random.pick(found);
    write(target, { ...thing, body: { ...thing.body, [key]: change(value) } });
    return `${thing.model} ${thing.name} ${key}: ${JSON.stringify(value)}`;
  };
  const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
  const related = (
    random: Random,
    fits: (relation: Relation) => boolean,
    change: (relation: Relation) => void,
  ): string | undefined => {
    const found = carriedRelations(target).filter(fits);
    if (found.length === 0) return undefined;
    const one = random.pick(found);
    change(one);
    return JSON.stringify(one);
  };
  const modelOf = (place: number): string =>
    target.all<{ model: string }>('SELECT model FROM objects WHERE place = ?', place)[0]?.model ?? '';

  const plants: Plant[] = [
    {
      kind: 'an object removed',
      at: (random) => {
        const thing = random.pick(thingsIn(target, ...models));
        remove(target, thing);
        return `${thing.model} ${thing.name}`;
      },
    },
    {
      kind: 'a part removed',
      at: (random) =>
        edit(
          ['group'],
          random,
          (key, value) => Array.isArray(value) && value.length > 0 && !made.test(key),
          (value) => (value as unknown[]).slice(1),
        ),
    },
    {
      kind: 'a field changed',
      at: (random) =>
        edit(
          models,
          random,
          (key, value) => isScalar(value) && !made.test(key),
          (value) => another(value as string, random),
        ),
    },
    {
      kind: 'a field changed',
      at: (random) => {
        const thing = random.pick(thingsIn(target, 'device', 'link', 'network', 'pool', 'task', 'group', 'service'));
        write(target, { ...thing, body: { ...thing.body, description: random.word() } });
        return `${thing.model} ${thing.name} description`;
      },
    },
    {
      kind: 'a scope changed',
      at: (random) =>
        edit(
          ['pool'],
          random,
          (key, value) => /^(?:device|link)_/u.test(key) && isScalar(value),
          (value) => another(value as string, random),
        ),
    },
    {
      kind: 'a relation changed',
      at: (random) =>
        related(
          random,
          () => true,
          ({ rank }) => target.run('DELETE FROM relations WHERE rank = ?', rank),
        ),
    },
    {
      kind: 'a relation changed',
      at: (random) =>
        related(
          random,
          ({ far }) => thingsIn(target, modelOf(far)).length > 1,
          ({ rank, relation, near, far }) => {
            const taken = new Set(
              target
                .all<Relation>('SELECT far FROM relations WHERE relation = ? AND near = ?', relation, near)
                .map((one) => one.far),
            );
            const others = thingsIn(target, modelOf(far)).filter(({ place }) => !taken.has(place) && place !== near);
            if (others.length === 0) target.run('DELETE FROM relations WHERE rank = ?', rank);
            else target.run('UPDATE relations SET far = ? WHERE rank = ?', random.pick(others).place, rank);
          },
        ),
    },
    {
      kind: 'an order changed',
      at: (random) => {
        // The edges of a workflow make the order of its steps.
        const ends = target.all<Relation>(
          "SELECT rank, relation, near, far FROM relations WHERE relation = 'edge_destination'",
        );
        const one = random.pick(ends);
        const other = random.pick(ends.filter(({ far }) => far !== one.far));
        target.run('UPDATE relations SET far = ? WHERE rank = ?', other.far, one.rank);
        target.run('UPDATE relations SET far = ? WHERE rank = ?', one.far, other.rank);
        return JSON.stringify([one, other]);
      },
    },
    {
      kind: 'a second copy',
      at: (random) => {
        const thing = random.pick(thingsIn(target, 'device', 'link', 'network', 'credential', 'pool', 'task', 'group'));
        add(target, thing, `${thing.name} (2)`, thing.body);
        return `${thing.model} ${thing.name}`;
      },
    },
    {
      kind: 'another secret',
      blind: true,
      at: (random) => {
        const thing = random.pick(thingsIn(target, 'credential'));
        write(target, { ...thing, body: { ...thing.body, password: 'cGxhbnRlZA==' } });
        return thing.name;
      },
    },
  ];
  try {
    return await work({ source: from, target: to, tables: [source, target], move, plants });
  } finally {
    for (const tables of [source, target]) tables.close();
    for (const server of servers) await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
