// Objects and their relations have tables of their own, so that a hundred thousand objects are still fast.
import { openDatabase, type Database } from '../shared/database.ts';
import type { Relation, Side } from './model/relations.ts';

export type Values = Readonly<Record<string, unknown>>;

export interface Item {
  /** Unique over all models and never reused. It gives the order of creation. */
  readonly place: number;
  readonly model: string;
  readonly type: string;
  readonly id: number;
  readonly name: string;
  /** The values that were set; all others are defaults. */
  readonly values: Values;
  /** True for a row of a base type whose type is a subtype: reading its table fails. */
  readonly broken: boolean;
}

interface NewItem {
  readonly model: string;
  readonly type: string;
  readonly family: string;
  readonly name: string;
  readonly values: Values;
  readonly broken?: boolean;
}

export interface Objects {
  find(model: string, name: string): Item | undefined;
  withId(model: string, id: number): Item | undefined;
  at(place: number): Item | undefined;
  add(item: NewItem): Item;
  save(item: Item): void;
  /** Removes an object and its relations. */
  remove(place: number): void;
  /** Removes all objects of a model except the spared ones, the objects that cascade from them, and their relations. */
  removeAll(model: string, spared: readonly number[], cascades: readonly Relation[]): void;
  /** The next objects after a place, in order of creation. */
  page(model: string, after: number, limit: number): readonly Item[];
  count(model: string): number;
  hasBroken(model: string): boolean;
  /** The objects at the other end, in the order in which they were related. */
  related(relation: Relation, side: Side, place: number): readonly Item[];
  relatedNames(relation: Relation, side: Side, place: number): readonly string[];
  countRelated(relation: Relation, side: Side, place: number): number;
  relate(relation: Relation, near: number, far: number): void;
  /** Removes all relations of this kind that an object has at this end. */
  unrelate(relation: Relation, side: Side, place: number): void;
  /** All or nothing. A nested call can fail without the outer one. */
  atomically<Result>(work: () => Result): Result;
  /** Grows with every write. */
  generation(): number;
  close(): void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS objects (
    place INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, type TEXT NOT NULL, id INTEGER NOT NULL,
    name TEXT NOT NULL, broken INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL, UNIQUE (model, name));
  CREATE INDEX IF NOT EXISTS objects_by_id ON objects (model, id);
  CREATE INDEX IF NOT EXISTS objects_by_place ON objects (model, place);
  CREATE INDEX IF NOT EXISTS objects_broken ON objects (model) WHERE broken = 1;
  CREATE TABLE IF NOT EXISTS relations (
    rank INTEGER PRIMARY KEY AUTOINCREMENT, relation TEXT NOT NULL, near INTEGER NOT NULL, far INTEGER NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS relations_from_near ON relations (near, relation, far);
  CREATE INDEX IF NOT EXISTS relations_from_far ON relations (far, relation, near);
  CREATE TABLE IF NOT EXISTS families (name TEXT PRIMARY KEY, last INTEGER NOT NULL);
`;

interface Row {
  readonly place: number;
  readonly model: string;
  readonly type: string;
  readonly id: number;
  readonly name: string;
  readonly broken: number;
  readonly body: string;
}

const itemOf = ({ place, model, type, id, name, broken, body }: Row): Item => ({
  place,
  model,
  type,
  id,
  name,
  values: JSON.parse(body) as Values,
  broken: broken === 1,
});

const columns = 'place, model, type, id, name, broken, body';

function prepare(database: Database) {
  const other = (side: Side, wanted: string) => {
    const far = side === 'near' ? 'far' : 'near';
    return database.prepare(
      `SELECT ${wanted} FROM relations r JOIN objects o ON o.place = r.${far} WHERE r.${side} = ? AND r.relation = ? ORDER BY r.rank`,
    );
  };
  const all = columns.replaceAll(/\w+/g, 'o.$&');
  return {
    find: database.prepare(`SELECT ${columns} FROM objects WHERE model = ? AND name = ?`),
    withId: database.prepare(`SELECT ${columns} FROM objects WHERE model = ? AND id = ?`),
    at: database.prepare(`SELECT ${columns} FROM objects WHERE place = ?`),
    next: database.prepare(
      'INSERT INTO families (name, last) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last',
    ),
    add: database.prepare('INSERT INTO objects (model, type, id, name, broken, body) VALUES (?, ?, ?, ?, ?, ?)'),
    save: database.prepare('UPDATE objects SET type = ?, name = ?, broken = ?, body = ? WHERE place = ?'),
    removeNear: database.prepare('DELETE FROM relations WHERE near = ?'),
    removeFar: database.prepare('DELETE FROM relations WHERE far = ?'),
    remove: database.prepare('DELETE FROM objects WHERE place = ?'),
    page: database.prepare(`SELECT ${columns} FROM objects WHERE model = ? AND place > ? ORDER BY place LIMIT ?`),
    count: database.prepare('SELECT count(*) AS count FROM objects WHERE model = ?'),
    broken: database.prepare('SELECT 1 FROM objects WHERE model = ? AND broken = 1 LIMIT 1'),
    related: { near: other('near', all), far: other('far', all) },
    names: { near: other('near', 'o.name'), far: other('far', 'o.name') },
    countRelated: {
      near: database.prepare('SELECT count(*) AS count FROM relations WHERE near = ? AND relation = ?'),
      far: database.prepare('SELECT count(*) AS count FROM relations WHERE far = ? AND relation = ?'),
    },
    relate: database.prepare('INSERT OR IGNORE INTO relations (relation, near, far) VALUES (?, ?, ?)'),
    unrelate: {
      near: database.prepare('DELETE FROM relations WHERE near = ? AND relation = ?'),
      far: database.prepare('DELETE FROM relations WHERE far = ? AND relation = ?'),
    },
  };
}

/** Opens the tables in a state file that exists. Nothing else may write to the file during `atomically`. */
export function openObjects(path: string): Objects {
  const database = openDatabase(path, schema);
  const statements = prepare(database);
  let depth = 0;
  let generation = 0;
  const remove = (place: number) => {
    generation += 1;
    statements.removeNear.run(place);
    statements.removeFar.run(place);
    statements.remove.run(place);
  };
  const optional = (row: unknown) => (row === undefined ? undefined : itemOf(row as Row));

  return {
    find: (model, name) => optional(statements.find.get(model, name)),
    withId: (model, id) => optional(statements.withId.get(model, id)),
    at: (place) => optional(statements.at.get(place)),
    add({ model, type, family, name, values, broken = false }) {
      generation += 1;
      const id = (statements.next.get(family) as { last: number }).last;
      const added = statements.add.run(model, type, id, name, broken ? 1 : 0, JSON.stringify(values));
      return { place: Number(added.lastInsertRowid), model, type, id, name, values, broken };
    },
    save({ place, type, name, values, broken }) {
      generation += 1;
      statements.save.run(type, name, broken ? 1 : 0, JSON.stringify(values), place);
    },
    remove,
    removeAll(model, spared, cascades) {
      generation += 1;
      const gone = `(SELECT place FROM objects WHERE model = ? AND place NOT IN (${spared.map(() => '?').join(', ')}))`;
      for (const { name } of cascades) {
        const going = database.prepare(`SELECT DISTINCT near FROM relations WHERE relation = ? AND far IN ${gone}`);
        for (const { near } of going.all(name, model, ...spared) as { near: number }[]) remove(near);
      }
      for (const sql of [
        `DELETE FROM relations WHERE near IN ${gone}`,
        `DELETE FROM relations WHERE far IN ${gone}`,
        `DELETE FROM objects WHERE place IN ${gone}`,
      ]) {
        database.prepare(sql).run(model, ...spared);
      }
    },
    page: (model, after, limit) => (statements.page.all(model, after, limit) as Row[]).map(itemOf),
    count: (model) => (statements.count.get(model) as { count: number }).count,
    hasBroken: (model) => statements.broken.get(model) !== undefined,
    related: (relation, side, place) => (statements.related[side].all(place, relation.name) as Row[]).map(itemOf),
    relatedNames: (relation, side, place) =>
      (statements.names[side].all(place, relation.name) as { name: string }[]).map(({ name }) => name),
    countRelated: (relation, side, place) =>
      (statements.countRelated[side].get(place, relation.name) as { count: number }).count,
    relate(relation, near, far) {
      generation += 1;
      statements.relate.run(relation.name, near, far);
    },
    unrelate(relation, side, place) {
      generation += 1;
      statements.unrelate[side].run(place, relation.name);
    },
    atomically(work) {
      const level = depth;
      database.exec(level === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT level${level}`);
      depth += 1;
      try {
        const result = work();
        database.exec(level === 0 ? 'COMMIT' : `RELEASE level${level}`);
        return result;
      } catch (error) {
        generation += 1;
        database.exec(level === 0 ? 'ROLLBACK' : `ROLLBACK TO level${level}; RELEASE level${level}`);
        throw error;
      } finally {
        depth -= 1;
      }
    },
    generation: () => generation,
    close() {
      database.close();
    },
  };
}
