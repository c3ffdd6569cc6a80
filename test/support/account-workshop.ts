import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type EmulatorOptions, type RunningEmulator } from '../../src/emulators/index.ts';
import { hurried, machineIn, userAt, type Workshop } from './workshop.ts';

interface Settings extends Omit<EmulatorOptions, 'directory'> {
  /** The instances of the rc file that are on this server, each with more settings. Default: one of the server's name. */
  readonly instances?: Readonly<Record<string, string>>;
}

/** A user's machine as in a workshop, with two servers on the network that need a user name and a password. */
export async function withAccountWorkshop<T>(
  product: string,
  settings: (folder: string, name: 'lab' | 'prod') => Settings,
  work: (workshop: Workshop) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  const instances: string[] = [];
  const start = async (server: 'lab' | 'prod') => {
    const { instances: on = { [server]: '' }, ...options } = settings(folder, server);
    const running = await startEmulator(product, { directory: join(folder, server), ...options });
    const { url, credentials } = running;
    for (const [name, more] of Object.entries(on)) {
      instances.push(
        `  ${name}: { product: ${product}, url: "${url}", username: "${credentials['username'] ?? ''}", password: "env:${server.toUpperCase()}_PASSWORD"${more} }`,
      );
    }
    return running;
  };
  const lab = await start('lab');
  const prod = await start('prod');
  try {
    const env = {
      ...machineIn(folder),
      LAB_PASSWORD: passwordOf(lab),
      PROD_PASSWORD: passwordOf(prod),
    };
    const rc = [`${hurried}instances:`, ...instances, ''].join('\n');
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
