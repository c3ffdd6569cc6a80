import { viaWords } from './via.ts';
import type { OptionSpec, ProductOptions } from '../../ports/options.ts';

const exporting: OptionSpec['verbs'] = ['partial-export', 'migrate-project'];
const importing: OptionSpec['verbs'] = ['import', 'migrate-project'];
const both: OptionSpec['verbs'] = ['partial-export', 'import', 'migrate-project'];

/** The ways to move projects, the parameters of the Migration API (partial export, import) and those of Export/Import as command-line options. */
export const options: ProductOptions = {
  product: 'octopus',
  title: 'Octopus Deploy',
  account: ['apiKey'],
  settings: [
    { name: 'apiKey', secret: true },
    { name: 'accessToken', secret: true },
    { name: 'space', question: 'Its space, by name or id (empty: the default space)' },
    { name: 'via', choices: viaWords },
  ],
  options: [
    {
      name: 'via',
      value: 'way',
      choices: viaWords,
      description:
        'how projects move: export-import (any later version, Cloud, Linux), migration-api (same version, Windows), or auto: the Migration API where it can work (default: auto)',
      verbs: both,
    },
    {
      name: 'password',
      value: 'secret',
      secret: true,
      description:
        'encrypts sensitive values in the export; the import needs the same one (default: migrator makes one, and the sealed package carries it)',
      verbs: both,
    },
    {
      name: 'package-id',
      value: 'id',
      description: 'id of the exported package (default: Octopus.Space.Migration)',
      verbs: exporting,
    },
    {
      name: 'package-version',
      value: 'semver',
      description: 'version of the exported package (default: a new one, of the time and a random part)',
      verbs: exporting,
    },
    {
      name: 'ignore-certificates',
      description: 'leave certificates out',
      verbs: [...exporting, 'compare'],
    },
    {
      name: 'ignore-machines',
      description: 'leave deployment targets and workers out',
      verbs: [...exporting, 'compare'],
    },
    {
      name: 'ignore-deployments',
      description: 'leave deployments out',
      verbs: [...exporting, 'compare'],
    },
    { name: 'ignore-tenants', description: 'leave tenants out', verbs: [...exporting, 'compare'] },
    { name: 'include-task-logs', description: 'put the task log folder into the export', verbs: exporting },
    {
      name: 'encrypt-package',
      description: 'encrypt the whole package with the password, not only its sensitive values',
      verbs: exporting,
    },
    {
      name: 'encrypted-package',
      description: 'the package to import was exported with --encrypt-package',
      verbs: ['import'],
    },
    {
      name: 'overwrite-existing',
      description: 'replace documents of the same name instead of skipping them',
      verbs: importing,
    },
    {
      name: 'skip-existing',
      description: 'accept that documents of the same name are skipped: exit code 0 although they differ',
      verbs: importing,
    },
    {
      name: 'preview',
      description: 'upload the export and show what the server finds in it, without an import (Export/Import)',
      verbs: importing,
    },
    {
      name: 'zip-entries',
      value: 'count',
      description: 'refuse an export with more documents than this (Export/Import; default: 100000)',
      verbs: both,
    },
    {
      name: 'zip-entry-size',
      value: 'size',
      description: 'refuse an export with a document larger than this (Export/Import; default: 64MiB)',
      verbs: both,
    },
    {
      name: 'delete-package-on-completion',
      description: 'let the server delete the package after a successful import',
      verbs: importing,
    },
    {
      name: 'success-callback',
      value: 'url',
      secret: true,
      url: true,
      description: 'URL to call with GET after a success (the server calls it, or migrator when the product cannot)',
      verbs: both,
    },
    {
      name: 'failure-callback',
      value: 'url',
      secret: true,
      url: true,
      description: 'URL to call with GET after a failure (the server calls it, or migrator when the product cannot)',
      verbs: both,
    },
  ],
};
