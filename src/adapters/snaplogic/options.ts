import type { OptionSpec, ProductOptions } from '../../ports/options.ts';

const exporting: OptionSpec['verbs'] = ['migrate-project', 'partial-export'];
const importing: OptionSpec['verbs'] = ['import', 'migrate-project'];

/** The parameters of project migrate, export and import as command-line options. */
export const options: ProductOptions = {
  product: 'snaplogic',
  title: 'SnapLogic',
  account: ['username', 'password'],
  settings: [
    { name: 'username' },
    { name: 'password', secret: true },
    { name: 'token', secret: true },
    { name: 'org', question: 'Its org, the first part of /org/space/project (empty: the only one of the account)' },
  ],
  urls: {
    us: 'https://elastic.snaplogic.com',
    emea: 'https://emea.snaplogic.com',
    uat: 'https://uat.elastic.snaplogic.com',
  },
  options: [
    {
      name: 'dest-path',
      value: '/org/space/project',
      description: 'where the project goes (default: the same space and project in the `org` of the target)',
      verbs: [...importing, 'compare'],
    },
    {
      name: 'asset-type',
      value: 'type',
      many: true,
      description:
        'take only these: Account, File, Job (a task), Pipeline, Policy (repeatable; accounts and tasks of an existing project are overwritten only when named)',
      verbs: [...exporting, 'compare'],
    },
    {
      name: 'no-duplicate-check',
      description: 'overwrite what an existing project at the destination has',
      verbs: importing,
    },
    { name: 'create-space', description: "make the destination's project space when it is missing", verbs: importing },
    {
      name: 'sync',
      description: 'let the control plane answer when it is done, not at once (it gives up after 15 minutes)',
      verbs: ['migrate-project'],
    },
    {
      name: 'ignore-size-limit',
      description: 'export although the files exceed the limit of the control plane',
      verbs: exporting,
    },
    {
      name: 'on-duplicate',
      value: 'what',
      choices: ['skip', 'create-new', 'overwrite'],
      description: 'what an import does when the project exists: skip what it has, make a numbered copy, or overwrite',
      verbs: importing,
    },
    {
      name: 'overwrite-type',
      value: 'type',
      many: true,
      description:
        'what an import may overwrite: Account, File, Flows, Job, Pipeline (repeatable; default: File, Flows and Pipeline)',
      verbs: importing,
    },
    {
      name: 'rename-account',
      value: 'old=new',
      many: true,
      description: 'give an account of the package another name on import (repeatable)',
      verbs: [...importing, 'compare'],
    },
    {
      name: 'task-snaplex',
      value: 'old=new',
      many: true,
      description:
        'put the tasks that arrive on another Snaplex: its name or its runtime path id, such as rt/cloud/dev (repeatable)',
      verbs: importing,
    },
    {
      name: 'enable-tasks',
      description: 'enable the tasks that arrive and were enabled at the source or at the destination',
      verbs: importing,
    },
    {
      name: 'account-file',
      value: 'file',
      file: true,
      secret: true,
      description: "the accounts to change on import: the package's accounts_template.json with values filled in",
      verbs: importing,
    },
    {
      name: 'expression-file',
      value: 'file',
      many: true,
      file: true,
      bytes: true,
      description: 'an expression file to add to the root of the imported project (repeatable), or one zip of them',
      verbs: importing,
    },
  ],
};
