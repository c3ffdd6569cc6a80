import {
  commandPaths,
  isNameKind,
  summary,
  type CommandOption,
  type CommandPath,
  type CommandTree,
  type Completes,
} from './tree.ts';

const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

function sourceOf(what: Completes): string {
  if (isNameKind(what)) return `-f -a '(__NAME_names ${what})'`;
  return what === 'file' ? '-F' : `-f -a '(__fish_complete_directories)'`;
}

function source(value: Pick<CommandOption, 'choices' | 'completes'>): string {
  if (value.choices !== undefined && value.choices.length > 0) return `-f -a ${quote(value.choices.join(' '))}`;
  return value.completes === undefined ? '-f' : sourceOf(value.completes);
}

function optionLine(tree: CommandTree, path: CommandPath, option: CommandOption): string {
  const short = option.short === undefined ? '' : ` -s ${option.short.replace(/^-/, '')}`;
  const value = option.takesValue ? ` -r ${source(option)}` : '';
  const condition = quote(`__NAME_at ${quote(path.words)}`);
  return `complete -c ${tree.name} -n ${condition} -l ${option.flag.replace(/^--/, '')}${short}${value} -d ${quote(summary(option.description))}`;
}

function commandLines(tree: CommandTree, path: CommandPath): string[] {
  const condition = quote(`__NAME_at ${quote(path.words)}`);
  const below = path.command.commands.map(
    ({ name, description }) =>
      `complete -c ${tree.name} -n ${condition} -f -a ${name} -d ${quote(summary(description))}`,
  );
  const values = path.command.arguments
    .filter(({ choices, completes }) => choices !== undefined || completes !== undefined)
    .map((argument) => `complete -c ${tree.name} -n ${condition} ${source(argument)}`);
  return [...path.options.map((option) => optionLine(tree, path, option)), ...below, ...values];
}

/** For fish 3 and later. */
export function fishScript(tree: CommandTree): string {
  const paths = commandPaths(tree);
  const known = paths.filter(({ words }) => words !== '').map(({ words }) => quote(words));
  const valued = [...new Set(paths.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue)))];
  const flags = [...new Set(valued.flatMap(({ flag, short }) => (short === undefined ? [flag] : [flag, short])))];
  return `# fish completion for ${tree.name}
# Put it into the completions folder of fish:  ${tree.name} completion fish > ~/.config/fish/completions/${tree.name}.fish

function __NAME_names
    ${tree.name} completion --names $argv[1] --typed (string join ' ' -- (commandline -opc)) 2>/dev/null
end

# The words of the command that are typed so far, without options and their values.
function __NAME_path
    set -l known ${known.join(' ')}
    set -l valued ${flags.join(' ')}
    set -l words (commandline -opc)
    set -e words[1]
    set -l path ''
    set -l skip 0
    for word in $words
        if test $skip -eq 1
            set skip 0
        else if contains -- $word $valued
            set skip 1
        else if not string match -q -- '-*' $word
            set -l next (string trim -- "$path $word")
            if contains -- $next $known
                set path $next
            end
        end
    end
    echo $path
end

function __NAME_at
    test (__NAME_path) = "$argv[1]"
end

complete -c ${tree.name} -f
${paths.flatMap((path) => commandLines(tree, path)).join('\n')}
`.replaceAll('__NAME', `__${tree.name.replace(/\W/g, '_')}`);
}
