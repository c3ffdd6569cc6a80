import { offersOf, type Edition } from './edition.ts';

/** Id and name of a type of task. */
type TaskType = readonly [string, string];

const everywhere: readonly TaskType[] = [
  ['AdHocScript', 'Run a script'],
  ['Backup', 'Backup'],
  ['Deploy', 'Deploy'],
  ['Health', 'Health check'],
  ['Migration', 'Data migration'],
  ['Retention', 'Apply retention policies'],
  ['RunbookRun', 'Runbook run'],
  ['SynchronizeBuiltInPackageRepositoryIndex', 'Synchronize built-in package repository index'],
];

const ofMigrations: readonly TaskType[] = [
  ['MigrationImport', 'Migration import'],
  ['MigrationPartialExport', 'Migration partial export'],
];

const ofImportExport: readonly TaskType[] = [
  ['ProjectExport', 'Project export'],
  ['ProjectImport', 'Project import'],
];

/** The types that a server has, by id. */
export function taskTypesOf(edition: Edition): readonly TaskType[] {
  const { migrations, importExport } = offersOf(edition);
  const moving = [...(migrations ? ofMigrations : []), ...(importExport ? ofImportExport : [])];
  return [...everywhere, ...moving].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
