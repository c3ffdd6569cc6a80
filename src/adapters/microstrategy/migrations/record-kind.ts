import type { Migration } from '../wire/schemas.ts';
import { stateWord } from './state-word.ts';

/** Whether the Library has begun to import. */
export function isBegun({ packageInfo, importInfo }: Migration): boolean {
  return packageInfo.replicated === true || stateWord(importInfo.status) !== 'pending';
}

/** Whether this Library imported the package, and did not make it. */
export function isImport({ packageInfo: { replicated, purpose } }: Migration): boolean {
  return replicated === true || purpose === 'migration_from_shared_file_store';
}

/** Whether the import has begun on this Library. In a move within one Library there is only one record. */
export function isImportedHere({ importInfo: { status } }: Migration): boolean {
  return stateWord(status) !== 'pending';
}

/** Whether the record is of an export: a package without a target. */
export function isExport({ importInfo: { environment } }: Migration): boolean {
  return environment.id === undefined || environment.id === '';
}
