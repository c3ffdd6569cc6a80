import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Need } from './programs.ts';

const binary = fileURLToPath(new URL('../../bin/migrator.mjs', import.meta.url));

/** `script` of util-linux runs a program on a new terminal. On other systems the program `script` has other flags. */
export const aTerminal: Need = {
  what: 'script of util-linux',
  met: (() => {
    const { stdout, error } = spawnSync('script', ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return error === undefined && stdout.includes('util-linux');
  })(),
};

/** Longer than anything that a test does on a terminal. */
const mostSeconds = 60;

export interface OnTerminal {
  readonly code: number | null;
  /** Everything that was sent to the terminal: the output of the program, and the echo of the typed text. */
  readonly shown: string;
}

export type Typed = readonly (readonly [after: RegExp, text: string])[];

/** Runs the binary on a terminal. Each text is typed when the output since the text before it matches. */
export function onTerminal(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly redirect?: string;
    readonly columns?: number;
  },
  typed: Typed = [],
): Promise<OnTerminal> {
  const quoted = [process.execPath, binary, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const command = `stty cols ${options.columns ?? 100} rows 30; exec ${quoted}${options.redirect ?? ''}`;
  return new Promise((done, fail) => {
    const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
      cwd: options.cwd,
      env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...options.env },
    });
    let shown = '';
    let from = 0;
    const left = [...typed];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      shown += chunk;
      const next = left[0];
      if (!next?.[0].test(shown.slice(from))) return;
      left.shift();
      from = shown.length;
      child.stdin.write(next[1]);
    });
    // A question that nobody expected would be waited for until the test times out, and say nothing.
    const hangs = setTimeout(() => child.kill('SIGKILL'), mostSeconds * 1000);
    child.on('error', fail);
    child.on('close', (code, signal) => {
      clearTimeout(hangs);
      const told = `still there after ${mostSeconds} s, waiting for ${String(left[0]?.[0])}:\n${shown.slice(from)}`;
      if (signal === 'SIGKILL') fail(new Error(told));
      else done({ code, shown });
    });
  });
}
