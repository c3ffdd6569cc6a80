import { MigratorError } from '../errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is not a folder',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EBUSY: 'another program uses it',
  EFBIG: 'the file system does not take files of this size',
  ELOOP: 'its links lead in a circle',
  EIO: 'the disk reports an error',
};

const hints: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space, or choose a folder on another disk',
  EDQUOT: 'free some space, or choose a folder on another disk',
  EMFILE: 'raise the limit of open files of this process ("ulimit -n 1024" in a shell)',
  ELOOP: 'repair the link, or name the file to which it should lead',
  ENFILE: 'close other programs; the whole machine has too many files open',
};

/** The code of a failed system call; undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  const known = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
  return known && !(error instanceof MigratorError) ? (error.code as string) : undefined;
}

/**
 * Turns a failed system call into LOCAL_IO. `action` says what failed and names the file. Returns other errors
 * unchanged.
 */
export function localError(error: unknown, action: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  return new MigratorError('LOCAL_IO', `${action}: ${reasons[code] ?? code}`, {
    hint: hints[code],
    details: { system: code },
    cause: error,
  });
}

/** An error of the operating system that no reader of the file named: LOCAL_IO with its path. Other errors unchanged. */
export function namedByItself(error: unknown): unknown {
  const code = systemCode(error);
  if (code === undefined || reasons[code] === undefined) return error;
  const { path, syscall } = error as { readonly path?: unknown; readonly syscall?: unknown };
  const what = [path, syscall].find((part) => typeof part === 'string');
  return localError(error, `cannot use ${typeof what === 'string' ? what : 'the file system'}`);
}
