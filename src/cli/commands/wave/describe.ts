import { type ItemFacts, reasonOf, type WaveFacts } from '../../../core/waves/item-record.ts';
import { plainText } from '../../../plain-text.ts';
import { table } from '../../terminal/table.ts';
import type { ForeseenItem } from './foresee-all.ts';

/** The order in which states are counted in a sentence. */
const inOrder = [
  'failed',
  'skipped',
  'partial',
  'postponed',
  'interrupted',
  'started',
  'running',
  'waiting',
  'done',
] as const;

/** `2 failed, 1 skipped, 37 done`. */
export function describeCounts({ counts }: Pick<WaveFacts, 'counts'>): string {
  const told = inOrder.filter((state) => counts[state] > 0).map((state) => `${String(counts[state])} ${state}`);
  return told.length === 0 ? 'no items' : told.join(', ');
}

const short = (time: string): string => (time === '' ? '' : `${time.slice(0, 16).replace('T', ' ')}Z`);

/** A row for each item. */
export function itemTable(items: readonly ItemFacts[], columns: number): string {
  const rows = items.map((item) => [
    item.id,
    item.wave,
    item.state,
    short(item.since),
    item.jobs.at(-1) ?? '',
    plainText(reasonOf(item) ?? ''),
  ]);
  return table(['item', 'wave', 'state', 'since', 'job', 'why'], rows, columns);
}

/** What went wrong, with the way out of each. */
export function describeTrouble(items: readonly ItemFacts[]): readonly string[] {
  return items.flatMap((item) => {
    if (item.state === 'done') return [];
    const reason = reasonOf(item);
    const hint = item.fault?.hint;
    return [
      `${item.state}: ${item.id}${reason === undefined ? '' : `: ${plainText(reason)}`}`,
      ...(hint === undefined ? [] : [`  hint: ${plainText(hint)}`]),
    ];
  });
}

export function foreseenTable(foreseen: readonly ForeseenItem[], columns: number): string {
  const rows = foreseen.map(({ id, counts, whole, fault }) => [
    id,
    fault === undefined ? describeActions(counts, whole) : `cannot: ${plainText(fault.message)}`,
  ]);
  return table(['item', 'would do'], rows, columns);
}

function describeActions(counts: Readonly<Record<string, number>>, whole: boolean): string {
  const told = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${action} ${String(count)}`);
  const rest = whole ? '' : '; what comes along is known after the export';
  return `${told.length === 0 ? 'change nothing that is known' : told.join(', ')}${rest}`;
}
