import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type EmulatorOptions, type RunningEmulator } from '../../src/emulators/index.ts';
import { runBinary, startBinary } from './binary.ts';
import type { Workshop } from './workshop.ts';

interface Options {
  readonly lab?: Partial<EmulatorOptions>;
  readonly prod?: Partial<EmulatorOptions>;
  /** Each Library gets a storage of its own. */
  readonly apart?: boolean;
}

/** A user's machine as in a workshop, with two MicroStrategy Libraries on the network. */
export async function withLibraryWorkshop<T>(
  { lab: labOptions, prod: prodOptions, apart = false }: Options,
  work: (workshop: Workshop) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  const start = (name: string, sample: 'source' | 'target', more: Partial<EmulatorOptions> = {}) =>
    startEmulator('microstrategy', {
      directory: join(folder, name),
      storage: join(folder, apart ? `${name}-storage` : 'lab-storage'),
      pace: 5,
      sample,
      ...more,
    });
  const lab = await start('lab', 'source', labOptions);
  const prod = await start('prod', 'target', prodOptions);
  try {
    const env = {
      PATH: process.env['PATH'],
      TMPDIR: folder,
      HOME: folder,
      MIGRATOR_STATE_DIR: join(folder, 'state'),
      MIGRATOR_CONFIG_DIR: join(folder, 'config'),
      LAB_PASSWORD: passwordOf(lab),
      PROD_PASSWORD: passwordOf(prod),
    };
    const instance = (name: string, { url, credentials }: RunningEmulator) =>
      `  ${name}: { product: microstrategy, url: "${url}", username: "${credentials['username'] ?? ''}", password: "env:${name.toUpperCase()}_PASSWORD" }`;
    const rc = ['instances:', instance('lab', lab), instance('prod', prod), ''].join('\n');
    await writeFile(join(folder, '.migratorrc.yaml'), rc);
    return await work({
      folder,
      env,
      lab,
      prod,
      path: (name) => join(folder, name),
      run: (args, more = {}) => runBinary(args, { cwd: folder, env, ...more }),
      start: (args, more = {}) => startBinary(args, { cwd: folder, env, ...more }),
      elsewhere: () => ({ ...env, MIGRATOR_STATE_DIR: join(folder, `state-${Math.random()}`) }),
    });
  } finally {
    await lab.close();
    await prod.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function passwordOf({ credentials }: RunningEmulator): string {
  return credentials['password'] ?? '';
}
