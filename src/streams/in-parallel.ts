import { availableParallelism } from 'node:os';

/** Blocks under way at once: enough to keep zlib's pool of threads busy, few enough to stay flat in memory. */
export const blocksAtOnce = Math.max(2, Math.min(availableParallelism() + 1, 8));

/** Several at a time, results in order, never more than `width` waiting: memory stays flat however long the list is. */
export async function* inParallel<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void> {
  const ahead: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const begun = work(item);
      // It may fail before its turn comes; then it is reported in its turn.
      begun.catch(() => undefined);
      ahead.push(begun);
      const first = ahead.length >= width ? ahead.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    for (let first = ahead.shift(); first !== undefined; first = ahead.shift()) yield await first;
  } finally {
    await Promise.allSettled(ahead);
  }
}
