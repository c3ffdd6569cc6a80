import { plural } from '../../plural.ts';
import { isMigratorError, MigratorError } from '../../errors.ts';
import type { JobItem, JobMessage, JobState, JobStatus } from '../../ports/job.ts';
import { isForbidden } from '../shared/answers.ts';
import type { Job } from './job-id.ts';
import { changesSince } from './projects/changes-since.ts';
import { assetOf, isMovable } from './projects/destination.ts';
import { lookInto } from './projects/look-up.ts';
import { peerNamed, type Server } from './server.ts';
import { failureOf, outcomeOf, stateOf, withTypes } from './wire/asset-results.ts';
import { statusPaths } from './wire/client.ts';
import { formatPath, parsePath, type ProjectPath } from './wire/paths.ts';
import type { Entry, MigrationStatus } from './wire/schemas.ts';

type MoveJob = Extract<Job, { kind: 'move' }>;
type TokenJob = Extract<Job, { kind: 'token' }>;

// After this time without a change, nothing more is expected to arrive.
const quietMs = 5 * 60_000;

/**
 * The status by the token. When the control plane refuses the token's status to a non-administrator, it is read from
 * what has arrived at the destination.
 */
export async function migrationStatus(
  server: Server,
  id: string,
  job: MoveJob | TokenJob,
  signal: AbortSignal,
): Promise<JobStatus> {
  const { token } = job;
  const answered =
    token === undefined ? server.ledger.document(id) : await statusDocument(server, token, job.kind === 'move', signal);
  if (answered !== undefined) {
    const silent = /^completed$/iu.test(answered.status ?? '') && namesNothing(answered);
    if (!silent) return checked(server, id, answered, job, signal);
    if (job.kind === 'move') return byLooking(server, id, job, answered, signal);
    const text = 'the status names no asset, so migrator cannot tell what has arrived';
    return { ...movedStatus(id, answered), state: 'partial', messages: [{ level: 'warning', text }] };
  }
  if (job.kind === 'token') throw new MigratorError('NOT_FOUND', `the control plane does not know a migration ${id}`);
  return byLooking(server, id, job, undefined, signal);
}

function namesNothing({ successful, failed, warnings }: MigrationStatus): boolean {
  return successful.length + failed.length + warnings.length === 0;
}

/** Undefined when the control plane knows the migration, but does not show it to this account. */
async function statusDocument(
  { client, ledger }: Server,
  token: string,
  fallsBack: boolean,
  signal: AbortSignal,
): Promise<MigrationStatus | undefined> {
  const pointed = ledger.path(token);
  const refused: MigratorError[] = [];
  for (const path of [...(pointed === undefined ? [] : [pointed]), ...statusPaths(token)]) {
    try {
      return await client.migrationStatus(path, signal);
    } catch (error) {
      if (!isMigratorError(error, 'AUTH_REFUSED', 'NOT_FOUND')) throw error;
      refused.push(error);
    }
  }
  const forbidden = refused.find(isForbidden);
  if (forbidden !== undefined && fallsBack) return undefined;
  const unauthorized = refused.find(({ code }) => code === 'AUTH_REFUSED');
  if (unauthorized !== undefined) throw unauthorized;
  throw new MigratorError('NOT_FOUND', `the control plane does not know a migration ${token}`, {
    hint: 'it forgets them after a while; look at the destination',
  });
}

/** The status document as a job. An unknown word means that the job runs. */
function movedStatus(id: string, document: MigrationStatus): JobStatus {
  const word = document.status ?? 'no status';
  const outcome = outcomeOf(document, false);
  const base = { id, kind: 'move', wireState: word, startedAt: document.create_time } as const;
  switch (word.toLowerCase()) {
    case 'completed':
      return { ...base, state: stateOf(outcome), ...outcome };
    case 'failed': {
      const messages = [...failureOf(document), ...outcome.messages];
      return { ...base, state: 'failed', items: outcome.items, messages };
    }
    default: {
      const done = document.successful.length;
      const failed = document.failed.length;
      const activity = done + failed === 0 ? undefined : `${plural(done, 'asset')} done, ${failed} failed`;
      const unclear = word.toLowerCase() === 'started' ? {} : { unclear: true };
      return { ...base, ...unclear, state: 'running', activity, messages: [] };
    }
  }
}

/**
 * Compares the status with the destination: what the status calls done must be there. A destination that may not be
 * read is not compared.
 */
async function checked(
  server: Server,
  id: string,
  document: MigrationStatus,
  job: MoveJob | TokenJob,
  signal: AbortSignal,
): Promise<JobStatus> {
  const { dest_path: told, successful, failed, warnings } = document;
  const { state } = movedStatus(id, document);
  if (state === 'running') return movedStatus(id, document);
  const path = job.kind === 'move' ? job.destination : told === undefined ? undefined : parsePath(told, 'dest_path');
  const there = job.kind === 'move' ? ((await peerNamed(server, job.peer)) ?? server) : server;
  const held =
    path === undefined || successful.length + warnings.length === 0 ? undefined : await heldBy(there, path, signal);
  const left =
    job.kind !== 'move' || failed.every(({ asset_type: type }) => type !== undefined)
      ? undefined
      : await heldBy(server, job.source, signal);
  const status = movedStatus(id, withTypes(document, [...(held ?? []), ...(left ?? [])]));
  if (held === undefined || path === undefined || state === 'failed') return status;
  const names = new Set(held.map(({ name }) => name));
  const missing = successful.flatMap(({ name }) => (name === undefined || names.has(name) ? [] : [name]));
  if (missing.length === 0) return status;
  const text = `the status calls them done, but ${formatPath(path)} does not hold: ${missing.join(', ')}`;
  const gone = new Set(missing);
  const items = (status.items ?? []).map((item): JobItem =>
    item.action === 'done' && gone.has(item.name)
      ? { ...item, action: 'failed', reason: 'the destination does not hold it' }
      : item,
  );
  const seen = items.some(({ action }) => action === 'done');
  return {
    ...status,
    state: seen ? 'partial' : 'failed',
    items,
    messages: [...status.messages, { level: 'error', text }],
  };
}

/** Undefined when the caller may not look. */
async function heldBy(server: Server, path: ProjectPath, signal: AbortSignal): Promise<readonly Entry[] | undefined> {
  try {
    return (await lookInto(server, path, signal)).assets;
  } catch (error) {
    if (!isMigratorError(error, 'AUTH_REFUSED')) throw error;
    server.tools.debug(`${formatPath(path)} may not be read, so the status is not compared with it: ${error.message}`);
    return undefined;
  }
}

/**
 * The status as the times of the assets at both ends show it. `answered` is a status of the control plane that says that
 * the migration has ended, and names no asset.
 */
async function byLooking(
  server: Server,
  id: string,
  job: MoveJob,
  answered: MigrationStatus | undefined,
  signal: AbortSignal,
): Promise<JobStatus> {
  const there = (await peerNamed(server, job.peer)) ?? server;
  const { exists, assets: leaving } = await lookInto(server, job.source, signal);
  const expected = (leaving ?? [])
    .filter(isMovable)
    .map(assetOf)
    .filter(({ type }) => job.types.length === 0 || job.types.includes(type));
  const { changed, place, ...since } = await changesSince(there, job.destination, job.startedAt, signal);
  const over = answered !== undefined || since.quietMs >= quietMs;
  const arrived = new Set(changed.map(({ type, name }) => `${type}\n${name}`));
  const missing = expected.filter(({ type, name }) => !arrived.has(`${type}\n${name}`));
  const base = { id, kind: 'move', startedAt: job.startedAt.toISOString() } as const;
  const activity = `${expected.length - missing.length} of ${expected.length} assets have arrived`;
  const why =
    answered !== undefined
      ? 'its status names no asset'
      : job.token === undefined
        ? 'there is no status of this migration'
        : 'its status is refused to this account';
  const wireState = answered?.status ?? (job.token === undefined ? 'no status' : 'status refused');
  const unread = place.assets === undefined ? job.destination : leaving === undefined ? job.source : undefined;
  if (unread !== undefined) {
    throw new MigratorError('AUTH_REFUSED', `${why}, and ${formatPath(unread)} may not be read either`, {
      hint: 'wait for it with the account of an administrator',
    });
  }
  const note: JobMessage = { level: 'info', text: `${why}: the result was read from ${formatPath(job.destination)}` };
  if (!exists && over) {
    const text = `${formatPath(job.source)} is no longer there: migrator cannot tell whether all of it has arrived`;
    const items = changed.map(({ type: kind, name }) => ({ kind, name, action: 'done' as const }));
    return { ...base, state: 'partial', wireState, messages: [note, { level: 'warning', text }], items };
  }
  if ((missing.length > 0 || !exists) && !over) return { ...base, state: 'running', wireState, activity, messages: [] };
  const state: JobState =
    missing.length === 0 ? 'succeeded' : missing.length === expected.length ? 'failed' : 'partial';
  return {
    ...base,
    state: expected.length === 0 && place.project === undefined ? 'failed' : state,
    wireState,
    activity,
    messages: [
      note,
      ...missing.map(({ type, name }): JobMessage => ({ level: 'error', text: `${type} "${name}" has not arrived` })),
    ],
    items: expected.map(({ type: kind, name }) =>
      arrived.has(`${kind}\n${name}`)
        ? { kind, name, action: 'done' }
        : { kind, name, action: 'failed', reason: 'not changed at the destination since the start' },
    ),
  };
}
