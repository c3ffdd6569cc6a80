import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type EmulatorOptions, type RunningEmulator } from '../../src/emulators/index.ts';
import { type BinaryOptions, type Finished, runBinary, type Started, startBinary } from './binary.ts';
import { commandLine, type Ended, type LineOptions } from './command-line.ts';
import { keyOf } from './octopus-api.ts';

export const password = 'correct horse battery staple 7';

/** A user's machine: a folder, an rc file, a journal and keys of its own, and two servers on the network. */
export interface Workshop {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly lab: RunningEmulator;
  readonly prod: RunningEmulator;
  readonly path: (name: string) => string;
  /** Runs a command line in this process, which is fast: what a command does does not depend on its process. */
  readonly run: (args: readonly string[], options?: Partial<LineOptions>) => Promise<Ended>;
  /** Runs the real binary in a process of its own: signals, streams, and at least one scenario of each command. */
  readonly binary: (args: readonly string[], options?: Partial<BinaryOptions>) => Promise<Finished>;
  /** Starts the real binary and does not wait for its end. */
  readonly start: (args: readonly string[], options?: Partial<BinaryOptions>) => Started;
  /** The same user on another machine, with the same rc file and an empty journal. */
  readonly elsewhere: () => Readonly<Record<string, string | undefined>>;
}

export interface WorkshopOptions {
  readonly lab?: Partial<EmulatorOptions>;
  readonly prod?: Partial<EmulatorOptions>;
  /** Lines added to the rc file. */
  readonly rc?: string;
}

/** The lines of an rc file for servers whose jobs end in milliseconds: nobody waits until it is time for a look. */
export const hurried = 'defaults: { pollInterval: 50ms }\n';

/** The environment of a machine whose user has everything below one folder. */
export function machineIn(folder: string): Record<string, string | undefined> {
  return {
    PATH: process.env['PATH'],
    SystemRoot: process.env['SystemRoot'],
    TEMP: process.env['TEMP'],
    TMPDIR: folder,
    HOME: folder,
    USERPROFILE: folder,
    MIGRATOR_STATE_DIR: join(folder, 'state'),
    MIGRATOR_CONFIG_DIR: join(folder, 'config'),
  };
}

export function userAt(
  folder: string,
  env: Workshop['env'],
): Pick<Workshop, 'folder' | 'env' | 'path' | 'run' | 'binary' | 'start'> {
  return {
    folder,
    env,
    path: (name) => join(folder, name),
    // Under the name of this machine, so that it can resume what a killed process has left.
    run: (args, more = {}) => commandLine(args, { cwd: folder, env, host: hostname(), ...more }),
    binary: (args, more = {}) => runBinary(args, { cwd: folder, env, ...more }),
    start: (args, more = {}) => startBinary(args, { cwd: folder, env, ...more }),
  };
}

export async function withWorkshop<T>(options: WorkshopOptions, work: (workshop: Workshop) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  const lab = await startEmulator('octopus', {
    directory: join(folder, 'lab'),
    pace: 1,
    sample: 'source',
    ...options.lab,
  });
  const prod = await startEmulator('octopus', {
    directory: join(folder, 'prod'),
    pace: 1,
    sample: 'target',
    ...options.prod,
  });
  try {
    const env = {
      ...machineIn(folder),
      LAB_KEY: keyOf(lab),
      PROD_KEY: keyOf(prod),
      MOVE_PASSWORD: password,
    };
    await writeFile(
      join(folder, '.migratorrc.yaml'),
      `${hurried}instances:
  lab: { product: octopus, url: "${lab.url}", apiKey: "env:LAB_KEY", space: Default }
  prod: { product: octopus, url: "${prod.url}", apiKey: "env:PROD_KEY", space: Default }
${options.rc ?? ''}`,
    );
    return await work({
      ...userAt(folder, env),
      lab,
      prod,
      elsewhere: () => ({ ...env, MIGRATOR_STATE_DIR: join(folder, 'state-elsewhere') }),
    });
  } finally {
    await lab.close();
    await prod.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
