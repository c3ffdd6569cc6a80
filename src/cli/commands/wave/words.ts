import type { Entry } from '../../build-command.ts';

/** What a default of the rc file, meant for single projects, must not change. */
const own = ['yes', 'dryRun'];

/** The commands below `wave`. */
export const waveCommands: readonly Entry[] = [
  {
    name: 'init',
    description: 'write a plan with one item for each project of an instance',
    flags: async () => (await import('./flags.ts')).initFlags,
    run: async () => (await import('./init.ts')).runWaveInit,
    notFromDefaults: ['output'],
  },
  {
    name: 'check',
    description: 'look for everything that would stop a plan, on this machine and on the servers, and change nothing',
    flags: async () => (await import('./flags.ts')).checkFlags,
    run: async () => (await import('./check.ts')).runWaveCheck,
  },
  {
    name: 'run',
    description: 'move the projects of a plan, several at once; running it again goes on with what is left',
    flags: async () => (await import('./flags.ts')).runFlags,
    run: async () => (await import('./run.ts')).runWaveRun,
    notFromDefaults: own,
  },
  {
    name: 'status',
    description: 'show what became of each item of a plan',
    flags: async () => (await import('./flags.ts')).statusFlags,
    run: async () => (await import('./status.ts')).runWaveStatus,
  },
  {
    name: 'stop',
    description: 'let the run of a plan start nothing more; what is at work comes to its end',
    flags: async () => (await import('./flags.ts')).stopFlags,
    run: async () => (await import('./stop.ts')).runWaveStop,
  },
  {
    name: 'report',
    description: 'write what became of each item of a plan into a file',
    flags: async () => (await import('./flags.ts')).reportFlags,
    run: async () => (await import('./report.ts')).runWaveReport,
    notFromDefaults: ['output'],
  },
];
