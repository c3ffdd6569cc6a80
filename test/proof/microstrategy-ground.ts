import { movedObjects, tutorial, withLibraryPair } from '../support/library-pair.ts';
import type { Random } from '../support/random.ts';
import type { Ground, Moved, Plant } from './ground.ts';
import { openTables, putRow, removeRow, rowsOf, type Json, type Row, type Tables } from '../support/tables.ts';

const project = 'MicroStrategy Tutorial';
const folderType = 8;

/** The objects of the project that are not part of the product. */
const objectsIn = (tables: Tables): Row[] =>
  rowsOf(tables, "kind = 'object' AND container = ?", tutorial).filter(({ body }) => body['system'] !== true);
const foldersIn = (tables: Tables): Row[] =>
  rowsOf(tables, "kind = 'object' AND container = ?", tutorial).filter(
    ({ body }) => body['type'] === folderType && body['parent'] !== null,
  );

const guid = (random: Random): string =>
  Array.from({ length: 32 }, () => random.below(16).toString(16).toUpperCase()).join('');

const put = (tables: Tables, row: Row, body: Json): void =>
  putRow(tables, { ...row, id: `${tutorial}/${String(body['id'])}`, name: String(body['name']), body });

function fill(tables: Tables, random: Random): void {
  for (let left = 5 + random.below(20); left > 0; left -= 1) {
    const like = random.pick(objectsIn(tables));
    const { id: parent } = random.pick(foldersIn(tables)).body;
    const others = objectsIn(tables).filter(({ body }) => body['type'] !== folderType);
    put(tables, like, {
      ...like.body,
      id: guid(random),
      name: random.word(),
      description: random.chance(0.5) ? random.word() : '',
      parent,
      version: guid(random),
      hidden: random.chance(0.2),
      uses:
        like.body['type'] === folderType
          ? []
          : random.some(others, 2).map(({ body }) => ({ id: body['id'], type: body['type'] })),
      definition: { expression: random.word() },
    });
  }
}

export function withMicroStrategyGround<T>(work: (ground: Ground) => Promise<T>): Promise<T> {
  return withLibraryPair(async (pair) => {
    const source = openTables(pair.source.directory);
    const target = openTables(pair.target.directory);
    // What only the target has would be a difference.
    for (const row of objectsIn(target)) removeRow(target, row);
    const change = (
      random: Random,
      edit: (body: Json) => Json | undefined,
      fits: (body: Json) => boolean = () => true,
    ): string | undefined => {
      const rows = objectsIn(target).filter(({ body }) => fits(body));
      if (rows.length === 0) return undefined;
      const row = random.pick(rows);
      const body = edit(row.body);
      if (body === undefined) removeRow(target, row);
      else put(target, row, body);
      return `${String(row.body['type'])} ${row.name}: ${JSON.stringify(body)?.slice(0, 300)}`;
    };
    const isNoFolder = (body: Json): boolean => body['type'] !== folderType;
    const plants: Plant[] = [
      { kind: 'an object removed', at: (random) => change(random, () => undefined) },
      { kind: 'a field changed', at: (random) => change(random, (body) => ({ ...body, description: random.word() })) },
      { kind: 'a field changed', at: (random) => change(random, (body) => ({ ...body, name: random.word() })) },
      {
        kind: 'a field changed',
        at: (random) => change(random, (body) => ({ ...body, hidden: body['hidden'] !== true })),
      },
      {
        kind: 'a field changed',
        at: (random) => change(random, (body) => ({ ...body, subtype: Number(body['subtype']) + 1 })),
      },
      {
        kind: 'a field changed',
        at: (random) =>
          change(
            random,
            (body) => ({ ...body, version: guid(random), definition: { expression: random.word() } }),
            isNoFolder,
          ),
      },
      {
        kind: 'a relation changed',
        at: (random) =>
          change(
            random,
            (body) => {
              const other = foldersIn(target).filter(({ body: { id } }) => id !== body['parent'] && id !== body['id']);
              return { ...body, parent: random.pick(other).body['id'] };
            },
            isNoFolder,
          ),
      },
      { kind: 'a second copy', at: (random) => change(random, (body) => ({ ...body, id: guid(random) })) },
      {
        kind: 'another definition',
        blind: true,
        at: (random) => change(random, (body) => ({ ...body, definition: { expression: random.word() } })),
      },
      {
        kind: 'a relation changed',
        blind: true,
        at: (random) =>
          change(
            random,
            (body) => ({ ...body, uses: [] }),
            ({ uses }) => Array.isArray(uses) && uses.length > 0,
          ),
      },
      {
        kind: 'a scope changed',
        blind: true,
        at: (random) => change(random, (body) => ({ ...body, acl: [] })),
      },
    ];
    const move = async (random: Random): Promise<Moved> => {
      fill(source, random);
      await movedObjects(pair, { defaultAction: 'force_replace' });
      return { projects: [project], options: {} };
    };
    try {
      return await work({
        source: { name: 'lab', adapter: pair.source.adapter },
        target: { name: 'prod', adapter: pair.target.adapter },
        tables: [source, target],
        move,
        plants,
      });
    } finally {
      source.close();
      target.close();
    }
  });
}
