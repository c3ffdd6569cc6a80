import { isForbidden } from '../../shared/answers.ts';
import type { MigrationJob } from '../job-id.ts';
import type { Library } from '../server.ts';
import { isFileUnreadable, isUndecided } from '../wire/errors.ts';
import type { Migration, MigrationContent } from '../wire/schemas.ts';
import { changedDespite, peerOf } from './peers.ts';

/** The client's part of an object migration (steps 3 to 5): the servers never go on by themselves. */
type Step = 'request' | 'approve' | 'import';

/** No choreography has more calls than these, so that two clients at odds cannot keep each other busy. */
const mostSteps = 5;
const looks = 3;
const pauseMs = 2_000;

/** Makes whatever calls are due, each after a look at what the servers show. */
export async function advanceMove(source: Library, job: MigrationJob, signal: AbortSignal): Promise<void> {
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const record = await source.client.migration(job.migration, signal);
    const step = record && dueStep(record, job, source.memory.refused.has(job.migration));
    if (step === undefined || record === undefined) return;
    if (step === 'import') return importOnTarget(source, record, job, signal);
    const word = step === 'request' ? 'requested' : 'approved';
    await patchRequest(source, job, word, signal);
  }
}

/** A package that is locked is never patched again: the server refuses that. */
export function dueStep(
  { packageInfo, importInfo: { importRequestStatus: request } }: Migration,
  { mark }: Pick<MigrationJob, 'mark'>,
  refused: boolean,
): Step | undefined {
  if (request === 'approved') return 'import';
  if (packageInfo.status !== 'created') return undefined;
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
    // Whoever may not approve leaves it to an administrator.
    if (word === 'approved' && isForbidden(error)) {
      source.memory.refused.set(migration, error.message);
      return;
    }
    await changedDespite(
      error,
      source,
      migration,
      ({ importInfo: { importRequestStatus: now } }) => {
        return now === word || now === 'approved';
      },
      signal,
    );
  }
}

/** The target has a record of its own from here on, and only there the import is seen to move. */
async function importOnTarget(
  source: Library,
  record: Migration,
  { migration, peer }: MigrationJob,
  signal: AbortSignal,
): Promise<void> {
  // Without a peer it is another one's to go on with: whoever started it knows the target.
  if (peer === undefined || source.memory.undelivered.has(migration)) return;
  const target = await peerOf(source, peer);
  if (isTaken(await target.client.migration(migration, signal))) return;
  const body = replicated(await source.client.migrationContent(migration, signal));
  try {
    await target.client.importMigration(migration, body, projectOf(record), signal);
  } catch (error) {
    if (isFileUnreadable(error)) {
      source.memory.undelivered.set(migration, error.message);
      return;
    }
    if (!isUndecided(error) || !(await isTakenSoon(target, migration, signal))) throw error;
  }
}

/** Handed over already: the record is there, and not only because source and target are the same Library. */
function isTaken(there: Migration | undefined): boolean {
  if (there === undefined) return false;
  return there.packageInfo.replicated === true || there.importInfo.status !== 'pending';
}

async function isTakenSoon(target: Library, migration: string, signal: AbortSignal): Promise<boolean> {
  for (let look = 1; look <= looks; look += 1) {
    if (isTaken(await target.client.migration(migration, signal))) return true;
    if (look < looks) await target.tools.clock.sleep(pauseMs, signal);
  }
  return false;
}

/** The record as the source gave it, tree view and all, marked as a copy. */
export function replicated(content: MigrationContent): object {
  return { ...content, packageInfo: { ...content.packageInfo, replicated: true } };
}

/** The header names the target's project; a package of the configuration has none. */
export function projectOf({ packageInfo: { type }, importInfo: { project } }: Migration): string | undefined {
  return type === 'configuration' ? undefined : project.id;
}
