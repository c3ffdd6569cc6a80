import { createHash, randomBytes } from 'node:crypto';
import type { RunOutcome, RunRecord } from '../ports/journal.ts';

const outcomes: readonly string[] = ['done', 'partial', 'failed', 'cancelled', 'detached'] satisfies RunOutcome[];

/** A short name that stands for a key of any length, made of hexadecimal digits. */
export function keyName(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 24);
}

/** Ids sort by time when they are sorted as text. */
export function newRunId(now: Date): string {
  return `${now.toISOString().replace(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
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
