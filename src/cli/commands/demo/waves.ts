import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MigratorError } from '../../../errors.ts';
import { plural } from '../../../plural.ts';
import type { WaveFacts } from '../../../core/waves/item-record.ts';
import type { Context } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { lines } from '../../terminal/table.ts';
import { binary, inventory, type Stage } from './stage.ts';

const pairs = [1, 2, 3, 4] as const;

export const waveInstances = `# Four pairs of embedded Octopus Deploy instances: real HTTP on loopback, state in SQLite below this folder.
instances:
${pairs
  .flatMap((n) => [
    `  lab${String(n)}:  { product: octopus, url: "embedded:./lab${String(n)}",  sample: source, pace: 1ms }`,
    `  prod${String(n)}: { product: octopus, url: "embedded:./prod${String(n)}", sample: target, pace: 1ms }`,
  ])
  .join('\n')}
`;

const first = ['Audit Log', 'Billing', 'Invoicing', 'Ledger Sync', 'Web Shop'];
const second = ['Mobile API', 'Route Planner', 'Search', 'Shipping Labels', 'Warehouse'];
/** It is in the plan, and nobody has it any more. */
const deleted = 'Old Shop';

function plan(): string {
  const items = (projects: readonly string[], n: number) =>
    projects.map((project) => {
      // In the last pair one item fails on purpose, and one needs it.
      const isLast = n === pairs.length;
      const named = isLast && project === 'Search' ? deleted : project;
      const needs = isLast && project === 'Warehouse' ? `, needs: [${deleted} ${String(n)}]` : '';
      return `      - { project: ${named}, as: ${named} ${String(n)}, from: lab${String(n)}, to: prod${String(n)}${needs} }`;
    });
  return lines(
    'name: demo',
    '# What the targets have already stays.',
    'defaults: { options: { skip-existing: true } }',
    'limits: { workers: 4 }',
    'waves:',
    '  - name: first',
    '    items:',
    ...pairs.flatMap((n) => items(first, n)),
    '  - name: second',
    '    needs: [first]',
    '    items:',
    ...pairs.flatMap((n) => items(second, n)),
    '',
  );
}

/** Moves 40 projects over four pairs of instances, in two waves with four workers. */
export async function runWaveDemo(stage: Stage, say: (...text: readonly string[]) => void, context: Context) {
  const began = Date.now();
  const { folder } = stage;
  await writeFile(join(folder, 'plan.yaml'), plan());
  say(
    `Four pairs of embedded Octopus Deploy instances in ${folder}, and plan.yaml with 40 projects in two waves.`,
    `"${deleted}" is in the plan and on no server, so one item fails. Another one needs it, and is skipped.`,
  );
  const report = join(folder, 'report.html');
  const code = await runWave(stage, ['wave', 'run', 'plan.yaml', '--yes', '--report', 'report.html'], context);
  const { counts } = await waveStatus(stage);
  const isAsPlanned = counts.done === 38 && counts.failed === 1 && counts.skipped === 1 && code === exitCodes.usage;
  if (!isAsPlanned) throw wrong(`${JSON.stringify(counts)} with exit code ${String(code)}`);
  for (const n of pairs) {
    const there = (await inventory(stage, `prod${String(n)}`)).filter(({ kind }) => kind === 'project');
    const isLast = n === pairs.length;
    const expected = [...first, ...second].filter((name) => !isLast || (name !== 'Search' && name !== 'Warehouse'));
    const missing = expected.filter((name) => there.filter((one) => one.name === name).length !== 1);
    if (missing.length > 0) throw wrong(`prod${String(n)} does not have ${missing.join(', ')} exactly once`);
  }
  const seconds = Math.round((Date.now() - began) / 100) / 10;
  context.result(
    'demo-waves',
    { folder, report, seconds, done: counts.done, failed: counts.failed, skipped: counts.skipped },
    lines(
      '',
      `${plural(counts.done, 'project')} moved, ${String(counts.failed)} failed on purpose, ${String(counts.skipped)} skipped, in ${String(seconds)} s.`,
      `Each is on its target exactly once. The report is ${report}.`,
      'Run the same in that folder again, and only what is left is tried: "migrator wave run plan.yaml".',
    ),
  );
  return undefined;
}

/** What the ledger of the plan says. */
async function waveStatus({ folder, env }: Stage): Promise<Pick<WaveFacts, 'counts'>> {
  const line = [binary, 'wave', 'status', 'plan.yaml', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, line, { cwd: folder, env: { ...env } });
  return JSON.parse(stdout) as WaveFacts;
}

const wrong = (what: string): MigratorError =>
  new MigratorError('JOB_FAILED', `the waves of the demo ended otherwise than planned: ${what}`);

interface ItemEvent {
  readonly type: string;
  readonly item?: string;
  readonly state?: string;
  readonly reason?: string;
  readonly ended?: number;
  readonly total?: number;
}

/** Runs the binary, and shows a line for each item that has ended. */
async function runWave({ folder, env }: Stage, args: readonly string[], { io }: Context): Promise<number | null> {
  io.stderr.write(`\n$ migrator ${args.join(' ')}\n`);
  const child = spawn(process.execPath, [binary, ...args, '--progress', 'json'], {
    cwd: folder,
    env: { ...env, MIGRATOR_QUIET: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => io.stderr.write(chunk));
  const closed = new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  let ended = '';
  for await (const line of createInterface({ input: child.stderr })) {
    const event = JSON.parse(line) as ItemEvent;
    if (event.type === 'items') ended = `${String(event.ended)} of ${String(event.total)}`;
    if (event.type !== 'item' || event.state === 'running') continue;
    io.stderr.write(
      `  ${event.item ?? ''}: ${event.state ?? ''}${event.reason === undefined ? '' : `: ${event.reason}`}\n`,
    );
  }
  io.stderr.write(`  ${ended}\n`);
  return closed;
}
