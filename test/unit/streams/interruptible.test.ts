import { expect, test } from '@jest/globals';
import { interruptible } from '../../../src/streams/interruptible.ts';

async function* counting(log: string[]): AsyncGenerator<number, void> {
  try {
    for (let index = 0; ; index += 1) yield await Promise.resolve(index);
  } finally {
    log.push('closed');
  }
}

test('items are passed on, and the source is closed when the consumer leaves', async () => {
  const log: string[] = [];
  const seen: number[] = [];
  for await (const item of interruptible(counting(log), new AbortController().signal)) {
    seen.push(item);
    if (item === 3) break;
  }
  expect(seen).toEqual([0, 1, 2, 3]);
  expect(log).toEqual(['closed']);
});

test('an abort ends the iteration with CANCELLED, even while the source is stuck', async () => {
  const abort = new AbortController();
  const stuck: AsyncIterable<never> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  };
  setTimeout(() => abort.abort(), 10);
  await expect(() => interruptible(stuck, abort.signal).next()).toThrowCode('CANCELLED');
});

test('a failure of the source is passed on unchanged', async () => {
  const failing: AsyncIterable<never> = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('broken')) }),
  };
  await expect(interruptible(failing, new AbortController().signal).next()).rejects.toThrow('broken');
});
