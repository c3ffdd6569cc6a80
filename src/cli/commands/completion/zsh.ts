import {
  commandPaths,
  isNameKind,
  spellings,
  summary,
  type CommandOption,
  type CommandPath,
  type CommandTree,
  type Completes,
} from './tree.ts';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Escapes a description for a specification, where a bracket ends the description and a colon begins the next part. */
const described = (text: string): string => summary(text).replace(/[\\[\]:]/g, '\\$&');

function sourceOf(what: Completes): string {
  if (isNameKind(what)) return `_NAME_names ${what}`;
  return what === 'file' ? '_files' : '_files -/';
}

function source(value: Pick<CommandOption, 'choices' | 'completes'>): string {
  if (value.choices !== undefined && value.choices.length > 0) {
    return `(${value.choices.map((choice) => choice.replace(/[\s\\():'"]/g, '\\$&')).join(' ')})`;
  }
  return value.completes === undefined ? ' ' : sourceOf(value.completes);
}

function optionSpecs(option: CommandOption): string[] {
  const value = option.takesValue ? `:value:${source(option)}` : '';
  // The asterisk offers every option again. The command itself checks which options may be repeated.
  return spellings(option).map((flag) => {
    const joined = option.takesValue && flag.startsWith('--') ? '=' : '';
    return quote(`*${flag}${joined}[${described(option.description)}]${value}`);
  });
}

function argumentSpecs({ command }: CommandPath): string[] {
  return command.arguments.map((argument) =>
    quote(`${argument.many === true ? '*' : ''}:${described(argument.name)}:${source(argument)}`),
  );
}

const functionName = (path: CommandPath): string =>
  `_NAME${path.words === '' ? '' : `__${path.words.replace(/\W/g, '_')}`}`;

function commandFunction(path: CommandPath): string {
  const options = path.options.flatMap(optionSpecs);
  const { commands } = path.command;
  if (commands.length === 0) {
    return `${functionName(path)}() {\n  _arguments -S ${[...options, ...argumentSpecs(path)].join(' \\\n    ')}\n}\n`;
  }
  const list = commands.map(({ name, description }) => quote(`${name}:${summary(description).replaceAll(':', '\\:')}`));
  const cases = commands.map(({ name }) => {
    const below = functionName({ ...path, words: path.words === '' ? name : `${path.words} ${name}` });
    return `        ${name}) ${below} ;;`;
  });
  return `${functionName(path)}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C ${[...options, `'1: :->command'`, `'*:: :->rest'`].join(' \\\n    ')}
  case $state in
    command)
      local -a commands=(${list.join(' ')})
      _describe -t commands command commands ;;
    rest)
      case $line[1] in
${cases.join('\n')}
      esac ;;
  esac
}
`;
}

/** For the completion system of zsh (compinit). The file is autoloaded or sourced. */
export function zshScript(tree: CommandTree): string {
  return `#compdef ${tree.name}
# zsh completion for ${tree.name}
# Put it into a folder of $fpath:  ${tree.name} completion zsh > "\${fpath[1]}/_${tree.name}"

# The last argument is the kind. Those before it are of _arguments, for compadd.
_NAME_names() {
  local -a names=(\${(f)"$(${tree.name} completion --names \${@[-1]} --typed "\${words[1,CURRENT-1]}" 2>/dev/null)"})
  compadd "\${@[1,-2]}" -a names
}

${commandPaths(tree).map(commandFunction).join('\n')}
if [[ $funcstack[1] == _${tree.name} ]]; then _NAME "$@"; else compdef _NAME ${tree.name}; fi
`.replaceAll('_NAME', `_${tree.name.replace(/\W/g, '_')}`);
}
