import type { Event } from '../../ports/reporter.ts';
import { humanDuration } from '../../amounts.ts';
import { bytesProgress, doing, jobProgress, waitProgress } from './wording.ts';

type Safe = (text: string) => string;
type ItemEvent = Extract<Event, { readonly type: 'item' }>;
type ItemsEvent = Extract<Event, { readonly type: 'items' }>;

/** What became of an item, in one line. */
export function itemLine({ item, state, reason, milliseconds }: ItemEvent, safe: Safe): string {
  const time = milliseconds === undefined ? '' : `, ${humanDuration(milliseconds)}`;
  return `${safe(item)}: ${state === 'running' ? 'begun' : state}${time}${reason === undefined ? '' : `: ${safe(reason)}`}`;
}

/** `3 of 40, 1m 2s, 4m left`. */
export function itemsProgress({ ended, total, began, left }: ItemsEvent, now: Date): string {
  const elapsed = Math.max(0, now.getTime() - Date.parse(began));
  const rest = left === undefined || ended === total ? '' : `, ${humanDuration(left)} left`;
  return `${String(ended)} of ${String(total)}, ${humanDuration(elapsed)}${rest}`;
}

/** The items that are at work, each with what it does now. */
export class ItemsAtWork {
  readonly #items = new Map<string, { readonly since: number; doing: string }>();
  #told: ItemsEvent | undefined;

  /** Whether there is anything to show. */
  get any(): boolean {
    return this.#told !== undefined;
  }

  follow(event: Event, safe: Safe, now: Date): void {
    if (event.type === 'items') this.#told = event;
    else if (event.type === 'item' && event.state === 'running')
      this.#items.set(event.item, { since: now.getTime(), doing: '' });
    else if (event.type === 'item') this.#items.delete(event.item);
    else {
      const item = this.#items.get(event.item ?? '');
      const words = wordsOf(event, safe);
      if (item !== undefined && words !== undefined) item.doing = words;
    }
  }

  /** The total, then a line for each item at work; no more than `most` of these. */
  lines(safe: Safe, now: Date, most: number): readonly string[] {
    if (this.#told === undefined) return [];
    const items = [...this.#items].map(([id, { since, doing: words }]) => {
      const time = humanDuration(Math.max(0, now.getTime() - since));
      return `  ${safe(id)}: ${words === '' ? time : `${words}, ${time}`}`;
    });
    const more = items.length > most ? [`  and ${String(items.length - most)} more`] : [];
    return [itemsProgress(this.#told, now), ...items.slice(0, most), ...more];
  }
}

function wordsOf(event: Event, safe: Safe): string | undefined {
  switch (event.type) {
    case 'phase':
      return doing(event.name, event.subject, safe);
    case 'job':
      return jobProgress(event.status, safe);
    case 'bytes':
      return bytesProgress(event.done, event.total, undefined);
    case 'wait':
      return event.over === true ? undefined : waitProgress(event, safe);
    default:
      return undefined;
  }
}
