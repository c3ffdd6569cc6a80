// Writes a page and a man page for each command, from the command tree itself: cli/<words>.md and man/<words>.1.
// node scripts/generate-docs.mjs [folder]      after npm run build; the folder is dist/docs unless told
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext } from '../dist/cli/context.js';
import { systemIO } from '../dist/cli/terminal/io.js';
import { createProgram } from '../dist/cli/program.js';
import { version } from '../dist/cli/version.js';

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL('../dist/docs', import.meta.url)));

const nameOf = (command) => (command.parent === null ? [] : [...nameOf(command.parent), command.name()]);
const everyCommand = (command) => [command, ...command.commands.flatMap(everyCommand)];
const helper = (command) => Object.assign(command.createHelp(), { showGlobalOptions: true });

function textOf(command) {
  let text = '';
  command.configureOutput({ writeOut: (chunk) => (text += chunk) });
  command.outputHelp();
  return text;
}

/** What a page tells, whatever it is written in. */
function contentOf(command) {
  const help = helper(command);
  const groups = new Map();
  for (const option of help.visibleOptions(command)) {
    const title = (option.helpGroupHeading ?? 'Options:').replace(/:$/u, '');
    groups.set(title, [...(groups.get(title) ?? []), [option.flags, help.optionDescription(option)]]);
  }
  const globals = help.visibleGlobalOptions(command).map((option) => [option.flags, help.optionDescription(option)]);
  if (globals.length > 0) groups.set('Global options', globals);
  const [, examples = ''] = textOf(command).split('\nExamples:\n');
  return {
    words: ['migrator', ...nameOf(command)],
    usage: help.commandUsage(command),
    description: command.description(),
    arguments: help.visibleArguments(command).map((one) => [help.argumentTerm(one), help.argumentDescription(one)]),
    groups: [...groups],
    commands: command.commands.map((child) => [child.name(), child.description()]),
    examples: examples.split('\n').flatMap((line) => (line.startsWith('  $ ') ? [line.slice(4)] : [])),
  };
}

function markdown({ words, usage, description, arguments: args, groups, commands, examples }) {
  const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '\\<');
  const table = (head, rows) => [
    `| ${head} | |`,
    '| --- | --- |',
    ...rows.map(([term, text]) => `| \`${term.replaceAll('|', '\\|')}\` | ${cell(text)} |`),
    '',
  ];
  return [
    `# ${words.join(' ')}`,
    '',
    `${description}.`,
    '',
    '```',
    usage,
    '```',
    '',
    ...(args.length === 0 ? [] : ['## Arguments', '', ...table('argument', args)]),
    ...(commands.length === 0 ? [] : ['## Commands', '']),
    ...commands.map(([name, text]) => `- [${name}](${[...words, name].join('-')}.md): ${text}`),
    ...(commands.length === 0 ? [] : ['']),
    ...groups.flatMap(([title, rows]) => [`## ${title}`, '', ...table('flag', rows)]),
    ...(examples.length === 0 ? [] : ['## Examples', '', '```sh', ...examples, '```', '']),
  ].join('\n');
}

/** In roff a line that begins with a dot or a quote is a request, and a dash is a hyphen unless escaped. */
function roff(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gmu, '\\&$1');
}

function manual({ words, usage, description, arguments: args, groups, commands, examples }) {
  const section = (title, rows) => [
    `.SH ${roff(title.toUpperCase())}`,
    ...rows.flatMap(([term, text]) => ['.TP', `.B ${roff(term)}`, roff(text)]),
  ];
  const pages = commands.map(([name, text]) => [`${[...words, name].join('-')}(1)`, text]);
  return [
    `.TH "${words.join('-').toUpperCase()}" 1 "" "migrator ${version()}" "migrator"`,
    '.SH NAME',
    `${roff(words.join('-'))} \\- ${roff(description)}`,
    '.SH SYNOPSIS',
    `.B ${roff(usage)}`,
    ...(args.length === 0 ? [] : section('Arguments', args)),
    ...groups.flatMap(([title, rows]) => section(title, rows)),
    ...(pages.length === 0 ? [] : section('Commands', pages)),
    ...(examples.length === 0 ? [] : ['.SH EXAMPLES', '.nf', ...examples.map(roff), '.fi']),
    '',
  ].join('\n');
}

const program = await createProgram(createContext({ ...systemIO(), columns: 200 }, []));
await mkdir(join(folder, 'cli'), { recursive: true });
await mkdir(join(folder, 'man'), { recursive: true });
for (const command of everyCommand(program)) {
  const content = contentOf(command);
  const name = content.words.join('-');
  await writeFile(join(folder, 'cli', `${name}.md`), markdown(content));
  await writeFile(join(folder, 'man', `${name}.1`), manual(content));
}
process.stdout.write(`${folder}\n`);
