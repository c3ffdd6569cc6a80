import { resolve } from 'node:path';
import { productOptions } from '../../adapters/index.ts';
import { MigratorError } from '../../errors.ts';
import { findConfig } from '../config/search.ts';
import type { Context } from '../context.ts';
import type { IO } from '../terminal/io.ts';

/** What a help shows beside the command's own flags: names of products and groups, or all. */
export type HelpSections = 'all' | readonly string[];

export interface HelpRequest {
  /** The command line in the form that commander knows: `--help=all` is `--help`. */
  readonly argv: readonly string[];
  /** What `--help=` names. Undefined without it. */
  readonly named: string | undefined;
}

/** Undefined when the line asks for no help. */
export function helpRequest(argv: readonly string[]): HelpRequest | undefined {
  const end = argv.indexOf('--');
  const at = argv.findIndex((word, index) => (end < 0 || index < end) && /^(-h|--help(=.*)?)$/u.test(word));
  if (at < 0) return undefined;
  const [, named] = /^--help=(.*)$/u.exec(argv[at] ?? '') ?? [];
  const words = argv.map((word, index) => (index === at ? '--help' : word));
  // `help import --help=all` asks for the help of the verb, not for that of `help`.
  const isTwice = words[0] === 'help' && verbs.some((verb) => verb === words[1]);
  return { argv: isTwice ? words.slice(1) : words, named };
}

/** What `--help` or `--help=<name>` shows: all, a product, or a group of flags that commands share. USAGE for another name. */
export async function sectionsAsked(
  { argv, named }: HelpRequest,
  { io, productOptions: table }: Pick<Context, 'io' | 'productOptions'>,
): Promise<HelpSections> {
  if (named === undefined) return sectionsFor(argv, io);
  if (named === 'all') return named;
  const sectionNames = ['all', ...(await table()).map(({ product }) => product), 'package', 'waiting'];
  if (sectionNames.includes(named)) return [named];
  throw new MigratorError('USAGE', `--help cannot show "${named}"`, { hint: `it shows ${sectionNames.join(', ')}` });
}

/**
 * The product whose flags the help shows without being asked: that of the instances on this line, or else the only one
 * in the rc file. No code of the rc file runs, and an rc file that is wrong tells nothing.
 */
export async function sectionsFor(argv: readonly string[], io: IO): Promise<readonly string[]> {
  // The help of any other command is the same for all products, and is shown without reading a file.
  if (!verbs.some((verb) => argv.includes(verb))) return [];
  const products = await productsInFile(valueOf(argv, '--config'), io).catch(() => new Map<string, string>());
  const named = ['--from', '--to', '--at'].flatMap((flag) => valueOf(argv, flag) ?? []);
  const told = named.flatMap((name) => products.get(name) ?? []);
  const found = [...new Set(told.length > 0 ? told : products.values())];
  return told.length > 0 || found.length === 1 ? found : [];
}

const verbs = [...new Set(productOptions.flatMap(({ options }) => options.flatMap((spec) => spec.verbs)))];

async function productsInFile(named: string | undefined, io: IO): Promise<ReadonlyMap<string, string>> {
  const found = await findConfig(io, named === undefined ? undefined : resolve(io.cwd, named), { runs: false });
  const { instances = {} } = (found?.content ?? {}) as { readonly instances?: Readonly<Record<string, unknown>> };
  return new Map(
    Object.entries(instances).flatMap(([name, instance]): [string, string][] => {
      const { product } = (instance ?? {}) as { readonly product?: unknown };
      return typeof product === 'string' ? [[name, product]] : [];
    }),
  );
}

function valueOf(argv: readonly string[], flag: string): string | undefined {
  const at = argv.indexOf(flag);
  return at >= 0 ? argv[at + 1] : argv.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
}
