import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type EmulatorOptions, type RunningEmulator } from '../../src/emulators/index.ts';
import { machineIn, userAt, type Workshop } from './workshop.ts';

type Settings = Omit<EmulatorOptions, 'directory'>;

/** A user's machine as in a workshop, with two servers on the network that need a user name and a password. */
export async function withAccountWorkshop<T>(
  product: string,
  settings: (folder: string, name: 'lab' | 'prod') => Settings,
  work: (workshop: Workshop) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  const start = (name: 'lab' | 'prod') =>
    startEmulator(product, { directory: join(folder, name), ...settings(folder, name) });
  const lab = await start('lab');
  const prod = await start('prod');
  try {
    const env = {
      ...machineIn(folder),
      LAB_PASSWORD: passwordOf(lab),
      PROD_PASSWORD: passwordOf(prod),
    };
    const instance = (name: string, { url, credentials }: RunningEmulator) =>
      `  ${name}: { product: ${product}, url: "${url}", username: "${credentials['username'] ?? ''}", password: "env:${name.toUpperCase()}_PASSWORD" }`;
    const rc = ['instances:', instance('lab', lab), instance('prod', prod), ''].join('\n');
    await writeFile(join(folder, '.migratorrc.yaml'), rc);
    return await work({
      ...userAt(folder, env),
      lab,
      prod,
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
