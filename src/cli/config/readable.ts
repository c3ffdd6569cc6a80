import { access, constants, lstat, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { systemCode } from '../../files/local-error.ts';
import { nearest } from '../../nearest.ts';

/** An rc file has a few kilobytes. A larger one was named by mistake. */
const sizeLimit = 1024 * 1024;

interface Unreadable {
  readonly what: string;
  readonly hint?: string | undefined;
  readonly absent?: boolean;
  readonly cause?: unknown;
}

/** Why a file cannot be the configuration. Undefined when it can. A named one may be a pipe, as of a process substitution. */
async function faultOf(file: string, named: boolean): Promise<Unreadable | undefined> {
  try {
    await lstat(file);
  } catch (error) {
    return { what: 'does not exist', absent: true, cause: error };
  }
  try {
    const stats = await stat(file);
    if (stats.isDirectory())
      return { what: 'is a folder, not a file', hint: named ? 'name a file' : 'give the folder another name' };
    if (!stats.isFile() && !named) return { what: 'is a pipe or a device, not a file', hint: 'write a regular file' };
    if (stats.size > sizeLimit) {
      return { what: 'is larger than 1 MiB, so it is not an rc file', hint: 'name the right file with --config' };
    }
    await access(file, constants.R_OK);
    return undefined;
  } catch (cause) {
    const code = systemCode(cause);
    if (code === undefined) throw cause;
    if (code === 'ENOENT') {
      return { what: 'is a link to a file that does not exist', hint: 'repair the link, or remove it', cause };
    }
    if (code === 'ELOOP') {
      return { what: 'is a link that leads back to itself', hint: 'repair the link, or remove it', cause };
    }
    const denied = code === 'EACCES' || code === 'EPERM';
    return {
      what: `cannot be read: ${denied ? 'permission denied' : code}`,
      hint: denied ? 'give yourself the right to read it, or name another file with --config' : undefined,
      cause,
    };
  }
}

function refusal(file: string, origin: string, { what, hint, cause }: Unreadable): MigratorError {
  return new MigratorError('CONFIG_INVALID', `the configuration "${file}"${origin} ${what}`, {
    hint,
    details: { file },
    cause,
  });
}

/** A file that exists but cannot be read must not be skipped: the next file may name other servers. */
export async function refuseUnreadable(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names.filter((place) => place !== 'package.json')) {
    const file = join(folder, name);
    const fault = await faultOf(file, false);
    if (fault === undefined) return;
    if (fault.absent === true) continue;
    // A folder of such a name is something else: only an extension tells that a file was meant.
    if (fault.what.startsWith('is a folder') && extname(name) === '') continue;
    throw refusal(file, '', fault);
  }
}

/** CONFIG_INVALID for a named file that cannot be read. `origin` is what named it. */
export async function requireReadable(file: string, origin: string): Promise<void> {
  const fault = await faultOf(file, true);
  if (fault === undefined) return;
  if (fault.absent !== true) throw refusal(file, ` (${origin})`, fault);
  const near = nearest(basename(file), await readdir(dirname(file)).catch(() => []));
  const hint =
    near === undefined ? 'name a file that exists, or write one with: migrator init' : `did you mean "${near}"?`;
  throw refusal(file, ` (${origin})`, { ...fault, hint });
}

/** What people write instead of one of the names that are read. */
const misnamed = /^\.?migrator(\.config|rc|\.rc)?\.(ya?ml|json|jsonc|json5|toml|ini|ts|mts|cts|js|mjs|cjs)(\.\w+)?$/iu;

/** The first file of a folder that looks like an rc file, has a name that is not read, and so was passed over. */
export async function passedOver(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  return names.sort().find((name) => misnamed.test(name) || /^\.?migratorrc/iu.test(name));
}
