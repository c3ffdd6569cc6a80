import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, type Ended, words } from './command-line.ts';
import { onTerminal, type Typed } from './pseudo-terminal.ts';
import { terminalScreen } from './terminal-screen.ts';

/** A person with a folder and a home of their own. */
export interface Walker {
  readonly folder: string;
  readonly path: (name: string) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs a line that begins with `migrator`, as a script would: no terminal. */
  readonly line: (text: string, env?: Readonly<Record<string, string>>) => Promise<Ended>;
  /** Types a line into a terminal of this width. `screen` is what the terminal shows at the end. */
  readonly types: (text: string, columns: number, typed?: Typed) => Promise<Screen>;
}

export interface Screen {
  readonly code: number | null;
  readonly screen: readonly string[];
  readonly text: string;
}

export async function walking<T>(
  env: Readonly<Record<string, string | undefined>>,
  walk: (walker: Walker) => Promise<T>,
): Promise<T> {
  const base = await mkdtemp(join(tmpdir(), 'migrator-walk-'));
  const folder = join(base, 'work');
  const home = join(base, 'home');
  const own = {
    PATH: process.env['PATH'],
    TMPDIR: base,
    HOME: home,
    USERPROFILE: home,
    LANG: 'C.UTF-8',
    // Nobody waits until it is time for a look.
    MIGRATOR_POLL_INTERVAL: '50ms',
    ...env,
  };
  try {
    await mkdir(folder);
    await mkdir(home);
    return await walk({
      folder,
      path: (name) => join(folder, name),
      env: own,
      line: (text, more = {}) =>
        commandLine(words(text).slice(1), { cwd: folder, env: { ...own, ...more }, host: hostname() }),
      types: async (text, columns, typed = []) => {
        const options = { cwd: folder, env: own, columns };
        const { code, shown } = await onTerminal(words(text).slice(1), options, typed);
        const screen = terminalScreen(shown);
        return { code, screen, text: screen.join('\n') };
      },
    });
  } finally {
    await rm(base, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Lines that a terminal of this width would break, but for those that are one word or a command to copy. */
export function tooWide({ screen }: Screen, columns: number): readonly string[] {
  return screen.filter((line) => line.length > columns && line.trim().includes(' ') && !/^ *migrator /u.test(line));
}
