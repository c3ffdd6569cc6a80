import { MigratorError } from '../../errors.ts';
import type { Options, Secrets } from '../../ports/options.ts';
import { flagOf, listOf, textOf } from '../shared/option-values.ts';
import { checkAccountFile } from './archives/accounts.ts';
import { readRenames } from './archives/renames.ts';
import type { Duplicates } from './import-plan.ts';
import { overwriteTypes, typesOf } from './projects/asset-types.ts';
import { readSnaplexes } from './tasks/wish.ts';
import { parsePath } from './wire/paths.ts';

/** USAGE for what is wrong with the options of an import, whatever its package and its target are. */
export function checkImportOptions(options: Options, secrets: Secrets) {
  const accounts = secrets['accountFile']?.reveal();
  if (accounts !== undefined) checkAccountFile(accounts);
  readSnaplexes(listOf(options, 'taskSnaplex'));
  const destination = textOf(options, 'destPath');
  if (destination !== undefined) parsePath(destination, '--dest-path');
  return {
    renames: readRenames(listOf(options, 'renameAccount')),
    named: typesOf(listOf(options, 'overwriteType'), overwriteTypes, 'overwrite-type'),
    asked: duplicatesOf(options),
  };
}

/** Undefined when no option says it. An existing project is a conflict then. */
function duplicatesOf(options: Options): Duplicates | undefined {
  const text = textOf(options, 'onDuplicate')?.replaceAll('-', '_');
  const overwrites = flagOf(options, 'noDuplicateCheck');
  if (text === undefined) return overwrites ? 'overwrite' : undefined;
  if (text !== 'skip' && text !== 'create_new' && text !== 'overwrite') {
    throw new MigratorError('USAGE', `--on-duplicate cannot be ${text}`, {
      hint: 'it is skip, create-new or overwrite',
    });
  }
  if (overwrites && text !== 'overwrite') {
    throw new MigratorError('USAGE', `--no-duplicate-check overwrites, and --on-duplicate ${text} does not`);
  }
  return text;
}
