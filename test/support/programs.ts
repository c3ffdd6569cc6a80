import { spawnSync } from 'node:child_process';
import { describe, test } from '@jest/globals';
import { hasZstd } from '../../src/package/compression/zstd.ts';

/** Something that a test needs and that a machine may lack. */
export interface Need {
  readonly what: string;
  readonly met: boolean;
}

export const posix: Need = { what: 'POSIX', met: process.platform !== 'win32' };
export const linux: Need = { what: 'Linux', met: process.platform === 'linux' };
/** Root may do everything, so a test of a refusal needs another user. */
export const noRoot: Need = { what: 'a user other than root', met: posix.met && process.getuid?.() !== 0 };
/** Only root may give a file to another user. */
export const root: Need = { what: 'root', met: posix.met && process.getuid?.() === 0 };
export const nodeZstd: Need = { what: 'zstd in Node.js, 22.15 or newer', met: hasZstd() };

/** Is the program on PATH? */
export function has(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/**
 * Makes a test, or a skipped test when a need is not met; a text names a program on PATH. A skipped test is printed and
 * counted, and its name says what is missing.
 */
export function testWith(needs: readonly (string | Need)[], name: string, run: () => void | Promise<void>): void {
  const missing = missingOf(needs);
  if (missing === '') test(name, run);
  else test.skip(name + missing, run);
}

/** The same for a group of tests. */
export function describeWith(needs: readonly (string | Need)[], name: string, group: () => void): void {
  const missing = missingOf(needs);
  if (missing === '') describe(name, group);
  else describe.skip(name + missing, group);
}

function missingOf(needs: readonly (string | Need)[]): string {
  const missing = needs.flatMap((need) => {
    const { what, met } = typeof need === 'string' ? { what: need, met: has(need) } : need;
    return met ? [] : [what];
  });
  return missing.length === 0 ? '' : ` (needs ${missing.join(', ')})`;
}

/** Runs a program to its end. Returns its standard output, or throws an Error with all of its output. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd: string; input?: string | Uint8Array },
): string {
  const { status, stdout, stderr } = spawnSync(program, args, { ...options, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${String(status)}\n${stdout}${stderr}`);
  return stdout;
}
