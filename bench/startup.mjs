// Measures the start-up time of the binary and of an empty Node script, in turn, and prints the ratio of medians.
// Run: npm run bench
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(new URL('../bin/migrator.mjs', import.meta.url));
const runs = 25;

/** @param {readonly string[]} args */
function milliseconds(args) {
  const began = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, [...args], { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return Number(process.hrtime.bigint() - began) / 1e6;
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const folder = mkdtempSync(join(tmpdir(), 'migrator-bench-'));
try {
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, '');
  const cases = {
    empty: [empty],
    '--version': [binary, '--version'],
    '--help': [binary, '--help'],
    'import --help': [binary, 'import', '--help'],
  };
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, /** @type {number[]} */ ([])]));
  for (const args of Object.values(cases)) milliseconds(args);
  for (let run = 0; run < runs; run += 1) {
    for (const [name, args] of Object.entries(cases)) times[name]?.push(milliseconds(args));
  }
  const base = median(times['empty'] ?? []);
  console.log(`start-up, Node ${process.version}, median of ${runs} runs in turn`);
  for (const [name, values] of Object.entries(times)) {
    const ms = median(values);
    console.log(`  ${name.padEnd(14)} ${ms.toFixed(0).padStart(5)} ms   ${(ms / base).toFixed(2)} of an empty script`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
