import { resolve } from 'node:path';
import { productOptions } from '../../adapters/index.ts';
import { MigratorError } from '../../errors.ts';
import { findConfig } from '../config/search.ts';
import type { Context, Ends } from '../context.ts';
import { isStore } from '../../stores/index.ts';
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
  const { names: products } = await fileSeen(valueOf(argv, '--config'), io).catch(() => nothing);
  const named = ['--from', '--to', '--at'].flatMap((flag) => valueOf(argv, flag) ?? []);
  const told = named.flatMap((name) => products.get(name) ?? []);
  const found = [...new Set(told.length > 0 ? told : products.values())];
  return told.length > 0 || found.length === 1 ? found : [];
}

/** The user's own instances for the examples: those of this line, of the rc file's defaults, else its first two. */
export async function endsFor(argv: readonly string[], io: IO): Promise<Ends> {
  if (!verbs.some((verb) => argv.includes(verb))) return {};
  const { names, defaults } = await fileSeen(valueOf(argv, '--config'), io).catch(() => nothing);
  const servers = [...names].flatMap(([name, product]) => (isStore(product) ? [] : [name]));
  const own = (flag: string, example: string, at: number): string | undefined => {
    const known = [valueOf(argv, `--${flag}`), defaults[flag], servers.includes(example) ? example : servers[at]];
    return known.find((name): name is string => typeof name === 'string' && servers.includes(name));
  };
  return { from: own('from', 'lab', 0), to: own('to', 'prod', 1) };
}

const verbs = [...new Set(productOptions.flatMap(({ options }) => options.flatMap((spec) => spec.verbs)))];

interface Seen {
  /** The product of each instance. */
  readonly names: ReadonlyMap<string, string>;
  readonly defaults: Readonly<Record<string, unknown>>;
}

const nothing: Seen = { names: new Map(), defaults: {} };

async function fileSeen(named: string | undefined, io: IO): Promise<Seen> {
  const found = await findConfig(io, named === undefined ? undefined : resolve(io.cwd, named), { runs: false });
  const { instances, defaults } = (found?.content ?? {}) as Partial<
    Record<string, Readonly<Record<string, unknown>> | null>
  >;
  const names = Object.entries(instances ?? {}).flatMap(([name, instance]): [string, string][] => {
    const { product } = (instance ?? {}) as { readonly product?: unknown };
    return typeof product === 'string' ? [[name, product]] : [];
  });
  return { names: new Map(names), defaults: defaults ?? {} };
}

function valueOf(argv: readonly string[], flag: string): string | undefined {
  const at = argv.indexOf(flag);
  return at >= 0 ? argv[at + 1] : argv.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
}
