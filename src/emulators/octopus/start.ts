import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmulatorOptions, RunningEmulator } from '../shared/emulator.ts';
import { onDisk, startEmulated } from '../shared/start-emulated.ts';
import { createAnswer, spellings } from './answer.ts';
import { executionWork, isExecution } from './executions/work.ts';
import { checkEdition, defaultEdition, offersOf } from './edition.ts';
import { importExportEnded, importExportWork, isImportExport } from './import-export/work.ts';
import type { Instance } from './instance.ts';
import { isMigration, migrationEnded, migrationWork } from './migrations/work.ts';
import { allRoutes } from './routes.ts';
import { seed } from './sample/seed.ts';
import type { Entry } from '../shared/store.ts';
import { createTaskQueue, type TaskWork } from './task-queue.ts';
import { allowKey, newApiKey } from './users.ts';
import { openVault } from './vault.ts';

/** Tasks that neither move projects nor execute something only log a line and succeed. */
const plainWork: TaskWork = async ({ log, task, pause }) => {
  log.write('Info', `${String(task.body['Name'])}: nothing to do on an embedded server`);
  await pause();
};

const workOf = (task: Entry): TaskWork => {
  if (isMigration(task)) return migrationWork;
  if (isImportExport(task)) return importExportWork;
  return isExecution(task) ? executionWork : plainWork;
};

function adminKey(instance: Instance, given: string | undefined): string {
  const key = given ?? instance.store.setting('admin-key') ?? newApiKey();
  if (given === undefined) instance.store.keep('admin-key', key);
  allowKey(instance.store, key, 'Users-1');
  return key;
}

/** Starts an Octopus server on 127.0.0.1 whose state lies in a directory. USAGE for an unknown version or flavor. */
export const startOctopus = (options: EmulatorOptions): Promise<RunningEmulator> =>
  startEmulated(options, {
    name: 'octopus',
    async furnish(server, atEnd) {
      // Files that an earlier process did not finish.
      const drafts = join(server.directory, 'work');
      await onDisk(server.directory, () => rm(drafts, { recursive: true, force: true }));
      const { version = defaultEdition.version, flavor = defaultEdition.flavor } = options;
      checkEdition({ version, flavor });
      const instance: Instance = { ...server, vault: openVault(server.store), version, flavor };
      seed(instance, options.sample ?? 'source');
      const apiKey = adminKey(instance, options.credentials?.['apiKey']);
      const queue = createTaskQueue(instance, {
        workOf,
        isMigration,
        moves: (task) => isMigration(task) || isImportExport(task),
        ended: (task) => (isImportExport(task) ? importExportEnded(instance, task) : migrationEnded(instance, task)),
      });
      atEnd(() => queue.stop());
      queue.recover();
      return {
        credentials: { apiKey },
        answer: createAnswer(instance, allRoutes(queue, offersOf(instance))),
        spellings,
        refusal: (_, message) => ({ ErrorMessage: message }),
        listening: () => queue.kick(),
      };
    },
  });
