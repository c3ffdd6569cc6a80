import {
  commandPaths,
  isNameKind,
  spellings,
  type CommandOption,
  type CommandPath,
  type CommandTree,
  type Completes,
} from './tree.ts';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A list for `compgen -W`, which splits it at blanks and expands each word again. */
const words = (list: readonly string[]): string =>
  quote(list.map((word) => word.replace(/([\s\\'"$`*?[\]])/g, '\\$1')).join(' '));

const sourceOf = (what: Completes): string => (isNameKind(what) ? `_NAME_names ${what}` : `_NAME_${what}s`);

function source(value: Pick<CommandOption, 'choices' | 'completes'>): string | undefined {
  if (value.choices !== undefined && value.choices.length > 0) return `_NAME_words ${words(value.choices)}`;
  return value.completes === undefined ? undefined : sourceOf(value.completes);
}

function valueCases(path: CommandPath): string[] {
  return path.options
    .filter(({ takesValue }) => takesValue)
    .map(
      (option) =>
        `    ${quote(path.words)}':'${spellings(option).join(`|${quote(path.words)}':'`)}) ${source(option) ?? ':'}; return ;;`,
    );
}

function argumentCases({ words: path, command }: CommandPath): string[] {
  if (command.commands.length > 0) {
    return [`    ${quote(path)}':'*) _NAME_words ${words(command.commands.map(({ name }) => name))} ;;`];
  }
  return command.arguments.flatMap((argument, index) => {
    const found = source(argument);
    if (found === undefined) return [];
    const place = argument.many === true ? '*' : String(index);
    return [`    ${quote(path)}':'${place}) ${found} ;;`];
  });
}

const takesValue = (path: CommandPath): string => {
  const flags = path.options.filter((option) => option.takesValue).flatMap(spellings);
  return flags.length === 0
    ? ''
    : `    ${flags.map((flag) => `${quote(path.words)}':'${flag}`).join('|')}) return 0 ;;\n`;
};

/** Programmable completion for bash 3.2 and later, without the bash-completion package. */
export function bashScript(tree: CommandTree): string {
  const paths = commandPaths(tree);
  const steps = paths
    .filter(({ words: path }) => path !== '')
    .map(({ words: path }) => `    ${quote(path)}) return 0 ;;`);
  const flags = paths.map(
    ({ words: path, options }) => `    ${quote(path)}) _NAME_words ${words(options.flatMap(spellings))} ;;`,
  );
  return `# bash completion for ${tree.name}
# Load it in ~/.bashrc:  source <(${tree.name} completion bash)

# Offers the lines of the input as values: with colons, blanks and whatever else they hold.
_NAME_offer() {
  local line typed before='' quoted=''
  typed=$(_NAME_plain)
  if [[ $cur == '"'* || $cur == "'"* ]]; then
    quoted=1
  elif [[ $COMP_WORDBREAKS == *:* && $cur == *:* ]]; then
    # Readline completes only what comes after the last colon.
    before="\${cur%"\${cur##*:}"}"
  fi
  while IFS= read -r line; do
    [[ -n $line && $line == "$typed"* ]] || continue
    if [[ -z $quoted ]]; then printf -v line %q "$line"; fi
    COMPREPLY+=("\${line#"$before"}")
  done
}
_NAME_names() { _NAME_offer <<<"$(${tree.name} completion --names "$1" --typed "\${words[*]:0:last}" 2>/dev/null)"; }
_NAME_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
# What the user means by the word so far, without an open quote and without escapes.
_NAME_plain() { case $cur in '"'* | "'"*) printf %s "\${cur:1}" ;; *) printf %s "\${cur//\\\\/}" ;; esac; }
# Hidden files, such as the rc file, are offered to who begins with a dot.
_NAME_files() {
  compopt -o filenames 2>/dev/null
  local IFS=$'\\n' plain hidden=(-X '.*')
  plain=$(_NAME_plain)
  [[ $plain == .* ]] && hidden=()
  COMPREPLY=($(compgen -f "\${hidden[@]}" -- "$plain"))
}
_NAME_folders() { compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$(_NAME_plain)")); }

_NAME_is_command() {
  case "$1" in
${steps.join('\n')}
  esac
  return 1
}

_NAME_takes_value() {
  case "$1:$2" in
${paths.map(takesValue).join('')}  esac
  return 1
}

_NAME_complete_value() {
  case "$1:$2" in
${paths.flatMap(valueCases).join('\n')}
  esac
}

_NAME_complete_option() {
  case "$1" in
${flags.join('\n')}
  esac
}

_NAME_complete_argument() {
  case "$1:$2" in
${paths.flatMap(argumentCases).join('\n')}
  esac
}

_NAME() {
  local cur path='' count=0 index=1 word next glue='' last=-1
  local -a words=()
  COMPREPLY=()
  # ":" is a word of its own for bash too, so the handle of a job arrives as five.
  for word in "\${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if [[ $last -ge 0 && ( $word == : || -n $glue ) ]]; then
      words[last]+=$word
    else
      last=$((last + 1))
      words[last]=$word
    fi
    if [[ $word == : ]]; then glue=1; else glue=''; fi
  done
  cur=\${words[last]}
  # "=" is a word of its own for bash, so --from=la arrives as three.
  if [[ $cur == '=' ]]; then cur=''; fi
  while ((index < last)); do
    word="\${words[index]}"
    next="\${path:+$path }$word"
    if [[ $word == -* ]]; then
      if _NAME_takes_value "$path" "$word"; then
        index=$((index + 1))
        if [[ \${words[index]} == '=' && index -lt last ]]; then index=$((index + 1)); fi
        if ((index >= last)); then
          _NAME_complete_value "$path" "$word"
          return
        fi
      fi
    elif ((count == 0)) && _NAME_is_command "$next"; then
      path=$next
    else
      count=$((count + 1))
    fi
    index=$((index + 1))
  done
  if [[ $cur == -* ]]; then _NAME_complete_option "$path"; else _NAME_complete_argument "$path" "$count"; fi
}

complete -F _NAME ${tree.name}
`.replaceAll('_NAME', `_${tree.name.replace(/\W/g, '_')}`);
}
