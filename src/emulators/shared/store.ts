import { MigratorError } from '../../errors.ts';
import { openDatabase, type Database } from './database.ts';
import type { Json } from './json.ts';

export interface Entry {
  readonly kind: string;
  /** Unique within its kind. Ids and names compare without regard to case, unless the store is `caseSensitive`. */
  readonly id: string;
  /** The space, folder or org that holds it. Undefined for what belongs to the whole server. */
  readonly container: string | undefined;
  readonly name: string;
  readonly body: Json;
}

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** The state of one emulated server in one SQLite file: documents, counters, settings and streams of lines. */
export interface Store {
  get(kind: string, id: string): Entry | undefined;
  /** In the order in which they were first put; only of one container, and one page of it, when they are given. */
  all(kind: string, container?: string, page?: Page): readonly Entry[];
  named(kind: string, container: string | undefined, name: string): Entry | undefined;
  /** Adds an entry, or replaces one without changing its place in the order. */
  put(entry: Entry): void;
  remove(kind: string, id: string): boolean;
  /** 1, 2, 3 … in each sequence; never the same number twice, not even after a restart. */
  next(sequence: string): number;
  setting(name: string): string | undefined;
  keep(name: string, value: string | undefined): void;
  append(stream: string, line: unknown): void;
  lines(stream: string): readonly unknown[];
  /** All or nothing. Inside another call, the outer call decides. The work is synchronous, so nothing interrupts it. */
  atomically<Result>(work: () => Result): Result;
  /** Runs the work, then undoes everything that it wrote. */
  tryAndUndo<Result>(work: () => Result): Result;
  close(): void;
}

const schema = (collation: 'NOCASE' | 'BINARY') => `
  CREATE TABLE IF NOT EXISTS entries (
    place INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL COLLATE ${collation}, container TEXT,
    name TEXT NOT NULL COLLATE ${collation}, body TEXT NOT NULL, UNIQUE (kind, id));
  CREATE INDEX IF NOT EXISTS entries_by_name ON entries (kind, container, name);
  CREATE TABLE IF NOT EXISTS sequences (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS lines (place INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS lines_by_stream ON lines (stream, place);
`;

interface Row {
  readonly kind: string;
  readonly id: string;
  readonly container: string | null;
  readonly name: string;
  readonly body: string;
}

const entry = (row: Row): Entry => ({
  kind: row.kind,
  id: row.id,
  container: row.container ?? undefined,
  name: row.name,
  body: JSON.parse(row.body) as Json,
});

/**
 * A state file belongs to the first product that uses it: another one would answer from documents that are not its own.
 */
function claim(database: Database, file: string, product: string): void {
  database.prepare("INSERT OR IGNORE INTO settings (name, value) VALUES ('product', ?)").run(product);
  const { value } = database.prepare("SELECT value FROM settings WHERE name = 'product'").get() as { value: string };
  if (value === product) return;
  database.close();
  throw new MigratorError('CONFLICT', `the state file "${file}" holds an instance of ${value}, not of ${product}`, {
    hint: 'choose another folder',
  });
}

/**
 * Opens or creates the state file. LOCAL_IO when it is not a database or cannot be written, CONFLICT when it holds an
 * instance of another product.
 */
export function openStore(file: string, product: string, { caseSensitive = false } = {}): Store {
  const database = openDatabase(file, schema(caseSensitive ? 'BINARY' : 'NOCASE'));
  claim(database, file, product);
  const columns = 'kind, id, container, name, body';
  const statements = {
    get: database.prepare(`SELECT ${columns} FROM entries WHERE kind = ? AND id = ?`),
    all: database.prepare(`SELECT ${columns} FROM entries WHERE kind = ? ORDER BY place`),
    // The index has the places, so a page reads the bodies of its own entries only.
    inside: database.prepare(
      `SELECT ${columns} FROM entries WHERE place IN (SELECT place FROM entries WHERE kind = ? AND container = ?
       ORDER BY place LIMIT ? OFFSET ?) ORDER BY place`,
    ),
    named: database.prepare(
      `SELECT ${columns} FROM entries WHERE kind = ? AND container IS ? AND name = ? ORDER BY place LIMIT 1`,
    ),
    put: database.prepare(
      `INSERT INTO entries (${columns}) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET
       container = excluded.container, name = excluded.name, body = excluded.body`,
    ),
    remove: database.prepare('DELETE FROM entries WHERE kind = ? AND id = ?'),
    next: database.prepare(
      'INSERT INTO sequences (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value',
    ),
    setting: database.prepare('SELECT value FROM settings WHERE name = ?'),
    keep: database.prepare('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)'),
    forget: database.prepare('DELETE FROM settings WHERE name = ?'),
    append: database.prepare('INSERT INTO lines (stream, body) VALUES (?, ?)'),
    lines: database.prepare('SELECT body FROM lines WHERE stream = ? ORDER BY place'),
  };
  let depth = 0;

  function transact<Result>(work: () => Result, end: 'COMMIT' | 'ROLLBACK'): Result {
    if (depth > 0 && end === 'ROLLBACK') throw new Error('a trial cannot run inside a transaction');
    if (depth > 0) return work();
    database.exec('BEGIN IMMEDIATE');
    depth += 1;
    let result: Result;
    try {
      result = work();
    } catch (error) {
      depth -= 1;
      database.exec('ROLLBACK');
      throw error;
    }
    depth -= 1;
    database.exec(end);
    return result;
  }

  return {
    get(kind, id) {
      const row = statements.get.get(kind, id) as Row | undefined;
      return row === undefined ? undefined : entry(row);
    },
    all(kind, container, { offset, limit } = { offset: 0, limit: -1 }) {
      const rows =
        container === undefined ? statements.all.all(kind) : statements.inside.all(kind, container, limit, offset);
      return (rows as Row[]).map(entry);
    },
    named(kind, container, name) {
      const row = statements.named.get(kind, container ?? null, name) as Row | undefined;
      return row === undefined ? undefined : entry(row);
    },
    put({ kind, id, container, name, body }) {
      statements.put.run(kind, id, container ?? null, name, JSON.stringify(body));
    },
    remove: (kind, id) => statements.remove.run(kind, id).changes > 0,
    next: (sequence) => (statements.next.get(sequence) as { value: number }).value,
    setting: (name) => (statements.setting.get(name) as { value: string } | undefined)?.value,
    keep(name, value) {
      if (value === undefined) statements.forget.run(name);
      else statements.keep.run(name, value);
    },
    append(stream, line) {
      statements.append.run(stream, JSON.stringify(line));
    },
    lines: (stream) =>
      (statements.lines.all(stream) as { body: string }[]).map(({ body }) => JSON.parse(body) as unknown),
    atomically: (work) => transact(work, 'COMMIT'),
    tryAndUndo: (work) => transact(work, 'ROLLBACK'),
    close() {
      // Moves everything into the one file, for people who copy it.
      database.pragma('wal_checkpoint(TRUNCATE)');
      database.close();
    },
  };
}
