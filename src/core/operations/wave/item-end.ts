import { isMigratorError, type MigratorError } from '../../../errors.ts';
import type { RunRecord } from '../../../ports/journal.ts';
import type { ItemEnd, ItemFault } from '../../../ports/runner.ts';
import { partialReason } from '../../steps/partial-reason.ts';
import type { MigrateReport } from './open-move.ts';

/** A ledger keeps no more of an item. */
const mostWarnings = 20;

/** What a move, or one half of it, tells of an item. */
type Reported = Pick<MigrateReport, 'outcome' | 'jobs' | 'warnings'> &
  Partial<Pick<MigrateReport, 'route' | 'package' | 'backup' | 'result' | 'waitingFor' | 'plan'>>;

export function endOfReport(report: Reported): ItemEnd {
  const { outcome, jobs, route, warnings, backup, result, waitingFor, plan = [] } = report;
  const [problem] = result?.items.filter(({ wanted, action }) => wanted !== true && !isFine(action)) ?? [];
  const reason =
    outcome === 'started'
      ? waitingFor === undefined
        ? 'its job goes on at the server'
        : `waits for ${waitingFor}`
      : outcome === 'partial'
        ? problem === undefined
          ? partialReason(report)
          : `${problem.kind} "${problem.name}": ${problem.action}`
        : undefined;
  const changed = result?.items.filter(({ kind }) => kind === 'project').map(({ name }) => name) ?? [];
  const known = changed.length > 0 ? changed : plan.filter(({ kind }) => kind === 'project').map(({ name }) => name);
  return {
    outcome,
    jobs,
    ...(route === undefined ? {} : { route }),
    ...(reason === undefined ? {} : { reason }),
    ...(report.package === undefined ? {} : { package: { id: report.package.id, version: report.package.version } }),
    ...(backup === undefined ? {} : { backup }),
    warnings: warnings.length,
    warned: warnings.slice(0, mostWarnings),
    ...(result === undefined ? {} : { counts: result.counts }),
    // What the server claims and nobody saw is not looked for later, nor what only the user gave a name or a path.
    ...(result?.basis === 'seen' && outcome !== 'started' && known.length > 0 ? { arrived: known } : {}),
  };
}

const isFine = (action: string): boolean => ['created', 'overwritten', 'unchanged', 'deleted'].includes(action);

/** The same from the record of a run whose process ended before its end was noted. */
export function endOfRecord(
  { outcome, startedAt, updatedAt, jobs, fault }: RunRecord,
  since: string,
): ItemEnd | undefined {
  if (updatedAt < since && startedAt < since) return undefined;
  if (outcome === 'done') return { outcome, jobs };
  if (outcome !== 'partial') return undefined;
  return { outcome, jobs, ...(fault === undefined ? {} : { reason: fault.message }) };
}

export function endOfError(error: unknown, jobs: readonly string[], signal: AbortSignal): ItemEnd {
  if (signal.aborted && (!isMigratorError(error) || error.code === 'CANCELLED'))
    return { outcome: 'interrupted', jobs };
  if (!isMigratorError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { outcome: 'failed', jobs, fault: { code: 'BUG', message } };
  }
  if (error.code === 'STILL_RUNNING') return { outcome: 'started', jobs, reason: error.message };
  return { outcome: 'failed', jobs, fault: faultOf(error) };
}

function faultOf({ code, message, hint, details }: MigratorError): ItemFault {
  const { status, hopeless } = details;
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(typeof status === 'number' ? { status } : {}),
    ...(hopeless === true ? { hopeless } : {}),
  };
}
