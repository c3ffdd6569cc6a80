import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MigratorError } from '../../errors.ts';
import type { EmulatorOptions, RunningEmulator } from '../shared/emulator.ts';
import { createFaults } from '../shared/faults.ts';
import { lockDirectory } from '../shared/lock.ts';
import { listen } from '../shared/server.ts';
import { openStore, type Store } from '../shared/store.ts';
import { contextPath, createAnswer, spellings } from './answer.ts';
import { authRoutes } from './auth-routes.ts';
import { sharedFileRoutes } from './file-store/routes.ts';
import type { Instance } from './instance.ts';
import { createJobs } from './migrations/jobs.ts';
import { migrationRoutes, recoverMigrations } from './migrations/routes.ts';
import { objectRoutes } from './object-routes.ts';
import { privilegeRoutes } from './privilege-routes.ts';
import { errorDocument } from './refusal.ts';
import { checkRelease } from './release.ts';
import { seed } from './sample/seed.ts';
import { searchRoutes } from './search-routes.ts';
import { serverRoutes } from './server-routes.ts';
import { createSessions } from './sessions.ts';
import { userRoutes } from './user-routes.ts';

const defaultVersion = '11.4.0600';
const defaultPace = 150;

type Credentials = Readonly<Record<'username' | 'password', string>>;

function administrator(store: Store, given: EmulatorOptions['credentials']): Credentials {
  const username = given?.['username'] ?? store.setting('admin-username') ?? 'Administrator';
  const password = given?.['password'] ?? store.setting('admin-password') ?? randomBytes(12).toString('base64url');
  store.keep('admin-username', username);
  store.keep('admin-password', password);
  return { username, password };
}

/** Makes both folders; drafts in a storage of its own are nobody's once the process that wrote them is gone. */
async function makeFolders(directory: string, storage: string, shared: boolean): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await mkdir(storage, { recursive: true });
    const drafts = shared ? [] : (await readdir(storage)).filter((name) => name.startsWith('.upload-'));
    for (const name of drafts) await rm(join(storage, name), { force: true });
  } catch (cause) {
    throw new MigratorError('LOCAL_IO', `the emulator directory "${directory}" cannot be made`, { cause });
  }
}

/** Starts a Library on 127.0.0.1 whose state lies in a directory. USAGE for a version that is none. */
export async function startMicroStrategy(options: EmulatorOptions): Promise<RunningEmulator> {
  const { directory, log = () => undefined } = options;
  const version = checkRelease(options.version ?? defaultVersion);
  const storage = resolve(options.storage ?? join(directory, 'storage'));
  await makeFolders(directory, storage, options.storage !== undefined);
  const unlock = lockDirectory(directory);
  let store: Store | undefined;
  try {
    const opened = openStore(join(directory, 'state.sqlite'), 'microstrategy');
    store = opened;
    const faults = createFaults(options.faults);
    let address = '';
    const instance: Instance = {
      store: opened,
      faults,
      sessions: createSessions(),
      version,
      directory,
      storage,
      pace: options.pace ?? defaultPace,
      log,
      url: () => address,
    };
    seed(opened, options.sample ?? 'source');
    const credentials = administrator(opened, options.credentials);
    recoverMigrations(instance);
    const jobs = createJobs(instance);
    const answer = createAnswer(instance, [
      ...serverRoutes,
      ...authRoutes,
      ...objectRoutes,
      ...searchRoutes(),
      ...privilegeRoutes,
      ...userRoutes,
      ...sharedFileRoutes,
      ...migrationRoutes(jobs),
    ]);
    const listener = await listen({
      port: options.port ?? 0,
      faults,
      answer,
      spellings,
      refusal: (_, message) => errorDocument('ERR001', message),
      log,
    });
    address = `${listener.url}${contextPath}`;
    const close = async () => {
      await listener.close();
      await jobs.stop();
      opened.close();
      unlock();
    };
    let closing: Promise<void> | undefined;
    return {
      url: address,
      credentials,
      product: 'microstrategy',
      faults,
      close: () => (closing ??= close()),
    };
  } catch (error) {
    store?.close();
    unlock();
    throw error;
  }
}
