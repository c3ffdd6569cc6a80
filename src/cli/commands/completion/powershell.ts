import {
  commandPaths,
  nameKinds,
  spellings,
  summary,
  type CommandArgument,
  type CommandOption,
  type CommandPath,
  type CommandTree,
} from './tree.ts';

const quote = (text: string): string => `'${text.replace(/['\u2018\u2019]/g, "''")}'`;
const list = (items: readonly string[]): string => `@(${items.join(', ')})`;

function value({ choices, completes }: Pick<CommandOption, 'choices' | 'completes'>): string {
  return `Choices = ${list((choices ?? []).map(quote))}; Completes = ${quote(completes ?? '')}`;
}

const option = (one: CommandOption): string =>
  `@{ Names = ${list(spellings(one).map(quote))}; Text = ${quote(summary(one.description))}; Takes = ${one.takesValue ? '$true' : '$false'}; ${value(one)} }`;

const argument = (one: CommandArgument): string =>
  `@{ ${value(one)}; Many = ${one.many === true ? '$true' : '$false'} }`;

function entry({ words, command, options }: CommandPath): string {
  const below = command.commands.map(
    ({ name, description }) => `@{ Name = ${quote(name)}; Text = ${quote(summary(description))} }`,
  );
  return `    ${quote(words)} = @{
      Commands = ${list(below)}
      Options = ${list(options.map(option))}
      Arguments = ${list(command.arguments.map(argument))}
    }`;
}

/** For PowerShell 5.1 and later. */
export function powershellScript(tree: CommandTree): string {
  return `# PowerShell completion for ${tree.name}
# Load it in $PROFILE:  ${tree.name} completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName ${quote(tree.name)} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)

  $table = @{
${commandPaths(tree).map(entry).join('\n')}
  }

  function New-Result($text, $tip) {
    if ($text -like "$wordToComplete*") {
      if (-not $tip) { $tip = $text }
      $shown = $text
      if ($text -match '[\\s''"]') { $shown = "'" + $text.Replace("'", "''") + "'" }
      [System.Management.Automation.CompletionResult]::new($shown, $text, 'ParameterValue', $tip)
    }
  }

  function Get-Values($entry) {
    foreach ($choice in $entry.Choices) { New-Result $choice }
    if (${list(nameKinds.map(quote))} -contains $entry.Completes) {
      foreach ($name in @(& ${quote(tree.name)} completion --names $entry.Completes --typed ('${tree.name} ' + ($typed -join ' ')) 2>$null)) { New-Result $name }
    } elseif ($entry.Completes -eq 'file' -or $entry.Completes -eq 'folder') {
      [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
    }
  }

  $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or ($_.Extent.EndOffset -eq $cursorPosition -and -not $wordToComplete) } | Select-Object -Skip 1 | ForEach-Object { $_.Extent.Text })
  $path = ''
  $count = 0
  $pending = $null
  foreach ($word in $typed) {
    if ($pending) { $pending = $null; continue }
    if ($word.StartsWith('-')) {
      $pending = $table[$path].Options | Where-Object { $_.Takes -and $_.Names -contains $word } | Select-Object -First 1
      continue
    }
    $next = "$path $word".Trim()
    if ($count -eq 0 -and $table.ContainsKey($next)) { $path = $next } else { $count++ }
  }

  $here = $table[$path]
  if ($pending) { Get-Values $pending; return }
  if ($wordToComplete.StartsWith('-')) {
    foreach ($one in $here.Options) { foreach ($name in $one.Names) { New-Result $name $one.Text } }
    return
  }
  foreach ($one in $here.Commands) { New-Result $one.Name $one.Text }
  for ($index = 0; $index -lt $here.Arguments.Count; $index++) {
    if ($index -eq $count -or ($here.Arguments[$index].Many -and $index -lt $count)) { Get-Values $here.Arguments[$index] }
  }
}
`;
}
