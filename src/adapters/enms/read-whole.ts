import { isMigratorError } from '../../errors.ts';
import { bytesOf } from './package-content.ts';
import type { Server } from './server.ts';

const attempts = 3;
const pauseMs = 1000;

/** A file below the server's files folder, from the beginning again when it breaks off; undefined when there is none. */
export async function readWhole(
  { web, clock }: Server,
  path: string,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const opened = await web.open(path, signal);
    if (opened === undefined) return undefined;
    try {
      return await bytesOf(opened.body);
    } catch (error) {
      if (!isMigratorError(error, 'REMOTE_UNREACHABLE') || attempt === attempts) throw error;
    }
    await clock.sleep(pauseMs * attempt, signal);
  }
}
