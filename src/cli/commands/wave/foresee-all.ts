import type { Question } from '../../../core/steps/consent.ts';
import { isMigratorError } from '../../../errors.ts';
import { plural } from '../../../plural.ts';
import type { Foreseen, ItemFault, ItemWork, Runner } from '../../../ports/runner.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import { stronger } from '../allowed.ts';

/** How many items are looked at side by side. Nothing is changed, so no limit of a server counts. */
const width = 4;

export interface ForeseenItem {
  readonly id: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly whole: boolean;
  readonly question?: string | undefined;
  readonly needs?: Question['needs'] | undefined;
  /** Why the item cannot be done. */
  readonly fault?: ItemFault | undefined;
}

/** What items would do, by reading alone. What cannot be done has its reason. */
export async function foreseeAll(
  works: readonly ItemWork[],
  runner: Runner,
  signal: AbortSignal,
): Promise<readonly ForeseenItem[]> {
  const found: ForeseenItem[] = [];
  const look = async (work: ItemWork): Promise<ForeseenItem> => {
    try {
      return told(work.id, await runner.foresee(work, signal));
    } catch (error) {
      if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
      const { code, message, hint } = error;
      return {
        id: work.id,
        counts: {},
        whole: true,
        fault: { code, message, ...(hint === undefined ? {} : { hint }) },
      };
    }
  };
  for await (const item of inParallel(works, width, look)) found.push(item);
  return found;
}

function told(id: string, { counts, whole, question }: Foreseen): ForeseenItem {
  return { id, counts: { ...counts }, whole, ...(question && { question: question.text, needs: question.needs }) };
}

/** One question for all items. Undefined when none of them has one. */
export function questionForAll(items: readonly ForeseenItem[]): Question | undefined {
  const asking = items.filter(({ question }) => question !== undefined);
  if (asking.length === 0) return undefined;
  const needs = asking
    .map((item) => item.needs ?? 'answer')
    .reduce(stronger);
  const total = (action: string) => items.reduce((sum, { counts }) => sum + (counts[action] ?? 0), 0);
  const counts = ['overwrite', 'delete', 'create'].flatMap((action) =>
    total(action) === 0 ? [] : [`${action} ${String(total(action))}`],
  );
  const names = asking.slice(0, 3).map(({ id, question }) => `${id}: ${question ?? ''}`);
  const more = asking.length > 3 ? [`and ${String(asking.length - 3)} more`] : [];
  const sum = counts.length === 0 ? '' : ` (in all: ${counts.join(', ')})`;
  return {
    text: `${plural(asking.length, 'item')} of ${String(items.length)} would change what is there already${sum}. ${[...names, ...more].join(' ')} Go on?`,
    needs,
  };
}
