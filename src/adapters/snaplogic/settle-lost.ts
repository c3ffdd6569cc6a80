import { isMigratorError, MigratorError } from '../../errors.ts';
import type { Clock } from '../../ports/runtime.ts';

const looks = 3;
const pauseMs = 2_000;

/**
 * Sends a write once. When its answer is lost, or is none that can be read, the server is looked at; a failure remains
 * ambiguous only when that does not tell.
 */
export async function settleLost<Answer>(
  send: () => Promise<Answer>,
  find: () => Promise<Answer | undefined>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    return await send();
  } catch (error) {
    if (!isMigratorError(error) || !isLost(error)) throw error;
    // It may still be on its way, so one empty look is not enough.
    for (let look = 1; look <= looks; look += 1) {
      const found = await asked(error, find);
      if (found !== undefined) return found;
      if (look < looks) await clock.sleep(pauseMs, signal);
    }
    throw new MigratorError(error.code, error.message, {
      hint: 'the destination shows that nothing was begun; run the same command again',
      details: { ...error.details, ambiguous: false },
      cause: error,
    });
  }
}

function isLost({ code, details }: MigratorError): boolean {
  if (code === 'CANCELLED') return false;
  const { status } = details;
  // Accepted, with an answer that says nothing.
  const unreadable = code === 'REMOTE_UNEXPECTED' && !(typeof status === 'number' && status >= 300);
  return details['ambiguous'] === true || unreadable;
}

async function asked<Answer>(
  lost: MigratorError,
  find: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  try {
    return await find();
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    throw new MigratorError(lost.code, `${lost.message}; whether it was begun is not known: ${error.message}`, {
      hint: error.hint ?? 'look at the destination before you repeat it',
      details: { ...error.details, ...lost.details, ambiguous: true },
      cause: error,
    });
  }
}
