import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { Clock } from '../../../ports/runtime.ts';

const looks = 3;
const pauseMs = 2_000;

/**
 * Sends a request that queues a task, once. When its answer is lost the server is asked whether the task is there;
 * a failure remains ambiguous only when that cannot be told.
 */
export async function startTask(
  post: () => Promise<string>,
  find: (startedAfter: Date) => Promise<string | undefined>,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  const startedAfter = clock.now();
  try {
    return await post();
  } catch (error) {
    if (!isMigratorError(error) || error.details['ambiguous'] !== true) throw error;
    return await settle(error, () => find(startedAfter), clock, signal);
  }
}

async function settle(
  lost: MigratorError,
  find: () => Promise<string | undefined>,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  // The request may still be on its way to the queue, so one empty look is not enough.
  for (let look = 1; look <= looks; look += 1) {
    const task = await asked(lost, find);
    if (task !== undefined) return task;
    if (look < looks) await clock.sleep(pauseMs, signal);
  }
  throw new MigratorError(lost.code, lost.message, {
    hint: 'the server shows that no task was begun; run the same command again',
    details: { ...lost.details, ambiguous: false },
    cause: lost,
  });
}

async function asked(lost: MigratorError, find: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await find();
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    throw new MigratorError(lost.code, `${lost.message}; whether the task was begun is not known: ${error.message}`, {
      hint: error.hint ?? 'look at the tasks in the web portal before you repeat it',
      details: { ...error.details, ...lost.details, ambiguous: true },
      cause: error,
    });
  }
}
