import type { Entry } from '../build-command.ts';
import { packageCommands } from './package/words.ts';

/** Every command. To add one, make a folder named after its first word and add an entry here. */
export const commands: readonly Entry[] = [
  {
    name: 'partial-export',
    description: 'export projects of an instance to a signed, encrypted package',
    flags: async () => (await import('./partial-export/flags.ts')).partialExportFlags,
    run: async () => (await import('./partial-export/run.ts')).runPartialExport,
    documents: async () => (await import('./partial-export/documents.ts')).documents,
    // A default target is meant for imports. It must not turn an export to a file into a push.
    notFromDefaults: ['to'],
  },
  {
    name: 'import',
    description: 'verify a package and import it into an instance; --dry-run only shows the plan',
    flags: async () => (await import('./import/flags.ts')).importFlags,
    run: async () => (await import('./import/run.ts')).runImport,
    documents: async () => (await import('./import/documents.ts')).documents,
  },
  {
    name: 'migrate-project',
    description: 'move projects from one instance to another, by the shortest route that works',
    flags: async () => (await import('./migrate-project/flags.ts')).migrateProjectFlags,
    run: async () => (await import('./migrate-project/run.ts')).runMigrateProject,
    documents: async () => (await import('./migrate-project/documents.ts')).documents,
  },
  {
    name: 'compare',
    description: 'compare what projects consist of on two instances; exit code 3 when they differ',
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
    commands: [
      {
        name: 'list',
        description: 'list the runs of this machine, or with --from the migration jobs of an instance',
        flags: async () => (await import('./job/flags.ts')).listFlags,
        run: async () => (await import('./job/list.ts')).runJobList,
        // --from changes what is listed: the server's jobs instead of this machine's runs.
        notFromDefaults: ['from'],
      },
      {
        name: 'show',
        description: 'show the state of a job',
        flags: async () => (await import('./job/flags.ts')).showFlags,
        run: async () => (await import('./job/show.ts')).runJobShow,
      },
      {
        name: 'wait',
        description:
          'wait until a job ends, and make the calls that only migrator makes, without a question; the exit code says how it ended',
        flags: async () => (await import('./job/flags.ts')).waitFlags,
        run: async () => (await import('./job/wait.ts')).runJobWait,
      },
      {
        name: 'log',
        description: "print the server's log of a job",
        flags: async () => (await import('./job/flags.ts')).logFlags,
        run: async () => (await import('./job/log.ts')).runJobLog,
      },
      {
        name: 'cancel',
        description: 'ask the server to cancel a job, and wait until the job ends',
        flags: async () => (await import('./job/flags.ts')).cancelFlags,
        run: async () => (await import('./job/cancel.ts')).runJobCancel,
      },
      {
        name: 'approve',
        description:
          'approve a job that waits for an approval; "job wait" or the command that started the job then continues',
        flags: async () => (await import('./job/flags.ts')).approveFlags,
        run: async () => (await import('./job/approve.ts')).runJobApprove,
      },
      {
        name: 'reject',
        description: 'reject a job that waits for an approval',
        flags: async () => (await import('./job/flags.ts')).rejectFlags,
        run: async () => (await import('./job/reject.ts')).runJobReject,
      },
      {
        name: 'undo',
        description: 'restore the target to its state before an import or a move',
        flags: async () => (await import('./job/flags.ts')).undoFlags,
        run: async () => (await import('./job/undo.ts')).runJobUndo,
      },
    ],
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
        description: 'print the JSON Schema of the rc file, of the package manifest or of a --json document',
        flags: async () => (await import('./config/flags.ts')).schemaFlags,
        run: async () => (await import('./config/schema.ts')).runConfigSchema(commands),
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
    description: 'check this machine, the keys and each instance: version, account, rights, mode',
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
    description: 'run a demo: move projects between embedded Octopus Deploy instances, in both ways',
    flags: async () => (await import('./demo/flags.ts')).demoFlags,
    run: async () => (await import('./demo/run.ts')).runDemo,
    documents: async () => (await import('./demo/documents.ts')).documents,
    config: false,
  },
  {
    name: 'completion',
    description: 'print the completion script of a shell',
    flags: async () => (await import('./completion/flags.ts')).completionFlags,
    run: async () => (await import('./completion/run.ts')).runCompletion,
    documents: async () => (await import('./completion/documents.ts')).documents,
    config: false,
  },
];
