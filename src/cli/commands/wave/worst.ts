import type { ErrorCode } from '../../../errors.ts';
import type { ItemFacts, ItemRecord } from '../../../core/waves/item-record.ts';
import { exitCodeOfError, exitCodes, type ExitCode } from '../../exit-codes.ts';

/** Exit codes of items, the worst first. docs/topics/waves.md has the same table. */
const worstFirst: readonly ExitCode[] = [
  exitCodes.bug,
  exitCodes.localIo,
  exitCodes.jobFailed,
  exitCodes.package,
  exitCodes.refused,
  exitCodes.remote,
  exitCodes.conflict,
  exitCodes.usage,
  exitCodes.partial,
  exitCodes.stillRunning,
  exitCodes.interrupted,
];

function exitCodeOfItem({ state, fault }: Pick<ItemRecord, 'state' | 'fault'>): ExitCode {
  switch (state) {
    case 'done':
      return exitCodes.done;
    case 'partial':
    case 'skipped':
      return exitCodes.partial;
    case 'failed': {
      if (fault === undefined || fault.code === 'BUG') return exitCodes.bug;
      const { status, hopeless } = fault;
      return exitCodeOfError({ code: fault.code as ErrorCode, details: { status, hopeless } });
    }
    default:
      return exitCodes.stillRunning;
  }
}

/** The exit code of a run: that of its worst item. */
export function worstExitCode(items: readonly Pick<ItemRecord, 'state' | 'fault'>[]): ExitCode {
  const codes = new Set(items.map(exitCodeOfItem));
  return worstFirst.find((code) => codes.has(code)) ?? exitCodes.done;
}

export type WaveOutcome = 'done' | 'partial' | 'failed' | 'postponed';

export function outcomeOf(items: readonly Pick<ItemFacts, 'state'>[]): WaveOutcome {
  const has = (...states: readonly string[]) => items.some(({ state }) => states.includes(state));
  if (has('failed')) return 'failed';
  if (has('partial', 'skipped')) return 'partial';
  return items.every(({ state }) => state === 'done') ? 'done' : 'postponed';
}
