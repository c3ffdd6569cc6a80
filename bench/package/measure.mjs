// Runs shell commands in turn and compares them. On a shared machine only ratios within one run mean anything.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} command for sh
 * @property {string} [before] run before each repetition, not measured
 * @property {string} [base] name of the case it is compared with
 * @property {number} [most] the largest ratio that reaches the aim
 *
 * @typedef {object} Sample
 * @property {number} seconds
 * @property {number} cpu seconds, user and system
 * @property {number} mebibytes peak of resident memory of the largest process
 */

/** @param {string} command @param {string} cwd @param {Record<string, string | undefined>} env @returns {Sample} */
export function measure(command, cwd, env) {
  const folder = mkdtempSync(join(tmpdir(), 'migrator-measure-'));
  const report = join(folder, 'report');
  try {
    const { status, stderr } = spawnSync('/usr/bin/time', ['-f', '%e %U %S %M', '-o', report, 'sh', '-c', command], {
      cwd,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${command}: exit ${status}\n${stderr}`);
    const [seconds = 0, user = 0, system = 0, kibibytes = 0] = readFileSync(report, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    return { seconds, cpu: user + system, mebibytes: kibibytes / 1024 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {readonly number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/**
 * Prints a table of medians. A ratio is the median of the ratios of cases that ran one after the other.
 * @param {string} title @param {readonly Case[]} cases @param {number} runs @param {string} cwd
 * @param {Record<string, string | undefined>} env
 */
export function compare(title, cases, runs, cwd, env) {
  /** @type {Map<string, Sample[]>} */
  const samples = new Map(cases.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const { name, command, before } of cases) {
      if (before !== undefined) measure(before, cwd, env);
      samples.get(name)?.push(measure(command, cwd, env));
    }
  }
  const cell = (/** @type {string} */ text) => text.replaceAll('|', '\\|');
  const of = (/** @type {string} */ name) => samples.get(name) ?? [];
  console.log(
    `\n### ${title}\n\n| case | wall s | CPU s | peak MiB | ratio | aim |\n| --- | --- | --- | --- | --- | --- |`,
  );
  for (const { name, base, most } of cases) {
    const own = of(name);
    const ratios = base === undefined ? [] : own.map(({ seconds }, run) => seconds / (of(base)[run]?.seconds ?? NaN));
    const ratio = base === undefined ? '' : `${median(ratios).toFixed(2)} of ${base}`;
    const [wall, cpu] = [median(own.map(({ seconds }) => seconds)), median(own.map((sample) => sample.cpu))];
    const peak = Math.max(...own.map(({ mebibytes }) => mebibytes));
    const aim = most === undefined ? '' : `≤ ${most.toFixed(1)}`;
    console.log(
      `| ${cell(name)} | ${wall.toFixed(2)} | ${cpu.toFixed(2)} | ${peak.toFixed(0)} | ${cell(ratio)} | ${aim} |`,
    );
  }
}
