import { availableParallelism } from 'node:os';

/** Blocks under way at once: enough to keep zlib's pool of threads busy, few enough to stay flat in memory. */
export const width = Math.max(2, Math.min(availableParallelism() + 1, 8));

/** `work` on several items at a time; results come in the order of the items. */
export async function* inParallel<T, R>(
  items: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const underWay: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    // Whoever awaits the result meets its failure; until then it must not count as unhandled.
    result.catch(() => undefined);
    underWay.push(result);
    const [oldest] = underWay.length >= width ? underWay.splice(0, 1) : [];
    if (oldest !== undefined) yield await oldest;
  }
  for (const result of underWay) yield await result;
}
