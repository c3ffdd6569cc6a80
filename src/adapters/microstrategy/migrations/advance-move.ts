import { MigratorError } from '../../../errors.ts';
import { isForbidden } from '../../shared/answers.ts';
import type { MigrationJob } from '../job-id.ts';
import type { Library } from '../server.ts';
import { isFileUnreadable, isUndecided } from '../wire/errors.ts';
import type { Migration, MigrationContent } from '../wire/schemas.ts';
import { requestWord } from './job-state.ts';
import { changedDespite, keepForLook, peerOf } from './peers.ts';
import { stateWord } from './state-word.ts';

/** The calls of the client in an object migration (steps 3 to 5). The servers never go on by themselves. */
type Step = 'request' | 'approve' | 'import';

/** No migration needs more calls at once. Two clients that undo each other's work stop here. */
const mostSteps = 5;
const looks = 3;
const pauseMs = 2_000;

/** Makes the calls that are due, and looks at the servers before each. */
export async function advanceMove(source: Library, job: MigrationJob, signal: AbortSignal): Promise<void> {
  if (source.memory.handedOver.has(job.migration)) return;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const record = await source.client.migration(job.migration, signal);
    const step = record && dueStep(record, job, source.memory.refused.has(job.migration));
    if (step === undefined || record === undefined) {
      if (record !== undefined) keepForLook(source, job.migration, record);
      return;
    }
    if (step === 'import') return importOnTarget(source, record, job, signal);
    const word = step === 'request' ? 'requested' : 'approved';
    await patchRequest(source, job, word, signal);
  }
}

/** The next call; undefined when none is due. A locked package is never changed, because the server refuses that. */
export function dueStep(record: Migration, { mark }: Pick<MigrationJob, 'mark'>, refused: boolean): Step | undefined {
  const request = requestWord(record);
  if (request === 'approved') return 'import';
  if (stateWord(record.packageInfo.status) !== 'created') return undefined;
  if (request === 'requested') return mark === 'request-only' || refused ? undefined : 'approve';
  return request === undefined || request === 'pending' || request === 'unknown' ? 'request' : undefined;
}

async function patchRequest(
  source: Library,
  { migration }: MigrationJob,
  word: 'requested' | 'approved',
  signal: AbortSignal,
): Promise<void> {
  const body = { importInfo: { importRequestStatus: word } };
  try {
    await source.client.patchMigration(migration, body, undefined, signal);
  } catch (error) {
    // An account that may not approve leaves the request to an administrator.
    if (word === 'approved' && isForbidden(error)) {
      source.memory.refused.set(migration, error.message);
      return;
    }
    await changedDespite(
      error,
      source,
      migration,
      (now) => {
        const request = requestWord(now);
        return request === word || request === 'approved';
      },
      signal,
    );
  }
}

/** Starts the import on the target. From then on the target has a record of its own, and only that shows the import. */
async function importOnTarget(
  source: Library,
  record: Migration,
  { migration, peer }: MigrationJob,
  signal: AbortSignal,
): Promise<void> {
  // Without a peer the target is not known. The process that started the migration knows it.
  if (peer === undefined || source.memory.undelivered.has(migration)) return;
  const target = await peerOf(source, peer);
  const there = await target.client.migration(migration, signal);
  const handOver = (taken: Migration): void => {
    if (target !== source) source.memory.handedOver.add(migration);
    keepForLook(target, migration, taken);
  };
  if (there !== undefined && isTaken(there)) {
    handOver(there);
    return;
  }
  const body = replicated(await source.client.migrationContent(migration, signal));
  try {
    await target.client.importMigration(migration, body, projectOf(record), signal);
  } catch (error) {
    if (isFileUnreadable(error)) {
      source.memory.undelivered.set(migration, error.message);
      return;
    }
    const taken = isUndecided(error) ? await takenSoon(target, migration, signal) : undefined;
    if (taken === undefined) throw error;
    handOver(taken);
    return;
  }
  const taken = await takenSoon(target, migration, signal);
  if (taken === undefined) {
    throw new MigratorError('REMOTE_UNEXPECTED', `${peer} accepted the import, and shows none of it`, {
      hint: `look at the migrations on ${peer} in Workstation, then run the same command again`,
    });
  }
  handOver(taken);
}

/**
 * Whether the target has taken the import already. The record alone does not show it when source and target are the
 * same Library.
 */
function isTaken(there: Migration): boolean {
  return there.packageInfo.replicated === true || stateWord(there.importInfo.status) !== 'pending';
}

async function takenSoon(target: Library, migration: string, signal: AbortSignal): Promise<Migration | undefined> {
  for (let look = 1; look <= looks; look += 1) {
    const there = await target.client.migration(migration, signal);
    if (there !== undefined && isTaken(there)) return there;
    if (look < looks) await target.tools.clock.sleep(pauseMs, signal, 'the target, which has not taken the import yet');
  }
  return undefined;
}

/** The whole record of the source, with its tree view, marked as a copy. */
export function replicated(content: MigrationContent): object {
  return { ...content, packageInfo: { ...content.packageInfo, replicated: true } };
}

/** The target's project for the header; undefined for a package of the configuration. */
export function projectOf({ packageInfo: { type }, importInfo: { project } }: Migration): string | undefined {
  return type === 'configuration' ? undefined : project.id;
}
