import type { Entry } from '../../shared/store.ts';
import type { Instance } from '../instance.ts';
import { succeededWithErrors } from '../success-with-errors.ts';
import { TaskFailure, type TaskWork } from '../task-queue.ts';
import { forgetRequest, keptRequest } from '../task-requests.ts';
import { asText } from '../tolerant-json.ts';
import { runExport } from './export-work.ts';
import { runImport } from './import-work.ts';
import type { ExportRequest, ImportRequest } from './request.ts';
import { exportTask, importTask } from './task-names.ts';

export const isImportExport = ({ body }: Entry): boolean => [exportTask, importTask].includes(asText(body['Name']));

/** Errors are in the log as Fatal. */
export const importExportWork: TaskWork = async (run, finish) => {
  try {
    const request = keptRequest(run.instance, run.task.id) as ExportRequest | ImportRequest | undefined;
    if (request === undefined) throw new TaskFailure('The request of this task was not kept.');
    if ('projects' in request) await runExport(run, request);
    else if (!succeededWithErrors(run, finish)) await runImport(run, request, finish);
  } catch (error) {
    if (error instanceof TaskFailure) run.log.write('Fatal', error.message);
    throw error;
  }
};

/** Forgets the request with its password. */
export const importExportEnded = (instance: Instance, task: Entry): void => forgetRequest(instance, task.id);
