import type { MigrationJob } from '../job-id.ts';
import type { Library } from '../server.ts';
import { isFileUnreadable } from '../wire/errors.ts';
import { projectOf, replicated } from './advance-move.ts';
import { keepForLook, peerOf } from './peers.ts';
import { stateWord } from './state-word.ts';

/**
 * A validation, which is the dry run. The source is told the target, the target validates, and the source tells the
 * result, because the two exchange it in a shared file. It changes nothing, so it is begun again when the source does
 * not show that it began.
 */
export async function advanceValidation(source: Library, job: MigrationJob, signal: AbortSignal): Promise<void> {
  const { migration: id, peer } = job;
  const record = await source.client.migration(id, signal);
  if (record === undefined) return;
  const isOpen = stateWord(record.packageInfo.status) === 'created' && record.validation?.status === undefined;
  if (peer === undefined || !isOpen || source.memory.undelivered.has(id)) {
    keepForLook(source, id, record);
    return;
  }
  const target = await peerOf(source, peer);
  const { environment, project } = record.importInfo;
  const importInfo = { environment, ...(project.id === undefined ? {} : { project }) };
  await source.client.patchMigration(id, { importInfo }, undefined, signal);
  const body = replicated(await source.client.migrationContent(id, signal));
  try {
    await target.client.validateMigration(id, body, projectOf(record), signal);
  } catch (error) {
    if (!isFileUnreadable(error)) throw error;
    source.memory.undelivered.set(id, error.message);
    return;
  }
  await source.client.patchMigration(id, { validation: { status: 'validating' } }, undefined, signal);
}
