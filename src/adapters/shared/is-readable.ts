import { isMigratorError } from '../../errors.ts';

/** Whether a reader takes a file. False when it says that the file is malformed; other failures are thrown. */
export async function isReadable(read: () => unknown): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (isMigratorError(error, 'PACKAGE_MALFORMED')) return false;
    throw error;
  }
}
