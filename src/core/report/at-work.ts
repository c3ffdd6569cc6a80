import type { RunRecorder } from './recorder.ts';
import type { WaveFacts, WaveItem } from './report.ts';

/**
 * The wave with the jobs of the items that are at work. A ledger knows the jobs of an item when the item has ended; before, only
 * who listens to its events does. `recorders`: by the ids of the items.
 */
export function withJobsAtWork(
  { name, items }: WaveFacts,
  recorders: ReadonlyMap<string, Pick<RunRecorder, 'jobs' | 'spans'>>,
): WaveFacts {
  return { name, items: items.map((item) => atWork(item, recorders.get(item.id))) };
}

function atWork(item: WaveItem, recorder: Pick<RunRecorder, 'jobs' | 'spans'> | undefined): WaveItem {
  const { state, run, spans } = item;
  if (recorder === undefined || state !== 'running' || spans.length > 0 || run === undefined) return item;
  const seen = new Set(recorder.jobs.map(({ handle }) => handle));
  const earlier = run.jobs.filter(({ handle }) => !seen.has(handle));
  return { ...item, spans: recorder.spans, run: { ...run, jobs: [...earlier, ...recorder.jobs] } };
}
