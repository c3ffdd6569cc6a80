import { zeros } from './facts.ts';
import type { NextStep, Report, RunFacts, Tiles, WaveFacts, WaveItem } from './report.ts';
import { resultActions } from '../snapshots/result.ts';

/** What a report of one run and a report of a wave have in common. */
export type ReportHead = Omit<Report, 'document' | 'tiles' | 'warnings' | 'next' | 'run' | 'wave'>;

interface OfRun {
  readonly facts: RunFacts;
  /** The approval that a job waits for. */
  readonly waitingFor?: string | undefined;
  /** True when the same command line goes on with the run. */
  readonly resumable?: boolean | undefined;
}

/** The report of one run of a verb. */
export function runReport(head: ReportHead, { facts, waitingFor, resumable }: OfRun): Report {
  const { warnings, tiles } = facts;
  const next = nextOfRun(head, facts, { waitingFor, resumable });
  return { document: 'migrator/report/1', ...head, tiles, warnings, next, run: facts };
}

/** The report of a wave, also of one that is still at work. `warnings` are those that belong to no item. */
export function waveReport(head: ReportHead, wave: WaveFacts, warnings: readonly string[] = []): Report {
  const tiles = sumOf(wave.items.flatMap(({ run }) => run?.tiles ?? []));
  return { document: 'migrator/report/1', ...head, tiles, warnings, next: nextOfWave(head, wave.items), wave };
}

function sumOf(all: readonly Tiles[]): Tiles {
  const counts = zeros();
  for (const tiles of all) for (const action of resultActions) counts[action] += tiles.counts[action];
  const known = (['planned', 'claimed', 'seen'] as const).find((basis) => all.some((tiles) => tiles.basis === basis));
  return { basis: known ?? 'none', counts };
}

function nextOfRun(head: ReportHead, facts: RunFacts, { waitingFor, resumable }: Omit<OfRun, 'facts'>): NextStep[] {
  const { outcome, dryRun, error } = head;
  const handle = facts.jobs.at(-1)?.handle;
  const { tiles, changes, comparison, left } = facts;
  const steps: NextStep[] = [];
  if (error?.hint !== undefined) steps.push({ text: error.hint });
  if (waitingFor !== undefined && handle !== undefined) {
    steps.push({ text: `the job waits for ${waitingFor}; approve it with`, command: `migrator job approve ${handle}` });
  }
  if ((outcome === 'started' || outcome === 'interrupted') && handle !== undefined)
    steps.push({ text: 'wait for the job, on any machine, with', command: `migrator job wait ${handle}` });
  if (resumable === true) steps.push({ text: 'to go on with this run, run the same command again' });
  if (!dryRun && tiles.counts['not-seen'] + tiles.counts.failed > 0)
    steps.push({ text: 'look at what failed or was not seen on the target: these rows come first in the table' });
  if (changes.some(({ became, wanted }) => (became === 'skipped' || became === 'merged') && wanted !== true))
    steps.push({
      text: 'look at what was skipped or merged: the target has its own, and it may differ from the source',
    });
  if ((comparison?.differences.length ?? 0) > 0)
    steps.push({ text: 'look at the differences that the comparison of source and target found' });
  if (dryRun && (outcome === 'done' || outcome === 'partial') && head.verb !== 'package verify')
    steps.push({ text: 'when the plan is right, run the same command without --dry-run' });
  for (const { instance, what, remove } of left) steps.push({ text: `left on ${instance}: ${what}`, command: remove });
  return steps;
}

function nextOfWave({ error }: ReportHead, items: readonly WaveItem[]): NextStep[] {
  const has = (...states: readonly WaveItem['state'][]) => items.some(({ state }) => states.includes(state));
  const steps: NextStep[] = error?.hint === undefined ? [] : [{ text: error.hint }];
  if (has('failed'))
    steps.push({ text: 'repair what the failed items name, and run the wave again: what is done is not touched' });
  if (has('interrupted', 'waiting', 'postponed', 'running'))
    steps.push({ text: 'run the wave again to go on with what has not ended' });
  if (has('partial')) steps.push({ text: 'look at the items that are done in part: their rows say what is missing' });
  for (const { project, run } of items)
    for (const { instance, what, remove } of run?.left ?? [])
      steps.push({ text: `${project} left on ${instance}: ${what}`, command: remove });
  return steps;
}
