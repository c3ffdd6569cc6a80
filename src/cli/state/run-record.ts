import { createHash, randomBytes } from 'node:crypto';
import type { RunOutcome, RunRecord } from '../../ports/journal.ts';

const outcomes: readonly string[] = ['done', 'partial', 'failed', 'cancelled', 'detached'] satisfies RunOutcome[];

/** The part of a file name that stands for the key. */
export function keyName(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 24);
}

/** Ids sort by time when they are sorted as text. */
export function newRunId(now: Date): string {
  return `${now.toISOString().replace(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
}

export function fileNameOf(record: Pick<RunRecord, 'id' | 'key'>): string {
  return `${record.id}.${keyName(record.key)}.json`;
}

/** Undefined when the name is not that of a record (a temporary file, a damaged record). */
export function parseFileName(name: string): { readonly id: string; readonly keyName: string } | undefined {
  const [, id, hash] = /^(\d{8}T\d{9}Z-[0-9a-f]{8})\.([0-9a-f]{24})\.json$/.exec(name) ?? [];
  return id === undefined || hash === undefined ? undefined : { id, keyName: hash };
}

/**
 * True for a run that is not over: its process died, or it was detached from a job that is still running. When such a
 * run is resumed, it finds that job and does not start a second one.
 */
export function isUnfinished(record: RunRecord): boolean {
  return record.outcome === undefined || record.outcome === 'detached';
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** The record. Undefined when the text is damaged or from another version. */
export function parseRecord(text: string): RunRecord | undefined {
  let value: Partial<RunRecord> | null;
  try {
    value = JSON.parse(text) as Partial<RunRecord> | null;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (value === null || typeof value !== 'object') return undefined;
  const { id, key, verb, startedAt, updatedAt, owner, outcome, left, places, about, fault, jobs, facts } = value;
  if (!isText(id) || !isText(key) || !isText(verb) || !isText(startedAt) || !isText(updatedAt)) return undefined;
  if (typeof owner?.pid !== 'number' || !isText(owner.host)) return undefined;
  if (!Array.isArray(jobs) || !jobs.every(isText) || typeof facts !== 'object' || (facts as unknown) === null)
    return undefined;
  if (outcome !== undefined && !outcomes.includes(outcome)) return undefined;
  return {
    id,
    key,
    verb,
    startedAt,
    updatedAt,
    owner: { pid: owner.pid, host: owner.host },
    outcome,
    left: outcome === 'detached' ? 'started' : left,
    places,
    about,
    fault,
    jobs,
    facts,
  };
}
