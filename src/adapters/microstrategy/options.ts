import type { OptionSpec, ProductOptions } from '../../ports/options.ts';

/** The rules for an object that the target has too (Migration API, conflict rules). */
export const conflictRules = [
  'use_existing',
  'replace',
  'keep_both',
  'use_newer',
  'use_older',
  'force_replace',
  'delete',
] as const;

// The first one of each list is the default.
export const packageTypes = ['project', 'configuration', 'project_security'] as const;
export const aclsOnReplacing = ['use_existing', 'replace'] as const;
export const aclsOnNew = ['keep_acl_as_source_object', 'inherit_acl_as_dest_folder'] as const;
export const schemaUpdates = [
  'recal_table_logical_size',
  'recal_table_keys_fact_entry_level',
  'update_schema_logical_info',
] as const;

const making: OptionSpec['verbs'] = ['partial-export', 'migrate-project'];
/** The options that an edit of a package may change. Its type and purpose stay. */
const editing: OptionSpec['verbs'] = [...making, 'package'];

/** The settings of a migration package and of its import as command-line options. */
export const options: ProductOptions = {
  product: 'microstrategy',
  title: 'MicroStrategy',
  account: ['username', 'password'],
  settings: [
    { name: 'username' },
    { name: 'password', secret: true },
    { name: 'apiToken', secret: true },
    { name: 'loginMode', choices: ['standard', 'ldap'] },
    { name: 'project', question: 'Its project, by name or id (empty: none, each command names one)' },
    { name: 'environmentName' },
    { name: 'applicationType', kind: 'number' },
  ],
  options: [
    {
      name: 'object',
      value: 'id:type',
      many: true,
      description: 'an object to pack: <id or name>:<type>[:<action>][:dependents]; without any, the whole project',
      verbs: [...editing, 'compare'],
    },
    {
      name: 'objects',
      value: 'file',
      file: true,
      description: 'a JSON or CSV file that lists objects to pack: id, name, type, action, includeDependents',
      verbs: [...editing, 'compare'],
    },
    {
      name: 'package-type',
      value: 'type',
      choices: packageTypes,
      description: 'what the package holds (default: project)',
      verbs: [...making, 'compare'],
    },
    {
      name: 'default-action',
      value: 'rule',
      choices: conflictRules,
      description: 'conflict rule for objects without a rule of their own, also for dependents (default: use_newer)',
      verbs: editing,
    },
    {
      name: 'action',
      value: 'rule',
      choices: conflictRules,
      description:
        'conflict rule for the named objects that have none of their own (default: that of --default-action)',
      verbs: editing,
    },
    {
      name: 'include-dependents',
      description: 'also pack what the named objects depend on',
      verbs: [...editing, 'compare'],
    },
    {
      name: 'acl-on-replacing',
      value: 'rule',
      choices: aclsOnReplacing,
      description: 'access control lists of replaced objects (default: use_existing)',
      verbs: editing,
    },
    {
      name: 'acl-on-new',
      value: 'rule',
      choices: aclsOnNew,
      description: 'access control lists of new objects (default: keep_acl_as_source_object)',
      verbs: editing,
    },
    {
      name: 'update-schema',
      value: 'step',
      many: true,
      choices: schemaUpdates,
      description: 'a schema update to run after the import (repeatable; project packages only)',
      verbs: editing,
    },
    {
      name: 'package-name',
      value: 'name',
      description: 'name of the package, letters, digits, . _ and - (default: the name of the project)',
      verbs: making,
    },
    {
      name: 'target-project',
      value: 'project',
      description:
        'the project to import into, by name or id (default: the project with the same id, else with the same name)',
      verbs: ['import', 'migrate-project', 'compare'],
    },
    {
      name: 'request-only',
      description:
        'stop when the import is requested; somebody else approves it (only between Libraries that share one storage)',
      verbs: ['migrate-project'],
    },
  ],
};
