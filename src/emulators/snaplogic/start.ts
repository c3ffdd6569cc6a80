import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import type { EmulatorOptions, RunningEmulator } from '../shared/emulator.ts';
import { createFaults } from '../shared/faults.ts';
import { lockDirectory } from '../shared/lock.ts';
import { listen } from '../shared/server.ts';
import { openStore, type Store } from '../shared/store.ts';
import { createAnswer } from './answer.ts';
import { assetRoutes } from './asset-routes.ts';
import { openContents, type Contents } from './contents.ts';
import { exportRoutes } from './export-routes.ts';
import { fileRoutes } from './file-routes.ts';
import { importRoutes } from './import-routes.ts';
import { asText } from './json.ts';
import { furnishKeys } from './jwt-keys.ts';
import { listingRoutes } from './listing-routes.ts';
import { migrateRoutes } from './migrate-routes.ts';
import { createMigrationEngine } from './migration-engine.ts';
import { allOrgs, putOrg } from './orgs.ts';
import type { Plane } from './plane.ts';
import { projectRoutes } from './project-routes.ts';
import { errorDocument } from './refusal.ts';
import { sampleOwner } from './sample/builder.ts';
import { seed } from './sample/seed.ts';
import { taskRoutes } from './task-routes.ts';
import { nodeOf } from './tree.ts';
import { userRoutes } from './user-routes.ts';
import { putUser, setPassword, userNamed } from './users.ts';

const defaultPace = 150;

async function prepare(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (cause) {
    throw new MigratorError('LOCAL_IO', `the emulator directory "${directory}" cannot be made`, { cause });
  }
}

async function furnish(directory: string): Promise<Contents> {
  try {
    await furnishKeys(directory);
    return await openContents(directory);
  } catch (cause) {
    throw new MigratorError('LOCAL_IO', `the emulator directory "${directory}" cannot be written`, { cause });
  }
}

/** The administrator of all environments; a given one is made and let into each of them. */
function admit(store: Store, given: Readonly<Record<string, string>>) {
  const username = given['username'] ?? sampleOwner;
  const password = given['password'] ?? store.setting('admin-password') ?? randomBytes(12).toString('hex');
  if (given['password'] === undefined) store.keep('admin-password', password);
  if (userNamed(store, username) === undefined) {
    const flags = { lockedOut: false, passwordExpired: false, serviceAccount: false };
    const passwordUpdated = new Date().toISOString();
    putUser(store, { email: username, firstName: 'Embedded', lastName: 'Admin', ...flags, passwordUpdated });
  }
  for (const org of allOrgs(store)) {
    const admin = { administrator: true, perms: ['R', 'W', 'X'] };
    putOrg(store, { ...org, members: { ...org.members, [username]: admin } });
  }
  setPassword(store, username, password);
  return { username, password };
}

/** What the assets hold now, and what earlier versions of a file held is gone. */
const heldContents = (store: Store): ReadonlySet<string> =>
  new Set(
    store
      .all('Node')
      .map(nodeOf)
      .filter(({ type }) => type === 'File')
      .map(({ document }) => asText(document['hash'])),
  );

/** Starts a SnapLogic control plane on 127.0.0.1 whose state lies in a directory. */
export async function startSnapLogic(options: EmulatorOptions): Promise<RunningEmulator> {
  const { directory, log = () => undefined } = options;
  await prepare(directory);
  const unlock = lockDirectory(directory);
  let store: Store | undefined;
  try {
    const contents = await furnish(directory);
    const opened = openStore(join(directory, 'state.sqlite'), 'snaplogic', { caseSensitive: true });
    store = opened;
    const faults = createFaults(options.faults);
    let origin = '';
    const pace = options.pace ?? defaultPace;
    const plane: Plane = { store: opened, faults, contents, directory, pace, origin: () => origin, log };
    await seed(plane, options.sample ?? 'source');
    await contents.sweep(heldContents(opened));
    const credentials = admit(opened, options.credentials ?? {});
    const engine = createMigrationEngine(plane);
    const answer = createAnswer(plane, [
      ...userRoutes,
      ...listingRoutes,
      ...migrateRoutes(engine),
      ...exportRoutes,
      ...importRoutes,
      ...projectRoutes,
      ...fileRoutes,
      ...taskRoutes,
      ...assetRoutes,
    ]);
    const listener = await listen({
      port: options.port ?? 0,
      faults,
      answer,
      spellings: () => [],
      refusal: errorDocument,
      log,
    });
    origin = listener.url;
    engine.recover();
    const close = async () => {
      await listener.close();
      await engine.stop();
      opened.close();
      unlock();
    };
    let closing: Promise<void> | undefined;
    return { url: origin, credentials, product: 'snaplogic', faults, close: () => (closing ??= close()) };
  } catch (error) {
    store?.close();
    unlock();
    throw error;
  }
}
