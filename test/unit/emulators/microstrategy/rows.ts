// Reads the rows of the metadata from the state file of a Library, as they are stored.
import { join } from 'node:path';
import Database from 'libsql';
import type { Json, Library } from './library.ts';

export function rowsOf(library: Library): ReadonlyMap<string, string> {
  const database = new Database(join(library.directory, 'state.sqlite'), { readonly: true });
  try {
    const rows = database
      .prepare("SELECT kind, id, container, name, body FROM entries WHERE kind IN ('object', 'security-link')")
      .all() as { kind: string; id: string; container: string; name: string; body: string }[];
    return new Map(rows.map((row) => [`${row.kind} ${row.id}`, JSON.stringify(row)]));
  } finally {
    database.close();
  }
}

/** One object of a project. Undefined when there is none. */
export function objectRow(rows: ReadonlyMap<string, string>, scope: string, id: string): Json | undefined {
  const row = rows.get(`object ${scope}/${id}`);
  return row === undefined ? undefined : (JSON.parse((JSON.parse(row) as { body: string }).body) as Json);
}

export const objectRows = (rows: ReadonlyMap<string, string>, scope: string): readonly Json[] =>
  [...rows.keys()]
    .filter((key) => key.startsWith(`object ${scope}/`))
    .map((key) => objectRow(rows, scope, key.slice(-32))!);
