// Makes docs/run.svg, the picture of a run in the README, from what the program shows on a terminal.
// node scripts/picture.mjs            writes it, after npm run build
// node scripts/picture.mjs --check    fails when the program shows something else than the picture
// What differs from run to run (times, key ids, sizes) is put in one form. Long tables are cut, and the cut is shown.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { main } from '../dist/cli/main.js';

const file = new URL('../docs/run.svg', import.meta.url);
const columns = 96;
const mostRows = 5;

const rcFile = `instances:
  lab: { product: octopus, url: 'embedded:./lab', sample: source, pace: 5ms }
  prod: { product: octopus, url: 'embedded:./prod', sample: target, pace: 5ms }
`;
const shown = [
  ['partial-export', '--from', 'lab', '--project', 'Web Shop', '--package-version', '1.0.0', '-o', 'shop.tar'],
  ['import', 'shop.tar', '--to', 'prod', '--dry-run', '--quiet'],
  ['import', 'shop.tar', '--to', 'prod', '--quiet'],
];

/** Runs a line as on a terminal of its own. Gives everything that was sent to it. */
async function sent(argv, folder) {
  let text = '';
  const output = { write: (chunk) => void (text += String(chunk)), flush: () => Promise.resolve() };
  const io = {
    stdin: Readable.from([]),
    stdout: output,
    stderr: output,
    env: { MIGRATOR_CONFIG_DIR: join(folder, 'config'), MIGRATOR_STATE_DIR: join(folder, 'state') },
    cwd: folder,
    platform: 'linux',
    stdinIsTTY: false,
    stdoutIsTTY: true,
    stderrIsTTY: true,
    columns,
    pid: process.pid,
    host: 'night-shift',
    home: folder,
    uid: process.getuid?.(),
  };
  const code = await main(argv, io);
  if (code !== 0) throw new Error(`migrator ${argv.join(' ')} ended with ${code}:\n${text}`);
  return text;
}

/** The lines that a terminal shows after these bytes: the parts of ECMA-48 that rewrite a line. */
function screen(text) {
  const rows = [[]];
  let [row, column] = [0, 0];
  for (const [character, parameter = '', final] of text.matchAll(/\u001b\[([0-9;?]*)([A-Za-z])|[^]/gu)) {
    if (final === 'm' || parameter.startsWith('?')) continue;
    const amount = parameter === '' ? 1 : Number(parameter);
    if (final === 'G') column = amount - 1;
    else if (final === 'A') row = Math.max(0, row - amount);
    else if (final === 'K') rows[row] = parameter === '' || parameter === '0' ? rows[row].slice(0, column) : [];
    else if (final !== undefined) throw new Error(`unknown control sequence ${JSON.stringify(character)}`);
    else if (character === '\n') [row, column] = [row + 1, 0];
    else if (character === '\r') column = 0;
    else {
      while (rows[row].length < column) rows[row].push(' ');
      rows[row][column] = character;
      column += 1;
    }
    rows[row] ??= [];
  }
  return rows.map((cells) => cells.join('').trimEnd()).filter((line) => line !== '');
}

/** The same text for each run of the same program. */
const steady = (line) =>
  line
    .replace(/\b[0-9A-F]{16}\b/gu, '9041498F41F08E29')
    .replace(/\b\d+(?:\.\d+)? (?:KiB|kB)/gu, '26 KiB')
    .replace(/\b\d+(?:\.\d+)? ?(?:ms|s)\b/gu, '1 s');

/** A table after its first rows becomes a line that says how many there are. */
function cut(lines) {
  const isRow = (line) => /^(created|create|overwritten|skipped) {2,}\S/u.test(line);
  const rows = lines.filter(isRow);
  if (rows.length <= mostRows) return lines;
  const [first] = rows.slice(mostRows);
  return lines.flatMap((line) =>
    line === first
      ? [`… and ${rows.length - mostRows} more`]
      : isRow(line) && rows.indexOf(line) > mostRows
        ? []
        : [line],
  );
}

function wrapped(line) {
  const parts = [];
  for (let rest = line; rest !== ''; rest = rest.slice(columns)) parts.push(rest.slice(0, columns));
  return parts;
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const kindOf = (line) =>
  line.startsWith('$ ') ? 'line' : /^\s*✔/u.test(line) ? 'done' : /^(\s{2}|…)/u.test(line) ? 'more' : 'text';

function svg(lines) {
  const [size, height, margin] = [14, 19, 18];
  const [width, depth] = [Math.ceil(columns * size * 0.602) + 2 * margin, lines.length * height + 2 * margin];
  const row = (line, index) =>
    `<text x="${margin}" y="${margin + (index + 0.75) * height}" class="${kindOf(line)}">${escaped(line)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${width} ${depth}" width="${width}" height="${depth}" role="img" aria-labelledby="title">
<title id="title">migrator exports a project of one server, shows what its import would do on another, and imports it</title>
<style>
text { font: ${size}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328; white-space: pre; }
.back { fill: #f6f8fa; stroke: #d1d9e0; }
.line { font-weight: bold; }
.done { fill: #116329; }
.more { fill: #59636e; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.back { fill: #161b22; stroke: #30363d; }
.done { fill: #56d364; }
.more { fill: #9198a1; }
}
</style>
<rect class="back" x="0.5" y="0.5" width="${width - 1}" height="${depth - 1}" rx="8"/>
${lines.map(row).join('\n')}
</svg>
`;
}

async function picture() {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-picture-'));
  try {
    await writeFile(join(folder, '.migratorrc.yaml'), rcFile);
    await sent(['key', 'generate'], folder);
    const lines = [];
    for (const argv of shown) {
      const typed = argv.map((word) => (/^[\w./@-]+$/u.test(word) ? word : `"${word}"`)).join(' ');
      if (lines.length > 0) lines.push('');
      lines.push(`$ migrator ${typed}`, ...cut(screen(await sent(argv, folder)).map(steady)).flatMap(wrapped));
    }
    return svg(lines);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv.includes('--check')) {
  const there = await readFile(file, 'utf8');
  // A second look, because a busy machine may tell of a wait that others do not have.
  const isSame = (await picture()) === there || (await picture()) === there;
  if (!isSame) console.error('docs/run.svg shows something else than the program: run node scripts/picture.mjs');
  process.exitCode = isSame ? 0 : 1;
} else {
  await writeFile(file, await picture());
}
