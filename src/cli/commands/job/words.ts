import type { Entry } from '../../build-command.ts';

/** The commands below `job`. */
export const jobCommands: readonly Entry[] = [
  {
    name: 'list',
    description: 'list the runs of this machine, or with --from the migration jobs of an instance',
    flags: async () => (await import('./flags.ts')).listFlags,
    run: async () => (await import('./list.ts')).runJobList,
    // --from changes what is listed: the server's jobs instead of this machine's runs.
    notFromDefaults: ['from'],
  },
  {
    name: 'show',
    description: 'show the state of a job',
    flags: async () => (await import('./flags.ts')).showFlags,
    run: async () => (await import('./show.ts')).runJobShow,
  },
  {
    name: 'wait',
    description:
      'wait until a job ends, and make the calls that only migrator makes, without a question; the exit code says how it ended',
    flags: async () => (await import('./flags.ts')).waitFlags,
    run: async () => (await import('./wait.ts')).runJobWait,
  },
  {
    name: 'log',
    description: "print the server's log of a job",
    flags: async () => (await import('./flags.ts')).logFlags,
    run: async () => (await import('./log.ts')).runJobLog,
  },
  {
    name: 'cancel',
    description: 'ask the server to cancel a job, and wait until the job ends',
    flags: async () => (await import('./flags.ts')).cancelFlags,
    run: async () => (await import('./cancel.ts')).runJobCancel,
  },
  {
    name: 'approve',
    description:
      'approve a job that waits for an approval; "job wait" or the command that started the job then continues',
    flags: async () => (await import('./flags.ts')).approveFlags,
    run: async () => (await import('./approve.ts')).runJobApprove,
  },
  {
    name: 'reject',
    description: 'reject a job that waits for an approval',
    flags: async () => (await import('./flags.ts')).rejectFlags,
    run: async () => (await import('./reject.ts')).runJobReject,
  },
  {
    name: 'undo',
    description: 'restore the target to its state before an import or a move',
    flags: async () => (await import('./flags.ts')).undoFlags,
    run: async () => (await import('./undo.ts')).runJobUndo,
  },
];
