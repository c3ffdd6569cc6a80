import { availableParallelism } from 'node:os';

/** How many blocks are worked on at once: enough to keep zlib's threads busy, and few enough for the memory. */
export const blocksAtOnce = Math.max(2, Math.min(availableParallelism() + 1, 8));

/** Works on up to `width` items at a time, and gives the results in order. Memory does not grow with the list. */
export async function* inParallel<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void> {
  const ahead: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const begun = work(item);
      // A failure before its turn is thrown in its turn.
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
