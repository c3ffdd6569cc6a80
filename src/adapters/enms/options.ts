import type { OptionSpec, ProductOptions } from '../../ports/options.ts';
import { types } from './model/types-and-relations.ts';

const exporting: OptionSpec['verbs'] = ['partial-export', 'migrate-project'];
const importing: OptionSpec['verbs'] = ['import', 'migrate-project'];
const both: OptionSpec['verbs'] = ['partial-export', 'import', 'migrate-project'];

/** The parameters of the migration and topology endpoints as command-line options. */
export const options: ProductOptions = {
  product: 'enms',
  title: 'eNMS',
  account: ['username', 'password'],
  settings: [
    { name: 'username' },
    { name: 'password', secret: true },
    { name: 'via', choices: ['web', 'rest'] },
    { name: 'authentication' },
  ],
  options: [
    {
      name: 'type',
      value: 'type',
      many: true,
      choices: types,
      description: 'a type of objects to include (repeatable; default: all eleven types, or all types in the package)',
      verbs: [...both, 'compare'],
    },
    {
      name: 'private-properties',
      description: 'include passwords and keys, as the server keeps them',
      verbs: exporting,
    },
    {
      name: 'via',
      value: 'way',
      choices: ['web', 'rest'],
      description:
        'web: migration files through the web interface; rest: object by object through the REST API (default: `via` of the instance, else web)',
      verbs: [...both, 'compare'],
    },
    {
      name: 'topology',
      description: 'take a spreadsheet (.xls) of devices and links instead of a migration',
      verbs: ['partial-export', 'import'],
    },
    {
      name: 'replace',
      description: 'with --topology: delete all devices, and with them their links, before the spreadsheet is read',
      verbs: ['import'],
    },
    {
      name: 'overwrite-existing',
      description: 'objects of the target that differ from those of the package may be overwritten; nobody is asked',
      verbs: importing,
    },
    {
      name: 'empty-database-before-import',
      description: 'first delete everything of the imported types on the target, after a backup and your consent',
      verbs: importing,
    },
    {
      name: 'own-password',
      value: 'choice',
      choices: ['keep', 'replace'],
      description:
        'what happens to the password of the importing account when the package has a different one (default: keep)',
      verbs: importing,
    },
    {
      name: 'new-password',
      value: 'secret',
      secret: true,
      description: 'with --own-password replace: the password that the account has after the import',
      verbs: importing,
    },
    { name: 'skip-pool-update', description: 'do not compute the pools after the import', verbs: importing },
    {
      name: 'skip-model-update',
      description: 'do not update what depends on users, services and networks after the import',
      verbs: importing,
    },
  ],
};
