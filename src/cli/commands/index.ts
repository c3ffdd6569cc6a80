import type { Entry } from '../build-command.ts';
import { jobCommands } from './job/words.ts';
import { packageCommands } from './package/words.ts';
import { waveCommands } from './wave/words.ts';

/** Every command. To add one, make a folder named after its first word and add an entry here. */
export const commands: readonly Entry[] = [
  {
    name: 'partial-export',
    description: 'export projects of an instance to a signed, encrypted package',
    productFlags: true,
    flags: async () => (await import('./partial-export/flags.ts')).partialExportFlags,
    run: async () => (await import('./partial-export/run.ts')).runPartialExport,
    documents: async () => (await import('./partial-export/documents.ts')).documents,
    // A default target is meant for imports. It must not turn an export to a file into a push.
    notFromDefaults: ['to'],
  },
  {
    name: 'import',
    description: 'verify a package and import it into an instance; --dry-run only shows the plan',
    productFlags: true,
    flags: async () => (await import('./import/flags.ts')).importFlags,
    run: async () => (await import('./import/run.ts')).runImport,
    documents: async () => (await import('./import/documents.ts')).documents,
  },
  {
    name: 'migrate-project',
    description: 'move projects from one instance to another, by the shortest route that works',
    productFlags: true,
    flags: async () => (await import('./migrate-project/flags.ts')).migrateProjectFlags,
    run: async () => (await import('./migrate-project/run.ts')).runMigrateProject,
    documents: async () => (await import('./migrate-project/documents.ts')).documents,
  },
  {
    name: 'wave',
    description: 'move many projects by a plan: in an order, several at once, over several windows of time',
    documents: async () => (await import('./wave/documents.ts')).documents,
    commands: waveCommands,
  },
  {
    name: 'compare',
    description: 'compare what projects consist of on two instances; exit code 3 when they differ',
    productFlags: true,
    flags: async () => (await import('./compare/flags.ts')).compareFlags,
    run: async () => (await import('./compare/run.ts')).runCompare,
    documents: async () => (await import('./compare/documents.ts')).documents,
  },
  {
    name: 'inventory',
    description: 'list the projects of an instance, or its objects of another kind',
    flags: async () => (await import('./inventory/flags.ts')).inventoryFlags,
    run: async () => (await import('./inventory/run.ts')).runInventory,
    documents: async () => (await import('./inventory/documents.ts')).documents,
  },
  {
    name: 'package',
    description: "work with packages, as files and in an instance's feed",
    documents: async () => (await import('./package/documents.ts')).documents,
    commands: packageCommands,
  },
  {
    name: 'job',
    description: 'work with jobs on servers, from any machine that has the rc file',
    documents: async () => (await import('./job/documents.ts')).documents,
    commands: jobCommands,
  },
  {
    name: 'key',
    description: 'manage keys: minisign keys for signing, age keys for encryption',
    documents: async () => (await import('./key/documents.ts')).documents,
    commands: [
      {
        name: 'generate',
        description: 'create a signing key and an encryption identity; an existing key is never overwritten',
        flags: async () => (await import('./key/flags.ts')).generateFlags,
        run: async () => (await import('./key/generate.ts')).runKeyGenerate,
      },
      {
        name: 'show',
        description: 'show your public keys, which others need, and the keys that you trust',
        flags: async () => (await import('./key/flags.ts')).showFlags,
        run: async () => (await import('./key/show.ts')).runKeyShow,
      },
      {
        name: 'list',
        description: 'list your own keys, the signers that you trust and the groups of recipients of the rc file',
        flags: async () => (await import('./key/flags.ts')).listFlags,
        run: async () => (await import('./key/list.ts')).runKeyList,
      },
      {
        name: 'trust',
        description: 'trust packages that are signed with this key',
        flags: async () => (await import('./key/flags.ts')).trustFlags,
        run: async () => (await import('./key/trust.ts')).runKeyTrust,
      },
      {
        name: 'untrust',
        description: 'no longer trust packages that are signed with a key',
        flags: async () => (await import('./key/flags.ts')).untrustFlags,
        run: async () => (await import('./key/untrust.ts')).runKeyUntrust,
      },
      {
        name: 'rotate',
        description: 'replace your keys by new ones; the old ones are kept, and open and verify old packages',
        flags: async () => (await import('./key/flags.ts')).rotateFlags,
        run: async () => (await import('./key/rotate.ts')).runKeyRotate,
      },
    ],
  },
  {
    name: 'config',
    description: 'show and check the rc file',
    documents: async () => (await import('./config/documents.ts')).documents,
    commands: [
      {
        name: 'show',
        description: 'print each value and its source; secrets are masked',
        flags: async () => (await import('./config/flags.ts')).showFlags,
        run: async () => (await import('./config/show.ts')).runConfigShow,
      },
      {
        name: 'check',
        description: 'check the keys, types, references and adapters of the rc file; no server is called',
        flags: async () => (await import('./config/flags.ts')).checkFlags,
        run: async () => (await import('./config/check.ts')).runConfigCheck,
      },
      {
        name: 'trust',
        description: 'allow the rc file to run its code: scripts, adapters and commands for secrets',
        flags: async () => (await import('./config/flags.ts')).trustFlags,
        run: async () => (await import('./config/trust.ts')).runConfigTrust,
        config: false,
      },
      {
        name: 'schema',
        description: 'print the JSON Schema of the rc file, of a plan, of the package manifest or of a --json document',
        flags: async () => (await import('./config/flags.ts')).schemaFlags,
        run: async () => (await import('./config/schema.ts')).runConfigSchema(commands),
        config: false,
      },
    ],
  },
  {
    name: 'adapter',
    description: 'work with adapters that are not built in',
    documents: async () => (await import('./adapter/documents.ts')).documents,
    commands: [
      {
        name: 'new',
        description: 'write an adapter for another product to start from, with its test and a README',
        flags: async () => (await import('./adapter/flags.ts')).newFlags,
        run: async () => (await import('./adapter/new.ts')).runAdapterNew,
        config: false,
      },
    ],
  },
  {
    name: 'init',
    description: 'write an rc file: asks questions on a terminal, or writes a commented example with --yes',
    flags: async () => (await import('./init/flags.ts')).initFlags,
    run: async () => (await import('./init/run.ts')).runInit,
    documents: async () => (await import('./init/documents.ts')).documents,
    config: false,
  },
  {
    name: 'doctor',
    description: 'check this machine, the keys and each instance: version, account, rights, maintenance mode',
    flags: async () => (await import('./doctor/flags.ts')).doctorFlags,
    run: async () => (await import('./doctor/run.ts')).runDoctor,
    documents: async () => (await import('./doctor/documents.ts')).documents,
  },
  {
    name: 'emulate',
    description: 'run an embedded instance of a product on this machine, as a server for tests',
    flags: async () => (await import('./emulate/flags.ts')).emulateFlags,
    run: async () => (await import('./emulate/run.ts')).runEmulate,
    documents: async () => (await import('./emulate/documents.ts')).documents,
    config: false,
  },
  {
    name: 'demo',
    description: 'run a demo: move projects between embedded Octopus Deploy instances',
    flags: async () => (await import('./demo/flags.ts')).demoFlags,
    run: async () => (await import('./demo/run.ts')).runDemo,
    documents: async () => (await import('./demo/documents.ts')).documents,
    config: false,
  },
  {
    name: 'completion',
    description: 'print the completion script of a shell',
    flags: async () => (await import('./completion/flags.ts')).completionFlags,
    run: async () => (await import('./completion/run.ts')).runCompletion(commands),
    documents: async () => (await import('./completion/documents.ts')).documents,
    config: false,
  },
  {
    name: 'help',
    description:
      'show the help of a command, or a page: exit-codes, config, secrets, packages, jobs, waves, global-flags',
    flags: async () => (await import('./help/flags.ts')).helpFlags,
    run: async () => (await import('./help/run.ts')).runHelp(commands),
    documents: async () => (await import('./help/documents.ts')).documents,
    config: false,
  },
  {
    name: 'version',
    description: 'print the versions of migrator and Node, and the platform; --check asks npm for a newer version',
    flags: async () => (await import('./version/flags.ts')).versionFlags,
    run: async () => (await import('./version/run.ts')).runVersion,
    documents: async () => (await import('./version/documents.ts')).documents,
    config: false,
  },
];
