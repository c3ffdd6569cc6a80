import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type RunningEmulator } from '../../src/emulators/index.ts';
import { runBinary, startBinary } from './binary.ts';
import type { Workshop } from './workshop.ts';

/** A user's machine as in a workshop, with two eNMS servers on the network. */
export async function withEnmsWorkshop<T>(work: (workshop: Workshop) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  const start = (name: string, sample: 'source' | 'target') =>
    startEmulator('enms', { directory: join(folder, name), pace: 1, sample });
  const lab = await start('lab', 'source');
  const prod = await start('prod', 'target');
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
      `  ${name}: { product: enms, url: "${url}", username: "${credentials['username'] ?? ''}", password: "env:${name.toUpperCase()}_PASSWORD" }`;
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
