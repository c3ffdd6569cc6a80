import { spawnSync } from 'node:child_process';
import { test } from '@jest/globals';

/** Is the program on PATH? */
export function has(program: string): boolean {
  return spawnSync(program, ['--help'], { stdio: 'ignore' }).error === undefined;
}

/** `test` where every program is there; otherwise a skipped test whose name says what is missing. */
export function testWith(...programs: readonly string[]): (name: string, run: () => void | Promise<void>) => void {
  const missing = programs.filter((program) => !has(program));
  const chosen = missing.length === 0 ? test : test.skip;
  const reason = missing.length === 0 ? '' : ` (${missing.join(', ')} not on PATH)`;
  return (name, run) => {
    chosen(`${name}${reason}`, run);
  };
}

/** Runs a program to its end; its standard output, or an Error with what it said. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd: string; input?: string | Uint8Array },
): string {
  const { status, stdout, stderr } = spawnSync(program, args, { ...options, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${String(status)}\n${stdout}${stderr}`);
  return stdout;
}
