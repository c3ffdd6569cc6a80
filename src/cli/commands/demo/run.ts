import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MigratorError } from '../../../errors.ts';
import { localError, systemCode } from '../../../files/local-error.ts';
import { temporaryFolder, makePrivateFolder } from '../../../files/private-folder.ts';
import type { InventoryItem } from '../../../ports/adapter.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { lines } from '../../terminal/table.ts';
import type { DemoOptions } from './flags.ts';
import { folded } from './folded.ts';
import { binary, inventory, type Stage } from './stage.ts';
import { runWaveDemo, waveInstances } from './waves.ts';

const rcFile = `# Three embedded Octopus Deploy instances: real HTTP on loopback, state in SQLite below this folder.
instances:
  lab:  { product: octopus, url: "embedded:./lab",  sample: source, pace: 10ms }
  prod: { product: octopus, url: "embedded:./prod", sample: target, pace: 10ms }
  next: { product: octopus, url: "embedded:./next", sample: target, pace: 10ms, version: 2026.1.2000, flavor: linux }
`;

/** Runs the main scenarios on embedded instances. Each step runs the real binary and shows its output. */
export async function runDemo({ options }: Invocation<DemoOptions>, context: Context) {
  const began = Date.now();
  const folder = options.folder === undefined ? await temporaryFolder('demo') : resolve(context.io.cwd, options.folder);
  await makePrivateFolder(folder, 'name another with --folder');
  const instances = options.waves === true ? waveInstances : rcFile;
  await writeFile(join(folder, '.migratorrc.yaml'), instances, { flag: 'wx' }).catch((cause: unknown) => {
    if (systemCode(cause) !== 'EEXIST') throw localError(cause, `could not write into "${folder}"`);
    throw new MigratorError('CONFLICT', `"${folder}" already holds an rc file`, {
      hint: 'name an empty folder with --folder',
      cause,
    });
  });
  const full = context.globals.progress === 'plain';
  // Nothing of the user's reaches the steps: no rc file with real servers, no value of a flag, no key and no journal.
  const foreign = Object.entries(context.io.env).filter(([name]) => !name.startsWith('MIGRATOR_'));
  const env = {
    ...Object.fromEntries(foreign),
    MIGRATOR_STATE_DIR: join(folder, 'state'),
    MIGRATOR_CONFIG_DIR: join(folder, 'config'),
    ...(full ? { MIGRATOR_PROGRESS: 'plain' } : { MIGRATOR_QUIET: '1' }),
  };
  const stage: Stage = { folder, env, context, full };
  const say = (...text: readonly string[]) => context.io.stderr.write(`\n# ${text.join('\n# ')}\n`);

  if (options.waves === true) return runWaveDemo(stage, say, context);
  say(
    `Three embedded Octopus Deploy instances in ${folder}:`,
    '"lab" and "prod" of 2023 on Windows, "next" of 2026 on Linux.',
    ...(full ? [] : ['The steps show their results. For all that they print, add --progress plain.']),
  );
  await show(stage, 'doctor');
  const prod = await inventory(stage, 'prod');
  const next = await inventory(stage, 'next');
  say('1. Between servers of one version: export two projects of lab to a signed and encrypted package');
  const projects = ['Web Shop', 'Billing'];
  const named = projects.flatMap((project) => ['--project', project]);
  await show(stage, 'partial-export', '--from', 'lab', ...named, '-o', 'handover.tar');
  say('Verify the package and its content');
  await show(stage, 'package', 'verify', 'handover.tar', '--content');
  say('Make a dry run of the import into prod: the server shows what it would do');
  await show(stage, 'import', 'handover.tar', '--to', 'prod', '--dry-run');
  proveUnchanged(prod, await inventory(stage, 'prod'));
  say('Import the package');
  await show(stage, 'import', 'handover.tar', '--to', 'prod');
  say('2. To a newer server on Linux: move a project with one command, which finds out how');
  await show(stage, 'migrate-project', 'Mobile API', '--from', 'lab', '--to', 'next', '--via', 'auto');
  say(
    prove('prod', prod, await inventory(stage, 'prod'), projects),
    prove('next', next, await inventory(stage, 'next'), ['Mobile API']),
  );

  const seconds = Math.round((Date.now() - began) / 100) / 10;
  const handover = join(folder, 'handover.tar');
  context.result(
    'demo',
    { folder, package: handover, seconds },
    lines(
      '',
      `All steps succeeded, in ${seconds} s.`,
      `The package is ${handover}. The instances are kept in ${folder}.`,
      'To look at them, and at the server\'s logs, run migrator in that folder: "migrator job list --from prod".',
    ),
  );
  return undefined;
}

/** Shows one command line, runs it and shows its output. */
async function show(stage: Stage, ...args: readonly string[]): Promise<void> {
  const { stderr } = stage.context.io;
  stderr.write(`\n$ migrator ${args.map(quoted).join(' ')}\n`);
  if (stage.full) return runBinary(stage, args, (chunk) => stderr.write(chunk));
  let text = '';
  try {
    await runBinary(stage, args, (chunk) => (text += chunk));
  } finally {
    stderr.write(folded(text));
  }
}

function quoted(word: string): string {
  return /^[\w:./@=-]+$/u.test(word) ? word : `"${word}"`;
}

function runBinary(stage: Stage, args: readonly string[], show: (chunk: string) => void): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [binary, ...args], {
      cwd: stage.folder,
      env: stage.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const output of [child.stdout, child.stderr]) output.setEncoding('utf8').on('data', show);
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done();
      else
        fail(
          new MigratorError(
            'JOB_FAILED',
            `the step "migrator ${args.join(' ')}" of the demo ended with exit code ${code ?? 'none'}`,
          ),
        );
    });
  });
}

const keyOf = (item: InventoryItem) => `${item.kind} ${item.id} ${item.name}`;

function proveUnchanged(before: readonly InventoryItem[], after: readonly InventoryItem[]): void {
  const same = JSON.stringify(before.map(keyOf).sort()) === JSON.stringify(after.map(keyOf).sort());
  if (!same) throw new MigratorError('JOB_FAILED', 'the dry run changed the target');
}

/** Checks, by id and name, that an instance lost nothing and has the expected projects. */
function prove(
  name: string,
  before: readonly InventoryItem[],
  after: readonly InventoryItem[],
  expected: readonly string[],
): string {
  const now = new Set(after.map(keyOf));
  const lost = before.filter((item) => !now.has(keyOf(item)));
  const projects = new Set(after.filter((item) => item.kind === 'project').map((item) => item.name));
  const missing = expected.filter((project) => !projects.has(project));
  if (lost.length > 0 || missing.length > 0) {
    throw new MigratorError(
      'JOB_FAILED',
      `${name} lost ${lost.length} objects, and ${missing.length} projects are missing`,
      { details: { lost, missing } },
    );
  }
  return `${name} now has ${expected.join(' and ')}. All ${before.length} objects from before are still there; new objects: ${after.length - before.length}.`;
}
