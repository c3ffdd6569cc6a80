import type { IO } from './io.ts';

/**
 * Whether the terminal has characters for bars, arrows and ticks: the rule of the usual libraries. The old Windows console
 * has none, and newer terminals on Windows set one of these variables.
 */
export function hasUnicode({ platform, env }: Pick<IO, 'platform' | 'env'>): boolean {
  if (platform !== 'win32') return env['TERM'] !== 'linux';
  const terminal = env['TERM'] ?? '';
  return (
    Boolean(env['WT_SESSION']) ||
    Boolean(env['TERMINUS_SUBLIME']) ||
    env['ConEmuTask'] === '{cmd::Cmder}' ||
    env['TERM_PROGRAM'] !== undefined ||
    env['TERMINAL_EMULATOR'] === 'JetBrains-JediTerm' ||
    /^(?:xterm-256color|alacritty|rxvt-unicode(?:-256color)?)$/u.test(terminal)
  );
}
