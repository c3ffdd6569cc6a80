import type { Command } from 'commander';

/** A command line to start from, and the one product for which it is right; without one it is right for all. */
export type Example = string | { readonly of: string; readonly line: string };

const kept = new WeakMap<Command, readonly Example[]>();

export function examples(command: Command, lines: readonly Example[]): Command {
  kept.set(command, lines);
  return command;
}

/** The examples of a command, of the given products where some are given. Empty for a command without examples. */
export function examplesText(command: Command, products: readonly string[]): string {
  const lines = (kept.get(command) ?? []).flatMap((one) => {
    if (typeof one === 'string') return [one];
    return products.length === 0 || products.includes(one.of) ? [one.line] : [];
  });
  return lines.length === 0 ? '' : `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}
