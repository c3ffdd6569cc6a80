/** The command line as data. Completion scripts, man pages and documentation are made from it. */
export interface CommandTree {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CommandOption[];
  readonly commands: readonly CommandTree[];
  readonly arguments: readonly CommandArgument[];
}

/** Names that `migrator completion --names <kind>` prints when the user presses Tab. */
export const nameKinds = [
  'instance',
  'project',
  'handle',
  /** The handle of an export. */
  'export',
  'kind',
  'product',
  'schema',
  'page',
  /** A package on a server. */
  'package',
  /** A signer that the user trusts. */
  'signer',
  /** What `--via` takes. */
  'way',
] as const;
export type NameKind = (typeof nameKinds)[number];

/** What a value is, if it is not free text. */
export type Completes = NameKind | 'file' | 'folder';

export function isNameKind(what: Completes): what is NameKind {
  return (nameKinds as readonly string[]).includes(what);
}

export interface CommandOption {
  /** `--from`. */
  readonly flag: string;
  /** `-o`. */
  readonly short?: string | undefined;
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices?: readonly string[] | undefined;
  readonly completes?: Completes | undefined;
}

export interface CommandArgument {
  readonly name: string;
  readonly description?: string | undefined;
  readonly choices?: readonly string[] | undefined;
  readonly completes?: Completes | undefined;
  /** The argument is the last one and may be given several times. */
  readonly many?: boolean | undefined;
}

/** One command with the words typed to reach it: `package upload` for `migrator package upload`. */
export interface CommandPath {
  readonly words: string;
  readonly command: CommandTree;
  /** The options of the command and of the commands above it. */
  readonly options: readonly CommandOption[];
}

/** Every command of the tree, the root first. */
export function commandPaths(
  tree: CommandTree,
  words: readonly string[] = [],
  inherited: readonly CommandOption[] = [],
): readonly CommandPath[] {
  const own = new Set(tree.options.map(({ flag }) => flag));
  const options = [...tree.options, ...inherited.filter(({ flag }) => !own.has(flag))];
  const below = tree.commands.flatMap((command) => commandPaths(command, [...words, command.name], options));
  return [{ words: words.join(' '), command: tree, options }, ...below];
}

/** The spellings of an option: `--output` and `-o`. */
export function spellings({ flag, short }: CommandOption): readonly string[] {
  return short === undefined ? [flag] : [flag, short];
}

/** A description as one line. */
export function summary(description: string): string {
  return description.replace(/\s+/g, ' ').trim();
}
