import { join } from 'node:path';
import Sqlite from 'libsql';

export type Json = Record<string, unknown>;

/** The tables of an embedded server, which the proofs read and write without the server and without migrator. */
export interface Tables {
  readonly all: <Row>(sql: string, ...values: readonly unknown[]) => Row[];
  readonly run: (sql: string, ...values: readonly unknown[]) => void;
  /** What the tables hold now. `restore` brings it back. */
  readonly keep: () => Kept;
  readonly restore: (kept: Kept) => void;
  /** Adds rows to a table. */
  readonly add: (table: string, rows: readonly Json[]) => void;
  readonly close: () => void;
}

/** By table: its columns, and the values of each row as one text. */
export type Kept = ReadonlyMap<string, readonly Json[]>;

export function openTables(directory: string): Tables {
  const database = new Sqlite(join(directory, 'state.sqlite'));
  const all = <Row>(sql: string, ...values: readonly unknown[]): Row[] => database.prepare(sql).all(...values) as Row[];
  const run = (sql: string, ...values: readonly unknown[]): void => void database.prepare(sql).run(...values);
  const names = all<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  );
  // Of the logs of tasks nothing is compared.
  const kept = names.map(({ name }) => name).filter((name) => name !== 'lines');
  const add: Tables['add'] = (name, rows) => {
    const columns = Object.keys(rows[0] ?? {});
    if (columns.length === 0) return;
    const named = columns.map((column) => `"${column}"`).join();
    const put = database.prepare(`INSERT INTO ${name} (${named}) VALUES (${columns.map(() => '?').join()})`);
    for (const row of rows) put.run(...columns.map((column) => row[column]));
  };
  return {
    all,
    run,
    keep: () => new Map(kept.map((name) => [name, all<Json>(`SELECT * FROM ${name}`)])),
    add,
    restore: (earlier) => {
      database.exec('BEGIN IMMEDIATE');
      for (const [name, rows] of earlier) {
        database.exec(`DELETE FROM ${name}`);
        add(name, rows);
      }
      database.exec('COMMIT');
    },
    close: () => database.close(),
  };
}

/** A row of the table `entries`, in which three of the products keep all that they have. */
export interface Row {
  readonly kind: string;
  readonly id: string;
  readonly container: string | null;
  readonly name: string;
  readonly body: Json;
}

interface Stored extends Omit<Row, 'body'> {
  readonly body: string;
}

export function rowsOf(tables: Tables, where = '1', ...values: readonly unknown[]): Row[] {
  const found = tables.all<Stored>(
    `SELECT kind, id, container, name, body FROM entries WHERE ${where} ORDER BY place`,
    ...values,
  );
  return found.map((row) => ({ ...row, body: JSON.parse(row.body) as Json }));
}

export function putRow(tables: Tables, { kind, id, container, name, body }: Row): void {
  tables.run(
    `INSERT INTO entries (kind, id, container, name, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET
     container = excluded.container, name = excluded.name, body = excluded.body`,
    kind,
    id,
    container,
    name,
    JSON.stringify(body),
  );
}

export function removeRow(tables: Tables, { kind, id }: Row): void {
  tables.run('DELETE FROM entries WHERE kind = ? AND id = ?', kind, id);
}
