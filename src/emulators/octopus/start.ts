import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import type { EmulatorOptions, RunningEmulator } from '../shared/emulator.ts';
import { createFaults } from '../shared/faults.ts';
import { lockDirectory } from '../shared/lock.ts';
import { listen } from '../shared/server.ts';
import { openStore } from '../shared/store.ts';
import { createAnswer, spellings } from './answer.ts';
import { buildInformationRoutes } from './build-information.ts';
import { documentRoutes } from './document-routes.ts';
import { dashboardRoutes } from './executions/dashboard.ts';
import { executionRoutes } from './executions/routes.ts';
import { templateRoutes } from './executions/templates.ts';
import { executionWork, isExecution } from './executions/work.ts';
import { feedRoutes } from './feed-routes.ts';
import { feedSearchRoutes } from './feed-search.ts';
import type { Instance } from './instance.ts';
import { migrationRoutes } from './migrations/routes.ts';
import { isMigration, migrationEnded, migrationWork } from './migrations/work.ts';
import { projectRoutes } from './project-routes.ts';
import { seed } from './sample/seed.ts';
import { serverRoutes } from './server-routes.ts';
import { spaceListRoutes } from './space-lists.ts';
import { spaceRoutes } from './space-routes.ts';
import { createTaskQueue, type TaskWork } from './task-queue.ts';
import { taskRoutes } from './task-routes.ts';
import { tenantRoutes } from './tenant-variables.ts';
import { userRoutes } from './user-routes.ts';
import { allowKey, newApiKey } from './users.ts';
import { openVault } from './vault.ts';

const defaultVersion = '2023.1.9626';
const defaultPace = 150;

/** Tasks that are neither migrations nor executions have no work to do here: they say so and succeed. */
const plainWork: TaskWork = async ({ log, task, pause }) => {
  log.write('Info', `${String(task.body['Name'])}: nothing to do on an embedded server`);
  await pause();
};

function adminKey(instance: Instance, given: string | undefined): string {
  const key = given ?? instance.store.setting('admin-key') ?? newApiKey();
  if (given === undefined) instance.store.keep('admin-key', key);
  allowKey(instance.store, key, 'Users-1');
  return key;
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    // What was being written when an earlier process ended is nobody's.
    await rm(join(directory, 'work'), { recursive: true, force: true });
  } catch (cause) {
    throw new MigratorError('LOCAL_IO', `the emulator directory "${directory}" cannot be made`, { cause });
  }
}

/** Starts an Octopus server on 127.0.0.1 whose state lies in a directory. */
export async function startOctopus(options: EmulatorOptions): Promise<RunningEmulator> {
  const { directory, log = () => undefined } = options;
  await makeDirectory(directory);
  const unlock = lockDirectory(directory);
  try {
    const store = openStore(join(directory, 'state.sqlite'), 'octopus');
    const faults = createFaults(options.faults);
    const version = options.version ?? defaultVersion;
    const pace = options.pace ?? defaultPace;
    const instance: Instance = { store, vault: openVault(store), faults, version, directory, pace, log };
    seed(instance, options.sample ?? 'source');
    const apiKey = adminKey(instance, options.credentials?.['apiKey']);
    const queue = createTaskQueue(instance, {
      workOf: (task) => (isMigration(task) ? migrationWork : isExecution(task) ? executionWork : plainWork),
      isMigration,
      ended: (task) => migrationEnded(instance, task),
    });
    queue.recover();
    const routes = [
      ...serverRoutes,
      ...spaceRoutes(queue),
      ...userRoutes,
      ...taskRoutes(queue),
      ...feedRoutes,
      ...feedSearchRoutes,
      ...buildInformationRoutes,
      ...tenantRoutes,
      ...spaceListRoutes,
      ...projectRoutes,
      ...templateRoutes,
      ...executionRoutes(queue),
      ...dashboardRoutes,
      ...migrationRoutes(queue),
      ...documentRoutes,
    ];
    const answer = createAnswer(instance, routes);
    const listener = await listen({
      port: options.port ?? 0,
      faults,
      answer,
      spellings,
      refusal: (_, message) => ({ ErrorMessage: message }),
      log,
    });
    queue.kick();
    const close = async () => {
      await listener.close();
      await queue.stop();
      store.close();
      unlock();
    };
    let closing: Promise<void> | undefined;
    return {
      url: listener.url,
      credentials: { apiKey },
      product: 'octopus',
      faults,
      close: () => (closing ??= close()),
    };
  } catch (error) {
    unlock();
    throw error;
  }
}
