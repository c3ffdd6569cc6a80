import { type Command, Help, type Option } from 'commander';
import type { OptionSpec, ProductOptions } from '../../ports/options.ts';
import type { Ends } from '../context.ts';
import { examplesText } from '../flags/examples.ts';
import { wrapped } from '../terminal/wrap.ts';
import type { HelpSections } from './sections.ts';

type Row = readonly [term: string, text: string];

/** A titled list of flags. The first of those that may be folded is folded first, when the screen is full. */
interface Section {
  readonly title: string;
  readonly name: string;
  readonly rows: readonly Row[];
}

/** One screen, less the examples. */
const mostLines = 41;
const widestTerm = 30;
/** Below this width a description does not stand beside its flag. */
const narrow = 60;
/** The groups of flags that are folded when the screen is full, this one first. */
const foldable = ['package', 'waiting'];

/**
 * The help of a command on one screen: its own flags, and of the products' flags those of the products in `sections`.
 * `table` has the flags of all products. With `all` it is the whole help, in which each flag has all that is said about it.
 */
export function commandHelp(
  command: Command,
  helper: Help,
  sections: HelpSections,
  table: readonly ProductOptions[],
  ends: Ends = {},
): string {
  if (sections === 'all')
    return Help.prototype.formatHelp.call(helper, command, helper) + examplesText(command, [], ends);
  const width = Math.max(40, helper.helpWidth ?? 80);
  const titles = new Set(table.map(({ title }) => `${title} options:`));
  const isOfProduct = (option: Option): boolean => titles.has(option.helpGroupHeading ?? '');
  const own = ownSections(command, helper, isOfProduct);
  const products = productsOf(command, isOfProduct, table);
  const shown = products.filter(({ product }) => sections.includes(product));
  const all = [
    ...own,
    ...shown.map(({ product, title, rows }) => ({ title: `${title} options:`, name: product, rows })),
  ];
  const head = [
    ...wrapped(`Usage: ${helper.commandUsage(command)}`, width, '  '),
    '',
    ...wrapped(helper.commandDescription(command), width),
    ...list('Arguments:', rowsOf(command, helper), width),
    ...list('Commands:', commandRows(command, helper), width),
  ];
  const foot = ['', ...pointers(command, products, shown.length > 0).flatMap((line) => wrapped(line, width, '  '))];
  const folded = new Set<string>();
  let isTight = false;
  const body = () =>
    all.flatMap((section) =>
      folded.has(section.name) ? namesOnly(section, command, width) : list(section.title, section.rows, width, isTight),
    );
  const isTooLong = () => head.length + body().length + foot.length > mostLines;
  for (const name of foldable) {
    if (isTooLong() && !sections.includes(name)) folded.add(name);
  }
  isTight = isTooLong();
  return `${[...head, ...body(), ...foot].join('\n')}\n${examplesText(
    command,
    sections.filter((name) => !foldable.includes(name)),
    ends,
  )}`;
}

function namesOnly({ title, name, rows }: Section, command: Command, width: number): readonly string[] {
  const flags = rows.map(([term]) => /--[a-z-]+/u.exec(term)?.[0] ?? term).join(', ');
  return ['', ...wrapped(`${title.replace(/:$/u, '')} (${pathOf(command)} --help=${name}): ${flags}`, width, '  ')];
}

/** A description in the lines under its term, where there is no room beside it. */
const below = (text: string, width: number): readonly string[] =>
  wrapped(text, width - 6).map((line) => `      ${line}`);

/** With `isTight`, each description is at most one line. */
function list(title: string, rows: readonly Row[], width: number, isTight = false): readonly string[] {
  if (rows.length === 0) return [];
  if (width < narrow)
    return ['', title, ...rows.flatMap(([term, text]) => [`  ${term}`, ...below(brief(text, width - 6), width)])];
  const column = Math.min(widestTerm, Math.max(...rows.map(([term]) => term.length))) + 4;
  return [
    '',
    title,
    ...rows.flatMap(([term, text]) => {
      const whole = wrapped(brief(text, width - column), width - column);
      const lines = isTight && whole.length > 1 ? [cut(text, width - column)] : whole;
      const [first = '', ...rest] = lines;
      const margin = ' '.repeat(column);
      const start = `  ${term}`;
      return start.length + 2 > column
        ? [start, ...lines.map((line) => `${margin}${line}`)]
        : [`${start.padEnd(column)}${first}`.trimEnd(), ...rest.map((line) => `${margin}${line}`)];
    }),
  ];
}

/**
 * The most of a description that fits a line, up to the end of a clause; at least the first clause. What comes after a
 * colon is one whole.
 */
function brief(text: string, width: number): string {
  const colon = text.indexOf(': ');
  const ends = [...text.matchAll(/; |: | \(|(?<=\))|$/gu)]
    .map(({ index }) => index)
    .filter((end) => end >= 12 && (colon < 0 || end <= colon || end === text.length));
  const fitting = ends.filter((end) => end <= width && balanced(text.slice(0, end)));
  return text.slice(0, fitting.at(-1) ?? ends[0]);
}

function cut(text: string, width: number): string {
  const [first = ''] = wrapped(brief(text, width), width - 1);
  return `${first.replace(/[,;:]$/u, '')}…`;
}

const balanced = (text: string): boolean => text.split('(').length === text.split(')').length;

type IsOfProduct = (option: Option) => boolean;

function ownSections(command: Command, helper: Help, isOfProduct: IsOfProduct): readonly Section[] {
  const groups = new Map<string, Option[]>();
  for (const option of helper.visibleOptions(command)) {
    const title = option.helpGroupHeading ?? 'Options:';
    if (isOfProduct(option) || title === 'Other adapters:' || command.parent === null) continue;
    groups.set(title, [...(groups.get(title) ?? []), option]);
  }
  return [...groups].map(([title, options]) => ({
    title,
    name: (title.split(' ')[0] ?? '').toLowerCase(),
    rows: options.map((option): Row => [termOf(option.flags, option.argChoices), textOf(option)]),
  }));
}

function textOf({ description, defaultValue }: Option): string {
  return typeof defaultValue === 'string' ? `${description} (default: ${defaultValue})` : description;
}

/** `--compression <auto|gzip>`: the choices take the place of the name, where they are short. */
function termOf(flags: string, choices: readonly string[] | undefined): string {
  const words = choices?.join('|');
  return words === undefined || words.length > 24 ? flags : flags.replace(/<[^>]+>/u, `<${words}>`);
}

const rowsOf = (command: Command, helper: Help): readonly Row[] =>
  helper.visibleArguments(command).map((one) => [helper.argumentTerm(one), one.description]);

const commandRows = (command: Command, helper: Help): readonly Row[] =>
  helper.visibleCommands(command).map((one) => [helper.subcommandTerm(one), helper.subcommandDescription(one)]);

interface ProductRows {
  readonly product: string;
  readonly title: string;
  readonly rows: readonly Row[];
}

/** What each product has for this command. A flag of several products has for each what it means there. */
function productsOf(
  command: Command,
  isOfProduct: IsOfProduct,
  table: readonly ProductOptions[],
): readonly ProductRows[] {
  const flags = new Set(command.options.filter(isOfProduct).map(({ long }) => long));
  return table
    .map(({ product, title, options }) => ({
      product,
      title,
      rows: options
        .filter((spec) => flags.has(`--${spec.name}`) && isFor(spec, command))
        .map((spec): Row => [termOf(flagsOf(spec), spec.choices), repeatable(spec)]),
    }))
    .filter(({ rows }) => rows.length > 0);
}

const isFor = ({ verbs }: OptionSpec, command: Command): boolean =>
  [command.name(), command.parent?.name()].some((name) => verbs.some((verb) => verb === name));
const flagsOf = ({ name, value }: OptionSpec): string => (value === undefined ? `--${name}` : `--${name} <${value}>`);

function repeatable({ description, many }: OptionSpec): string {
  return many === true && !description.includes('repeatable') ? `${description} (repeatable)` : description;
}

/** What else there is, and how to see it. */
function pointers(command: Command, products: readonly ProductRows[], areShown: boolean): readonly string[] {
  const path = pathOf(command);
  if (command.parent === null) return ['Global flags, such as --json and --config: migrator help global-flags'];
  const counts = products.map(({ title, rows }) => `${title} (${String(rows.length)})`).join(', ');
  const names = products.map(({ product }) => `--help=${product}`).join(', ');
  return [
    ...(products.length === 0 || areShown
      ? []
      : [`Flags of a product: ${counts}. Name the instances first, or: ${names}`]),
    ...(command.commands.length > 0 ? [] : [`Each flag in full: ${path} --help=all`]),
    'Global flags, such as --json and --config: migrator help global-flags',
  ];
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
