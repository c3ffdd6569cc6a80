import Sqlite from 'libsql';
import { MigratorError } from '../../errors.ts';

export type Database = Sqlite.Database;

/**
 * Opens or creates an SQLite file and runs `schema`, which must allow for tables that are there already. LOCAL_IO when
 * the file is not a database or cannot be written.
 */
export function openDatabase(file: string, schema: string): Database {
  let database: Database | undefined;
  try {
    database = new Sqlite(file);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.exec(schema);
    return database;
  } catch (cause) {
    database?.close();
    throw new MigratorError('LOCAL_IO', `the emulator's state file "${file}" cannot be opened`, {
      hint: 'choose another folder, or remove this one to start with new data',
      cause,
    });
  }
}
