import type { Entry } from '../../shared/store.ts';
import { hasMigrator } from '../edition.ts';
import type { Instance } from '../instance.ts';
import { TaskFailure, type TaskRun, type TaskWork } from '../task-queue.ts';
import { forgetRequest, keptRequest } from '../task-requests.ts';
import { succeededWithErrors } from '../success-with-errors.ts';
import { stateOf } from '../tasks.ts';
import { callBack } from './callback.ts';
import { runExport } from './export-task.ts';
import { runImport } from './import-task.ts';
import type { ExportRequest, ImportRequest } from './request.ts';
import { exportTask, importTask } from './routes.ts';

export const isMigration = (task: Entry): boolean => [exportTask, importTask].includes(String(task.body['Name']));

/** The Migrator is missing on Linux servers, and with the fault. */
function withoutMigrator({ instance }: TaskRun): void {
  if (hasMigrator(instance) && instance.faults.take('no-migrator') === undefined) return;
  throw new TaskFailure(
    [
      'Octopus.Migrator could not be found.',
      'Probed: /Octopus/Octopus.Migrator.exe',
      'Probed: /Octopus/Octopus.Migrator',
      'Probed: /Octopus/Migrator/Octopus.Migrator.dll',
    ].join('\n'),
  );
}

const operation = (task: Entry) => (task.body['Name'] === exportTask ? 'space-partial-export' : 'space-import');

async function runMigration(run: TaskRun, finish: () => void): Promise<void> {
  const request = keptRequest(run.instance, run.task.id);
  if (request === undefined) throw new TaskFailure('The request of this task was not kept.');
  withoutMigrator(run);
  if (run.task.body['Name'] === exportTask) await runExport(run, request as ExportRequest);
  else if (!succeededWithErrors(run, finish)) await runImport(run, request as ImportRequest, finish);
}

export const migrationWork: TaskWork = async (run, finish) => {
  try {
    await runMigration(run, finish);
  } catch (error) {
    if (error instanceof TaskFailure) {
      run.log.write('Error', `Failed to perform the ${operation(run.task)} migration.\n${error.message}`);
    }
    throw error;
  }
};

/** Calls the webhook of a migration that has ended, and forgets the request with its password. */
export function migrationEnded(instance: Instance, task: Entry): void {
  const request = keptRequest(instance, task.id) as ExportRequest | ImportRequest | undefined;
  if (request === undefined) return;
  forgetRequest(instance, task.id);
  const succeeded = stateOf(task) === 'Success';
  const uri = succeeded ? request.SuccessCallbackUri : request.FailureCallbackUri;
  if (uri === null) return;
  const facts = { packageId: request.PackageId, packageVersion: request.PackageVersion };
  void callBack(instance, uri, succeeded ? facts : undefined);
}
