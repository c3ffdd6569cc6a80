import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { EmulatorOptions, RunningEmulator } from '../shared/emulator.ts';
import { onDisk, startEmulated } from '../shared/start-emulated.ts';
import type { Store } from '../shared/store.ts';
import { createAnswer, spellings } from './answer.ts';
import { authRoutes } from './auth-routes.ts';
import { sharedFileRoutes } from './file-store/routes.ts';
import { contextPath, type Instance } from './instance.ts';
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

type Credentials = Readonly<Record<'username' | 'password', string>>;

function administrator(store: Store, given: EmulatorOptions['credentials']): Credentials {
  const username = given?.['username'] ?? store.setting('admin-username') ?? 'Administrator';
  const password = given?.['password'] ?? store.setting('admin-password') ?? randomBytes(12).toString('base64url');
  store.keep('admin-username', username);
  store.keep('admin-password', password);
  return { username, password };
}

/** Makes the storage. Unless it is shared, removes the files that an earlier process did not finish. */
async function makeStorage(storage: string, isShared: boolean): Promise<void> {
  await mkdir(storage, { recursive: true });
  const drafts = isShared ? [] : (await readdir(storage)).filter((name) => name.startsWith('.upload-'));
  for (const name of drafts) await rm(join(storage, name), { force: true });
}

/** Starts a Library on 127.0.0.1 whose state is in a directory. USAGE for an impossible version. */
export async function startMicroStrategy(options: EmulatorOptions): Promise<RunningEmulator> {
  const version = checkRelease(options.version ?? defaultVersion);
  return startEmulated(options, {
    name: 'microstrategy',
    async furnish(server) {
      const { store, directory } = server;
      const storage = resolve(options.storage ?? join(directory, 'storage'));
      await onDisk(directory, () => makeStorage(storage, options.storage !== undefined));
      const instance: Instance = { ...server, sessions: createSessions(), version, storage };
      seed(store, options.sample ?? 'source');
      const credentials = administrator(store, options.credentials);
      recoverMigrations(instance);
      return {
        credentials,
        answer: createAnswer(instance, [
          ...serverRoutes,
          ...authRoutes,
          ...objectRoutes,
          ...searchRoutes(),
          ...privilegeRoutes,
          ...userRoutes,
          ...sharedFileRoutes,
          ...migrationRoutes(createJobs(instance)),
        ]),
        spellings,
        refusal: (_, message) => errorDocument('ERR001', message),
        path: contextPath,
      };
    },
  });
}
