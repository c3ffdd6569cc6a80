import { lstat, readlink, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { MigratorError } from '../../errors.ts';

const mostLinks = 40;

function foreign(file: string, what: string, hint: string): MigratorError {
  return new MigratorError('CONFIG_UNTRUSTED', `the configuration "${file}" ${what}`, { hint, details: { file } });
}

/**
 * A configuration names servers, decides whom to trust and can run commands. A file that was found, and not named, is
 * used only when nobody but its user and root can have written it: neither the file nor a link that leads to it. Gives
 * a warning for a file that a group may write. Windows has no such owners, so nothing is checked there.
 */
export async function checkOwner(file: string, uid: number | undefined): Promise<string | undefined> {
  if (uid === undefined) return undefined;
  const isOurs = (owner: number): boolean => owner === uid || owner === 0;
  let place = file;
  for (let links = 0; links < mostLinks; links += 1) {
    const stats = await lstat(place);
    if (!stats.isSymbolicLink()) break;
    if (!isOurs(stats.uid))
      throw foreign(file, `is reached by a link that belongs to another user ("${place}")`, wayOut(file));
    place = resolve(dirname(place), await readlink(place));
  }
  const { uid: owner, gid, mode } = await stat(file);
  if (!isOurs(owner)) throw foreign(file, 'belongs to another user', wayOut(file));
  if ((mode & 0o002) !== 0)
    throw foreign(file, 'can be written by every user', `run chmod o-w "${file}", after a look at what is in it`);
  // Many systems give each user a group of their own, with the same number.
  if ((mode & 0o020) === 0 || gid === owner) return undefined;
  return `"${file}" can be written by its group, which so decides what migrator does; run chmod g-w on it`;
}

const wayOut = (file: string): string => `if you trust the file, name it: --config "${file}"`;
