import { MigratorError } from '../errors.ts';

export function cancelled(cause?: unknown): MigratorError {
  return new MigratorError('CANCELLED', 'cancelled', { cause });
}

export function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled(signal.reason);
}

/**
 * The same items, and CANCELLED as soon as the signal aborts, even while the source is stuck. One listener serves the
 * whole iteration: racing each item against one long-lived promise would leak memory with every item.
 */
export async function* interruptible<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void> {
  const iterator = source[Symbol.asyncIterator]();
  let interrupt: () => void = () => undefined;
  const onAbort = () => {
    interrupt();
  };
  signal.addEventListener('abort', onAbort);
  let ended = false;
  try {
    for (;;) {
      stopIfAborted(signal);
      const result = await new Promise<IteratorResult<T>>((resolve, reject) => {
        interrupt = () => {
          reject(cancelled(signal.reason));
        };
        iterator.next().then(resolve, reject);
      });
      if (result.done === true) {
        ended = true;
        return;
      }
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (!ended) await leave(iterator, signal);
  }
}

async function leave(iterator: AsyncIterator<unknown>, signal: AbortSignal): Promise<void> {
  const closing = iterator.return?.();
  // After an abort the source is not waited for, because it may be stuck; it has the same signal.
  if (signal.aborted) closing?.catch(() => undefined);
  else await closing;
}
