/** The command line as data: what completion, man pages and documentation are made from. */
export interface CommandTree {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CommandOption[];
  readonly commands: readonly CommandTree[];
  readonly arguments: readonly CommandArgument[];
}

/** What a value is, when it is more than free text. Instances are asked for when the key is pressed. */
export type Completes = 'instance' | 'file' | 'folder';

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
  /** The last one may be given several times. */
  readonly many?: boolean | undefined;
}

/** One command with the words typed to reach it: `package upload` for `migrator package upload`. */
export interface CommandPath {
  readonly words: string;
  readonly command: CommandTree;
  /** Its own and those of the commands above it, which hold below too. */
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

/** The spellings of an option. */
export function spellings({ flag, short }: CommandOption): readonly string[] {
  return short === undefined ? [flag] : [flag, short];
}

/** One line, as lists of choices show it. */
export function summary(description: string): string {
  return description.replace(/\s+/g, ' ').trim();
}
