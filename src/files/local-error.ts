import { MigratorError } from '../errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EBUSY: 'another program uses it',
  EFBIG: 'the file system does not take files of this size',
  EIO: 'the disk reports an error',
};

const hints: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space, or choose a folder on another disk',
  EDQUOT: 'free some space, or choose a folder on another disk',
};

/** A system call's error code, or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  const known = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
  return known && !(error instanceof MigratorError) ? (error.code as string) : undefined;
}

/** A failed system call as a sentence: `action` says what was tried and names the file. Others pass unchanged. */
export function localError(error: unknown, action: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  return new MigratorError('LOCAL_IO', `${action}: ${reasons[code] ?? code}`, {
    hint: hints[code],
    details: { system: code },
    cause: error,
  });
}
