import { randomBytes } from 'node:crypto';
import type { EmulatorOptions, RunningEmulator } from '../shared/emulator.ts';
import { asText } from '../shared/json.ts';
import { onDisk, startEmulated } from '../shared/start-emulated.ts';
import type { Store } from '../shared/store.ts';
import { createAnswer } from './answer.ts';
import { assetRoutes } from './asset-routes.ts';
import { openContents } from './contents.ts';
import { exportRoutes } from './export-routes.ts';
import { fileRoutes } from './file-routes.ts';
import { importRoutes } from './import-routes.ts';
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

/**
 * The administrator of all environments. A given user is made when missing, and becomes an administrator of each one.
 */
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

/** The contents that assets have now; earlier contents of a file are not kept. */
const heldContents = (store: Store): ReadonlySet<string> =>
  new Set(
    store
      .all('Node')
      .map(nodeOf)
      .filter(({ type }) => type === 'File')
      .map(({ document }) => asText(document['hash'])),
  );

/** Starts a SnapLogic control plane on 127.0.0.1 whose state lies in a directory. */
export const startSnapLogic = (options: EmulatorOptions): Promise<RunningEmulator> =>
  startEmulated(options, {
    name: 'snaplogic',
    caseSensitive: true,
    async furnish(server) {
      const { store, directory } = server;
      await onDisk(directory, () => furnishKeys(directory));
      const contents = await onDisk(directory, () => openContents(directory));
      const plane: Plane = { ...server, contents };
      await seed(plane, options.sample ?? 'source');
      await contents.sweep(heldContents(store));
      const credentials = admit(store, options.credentials ?? {});
      const engine = createMigrationEngine(plane);
      return {
        credentials,
        answer: createAnswer(plane, [
          ...userRoutes,
          ...listingRoutes,
          ...migrateRoutes(engine),
          ...exportRoutes,
          ...importRoutes,
          ...projectRoutes,
          ...fileRoutes,
          ...taskRoutes,
          ...assetRoutes,
        ]),
        refusal: errorDocument,
        listening: () => engine.recover(),
      };
    },
  });
