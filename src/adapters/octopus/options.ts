import type { ProductOptions } from '../../ports/options.ts';

/** The parameters of the Migration API (partial export, import) as command-line options. */
export const options: ProductOptions = {
  product: 'octopus',
  title: 'Octopus Deploy',
  account: ['apiKey'],
  options: [
    {
      name: 'password',
      value: 'secret',
      secret: true,
      description: 'encrypts sensitive values in the export; the import needs the same password',
      verbs: ['partial-export', 'import', 'migrate-project'],
    },
    {
      name: 'package-id',
      value: 'id',
      description: 'id of the exported package (default: Octopus.Space.Migration)',
      verbs: ['partial-export', 'migrate-project'],
    },
    {
      name: 'package-version',
      value: 'semver',
      description: 'version of the exported package (default: a new one, of the time and a random part)',
      verbs: ['partial-export', 'migrate-project'],
    },
    {
      name: 'ignore-certificates',
      description: 'leave certificates out of the export',
      verbs: ['partial-export', 'migrate-project'],
    },
    {
      name: 'ignore-machines',
      description: 'leave deployment targets and workers out of the export',
      verbs: ['partial-export', 'migrate-project'],
    },
    {
      name: 'ignore-deployments',
      description: 'leave deployments out of the export',
      verbs: ['partial-export', 'migrate-project'],
    },
    {
      name: 'ignore-tenants',
      description: 'leave tenants out of the export',
      verbs: ['partial-export', 'migrate-project'],
    },
    {
      name: 'include-task-logs',
      description: 'put the task log folder into the export',
      verbs: ['partial-export', 'migrate-project'],
    },
    {
      name: 'encrypt-package',
      description: 'encrypt the whole package with the password, not only its sensitive values',
      verbs: ['partial-export', 'migrate-project'],
    },
    {
      name: 'encrypted-package',
      description: 'the package to import was exported with --encrypt-package',
      verbs: ['import'],
    },
    {
      name: 'overwrite-existing',
      description: 'replace documents of the same name instead of skipping them',
      verbs: ['import', 'migrate-project'],
    },
    {
      name: 'delete-package-on-completion',
      description: 'let the server delete the package after a successful import',
      verbs: ['import', 'migrate-project'],
    },
    {
      name: 'success-callback',
      value: 'url',
      description: 'URL to call with GET after a success (the server calls it, or migrator when the product cannot)',
      verbs: ['partial-export', 'import', 'migrate-project'],
    },
    {
      name: 'failure-callback',
      value: 'url',
      description: 'URL to call with GET after a failure (the server calls it, or migrator when the product cannot)',
      verbs: ['partial-export', 'import', 'migrate-project'],
    },
  ],
};
