import { isMigratorError, MigratorError } from '../../errors.ts';

/** Names the package in what is wrong with it: a run may read several, and a line that is cut from a log stands alone. */
export async function ofPackage<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isMigratorError(error, 'PACKAGE_MALFORMED', 'PACKAGE_UNTRUSTED', 'PACKAGE_LOCKED')) throw error;
    if (error.message.includes(name)) throw error;
    const { code, message, hint, details } = error;
    throw new MigratorError(code, `${name}: ${message}`, { hint, details, cause: error });
  }
}
