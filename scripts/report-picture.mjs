// Makes docs/report.webp, the picture of a report in the README, from the report of a real move between embedded instances.
// node scripts/report-picture.mjs    writes it, after npm run build; it needs Chromium on PATH
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { main } from '../dist/cli/main.js';

const file = fileURLToPath(new URL('../docs/report.webp', import.meta.url));
const size = { width: 1000, height: 850 };
const mostBytes = 60_000;

const rcFile = `instances:
  lab: { product: octopus, url: 'embedded:./lab', sample: source, pace: 5ms }
  prod: { product: octopus, url: 'embedded:./prod', sample: target, pace: 5ms }
`;
const lines = [
  ['key', 'generate'],
  ['migrate-project', 'Web Shop', '--from', 'lab', '--to', 'prod', '--overwrite-existing', '--yes', '--quiet'],
  // A second move overwrites what the first one made, and has a way back.
  [
    ...['migrate-project', 'Web Shop', 'Billing', '--from', 'lab', '--to', 'prod', '--overwrite-existing', '--yes'],
    ...['--quiet', '--report', 'run.html'],
  ],
];

/** Runs a line as a user of another machine, without a terminal. */
async function run(argv, folder) {
  let text = '';
  const output = { write: (chunk) => void (text += String(chunk)), flush: () => Promise.resolve() };
  const code = await main(argv, {
    stdin: Readable.from([]),
    stdout: output,
    stderr: output,
    env: { MIGRATOR_CONFIG_DIR: join(folder, 'config'), MIGRATOR_STATE_DIR: join(folder, 'state') },
    cwd: folder,
    platform: 'linux',
    stdinIsTTY: false,
    stdoutIsTTY: false,
    stderrIsTTY: false,
    columns: 80,
    pid: process.pid,
    host: 'night-shift',
    user: 'erika',
    home: folder,
    uid: process.getuid?.(),
  });
  if (code !== 0 && code !== 3) throw new Error(`migrator ${argv.join(' ')} ended with ${code}:\n${text}`);
}

const folder = await mkdtemp(join(tmpdir(), 'migrator-picture-'));
try {
  await writeFile(join(folder, '.migratorrc.yaml'), rcFile);
  for (const argv of lines) await run(argv, folder);
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const executablePath = folders.map((one) => join(one, 'chromium')).find((one) => existsSync(one));
  const browser = await chromium.launch({ executablePath, chromiumSandbox: false, args: ['--disable-lcd-text'] });
  try {
    const page = await browser.newPage({ viewport: size, colorScheme: 'light' });
    await page.goto(pathToFileURL(join(folder, 'run.html')).href);
    // A PNG of the same sharpness has twice the bytes.
    const session = await page.context().newCDPSession(page);
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 85 });
    await writeFile(file, Buffer.from(data, 'base64'));
  } finally {
    await browser.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const { size: bytes } = await stat(file);
if (bytes > mostBytes) throw new Error(`docs/report.webp has ${bytes} bytes, and may have ${mostBytes}`);
