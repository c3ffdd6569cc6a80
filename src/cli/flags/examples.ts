import type { Command } from 'commander';
import type { Ends } from '../context.ts';

/**
 * A command line to start from: for all products, for one alone, or for all with another line where a product names its
 * projects in another way.
 */
export type Example =
  | string
  | { readonly of: string; readonly line: string }
  | { readonly line: string; readonly forms: Readonly<Record<string, string>> };

/** How each product names a project of its sample data. */
export const sampleProjects = {
  octopus: 'Web Shop',
  enms: 'nightly',
  microstrategy: 'MicroStrategy Tutorial',
  snaplogic: '/Acme-Dev/Finance/Invoices',
} as const;

const kept = new WeakMap<Command, readonly Example[]>();

export function examples(command: Command, lines: readonly Example[]): Command {
  kept.set(command, lines);
  return command;
}

/** An example with a project, as each product names it. `other`: another project where this command needs one. */
export function withProject(
  line: (project: string, file: string) => string,
  other: Readonly<Record<string, string>> = {},
): Example {
  const fileOf = (name: string): string => `${(name.split('/').at(-1) ?? name).replace(' ', '-').toLowerCase()}.tar`;
  const quoted = (name: string): string => line(name.includes(' ') ? `"${name}"` : name, fileOf(name));
  const forms = Object.entries({ ...sampleProjects, ...other }).map(
    ([product, name]) => [product, quoted(name)] as const,
  );
  return { line: quoted(sampleProjects.octopus), forms: Object.fromEntries(forms) };
}

/**
 * The examples of a command, of the given products where some are given, with the user's own instances where they are known.
 * Empty for a command without examples.
 */
export function examplesText(command: Command, products: readonly string[], ends: Ends = {}): string {
  const lines = (kept.get(command) ?? []).flatMap((one) => {
    if (typeof one === 'string') return [one];
    if ('forms' in one) return [(products.length === 1 ? one.forms[products[0] ?? ''] : undefined) ?? one.line];
    return products.length === 0 || products.includes(one.of) ? [one.line] : [];
  });
  return lines.length === 0 ? '' : `\nExamples:\n${lines.map((line) => `  $ ${between(line, ends)}`).join('\n')}\n`;
}

/** Our examples move from lab to prod. */
function between(line: string, { from, to }: Ends): string {
  return line.replaceAll(/(--(?:from|to|at)) (lab|prod)\b/gu, (whole, flag: string, name: string) => {
    const own = name === 'lab' ? from : to;
    return own === undefined ? whole : `${flag} ${own}`;
  });
}
