import { execFile } from 'node:child_process';
import { MigratorError, type ErrorCode } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { packageName } from '../../version.ts';

const longestWait = 60_000;

interface Ended {
  readonly code: number | string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The version that npm would install. The user's own npm asks, so that its registry, its proxy and its certificates
 * count. NOT_FOUND, AUTH_REFUSED or REMOTE_UNREACHABLE say what npm said, and UNSUPPORTED says that there is no npm.
 */
export async function newestVersion(context: Pick<Context, 'io' | 'signal'>): Promise<string> {
  const name = packageName();
  const { code, stdout, stderr } = await npm(['view', name, 'version', '--json'], context);
  if (context.signal.aborted) throw new MigratorError('CANCELLED', 'interrupted');
  if (code === 'ENOENT') {
    throw new MigratorError('UNSUPPORTED', 'migrator version --check asks npm, and npm is not installed', {
      hint: `install npm, or look the package ${name} up in your registry`,
    });
  }
  const answer = parsed(stdout);
  if (code === undefined && typeof answer === 'string' && /^\d+\.\d+\.\d+/u.test(answer)) return answer;
  throw failure(name, answer, stderr, code);
}

function npm(args: readonly string[], { io, signal }: Pick<Context, 'io' | 'signal'>): Promise<Ended> {
  return new Promise((done) => {
    // On Windows npm is a script, which only a shell starts. No argument comes from outside.
    const shell = io.platform === 'win32';
    const options = { cwd: io.cwd, env: { ...io.env }, shell, signal, timeout: longestWait };
    execFile('npm', [...args], options, (error, stdout, stderr) => {
      const isLate = error?.killed === true && !signal.aborted;
      done({ code: isLate ? 'ETIMEDOUT' : (error?.code ?? undefined), stdout, stderr });
    });
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const reasons: Readonly<Record<string, ErrorCode>> = {
  E404: 'NOT_FOUND',
  E401: 'AUTH_REFUSED',
  E403: 'AUTH_REFUSED',
  ENEEDAUTH: 'AUTH_REFUSED',
};

const unreachable =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTCACHED|E5\d\d|ERR_SOCKET_TIMEOUT|FETCH_ERROR)$/u;

function failure(name: string, answer: unknown, stderr: string, exit: number | string | undefined): MigratorError {
  // What else npm says may hold the URL of a private registry, so only its code is told.
  const { error } = (answer ?? {}) as { readonly error?: { readonly code?: unknown } };
  const [, told] = /npm (?:error|ERR!) code (\S+)/u.exec(stderr) ?? [];
  const npmCode = typeof error?.code === 'string' ? error.code : (told ?? (typeof exit === 'string' ? exit : ''));
  const details = { npmCode };
  const hint = 'npm used your own configuration; see it with: npm config list';
  if (unreachable.test(npmCode)) {
    return new MigratorError('REMOTE_UNREACHABLE', `npm cannot reach its registry (${npmCode})`, { hint, details });
  }
  const code = reasons[npmCode];
  if (code === 'NOT_FOUND') {
    return new MigratorError(code, `the registry of npm has no package ${name}`, { hint, details });
  }
  if (code !== undefined) {
    return new MigratorError(code, `the registry of npm refuses to show ${name} (${npmCode})`, { hint, details });
  }
  const what = npmCode === '' ? 'npm gave no version' : `npm ended with ${npmCode}`;
  return new MigratorError('REMOTE_UNEXPECTED', what, { hint, details });
}

/** Compares two versions as semver does, without build metadata: a pre-release comes before its release. */
export function isNewer(one: string, other: string): boolean {
  const [numbers, pre] = partsOf(one);
  const [otherNumbers, otherPre] = partsOf(other);
  for (const [at, number] of numbers.entries()) {
    const difference = number - (otherNumbers[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  if (pre === undefined || otherPre === undefined) return pre === undefined && otherPre !== undefined;
  return isLater(pre.split('.'), otherPre.split('.'));
}

function isLater(one: readonly string[], other: readonly string[]): boolean {
  for (const [at, part] of one.entries()) {
    const against = other[at];
    if (against === undefined) return true;
    if (part === against) continue;
    const [number, otherNumber] = [part, against].map((text) => (/^\d+$/u.test(text) ? Number(text) : undefined));
    if (number !== undefined && otherNumber !== undefined) return number > otherNumber;
    if (number !== undefined || otherNumber !== undefined) return number === undefined;
    return part > against;
  }
  return false;
}

function partsOf(version: string): [readonly number[], string | undefined] {
  const [, numbers = '', pre] = /^(\d+\.\d+\.\d+)(?:-([^+]+))?/u.exec(version) ?? [];
  return [numbers.split('.').map(Number), pre];
}
