import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MigratorError } from '../../../errors.ts';
import { localError, systemCode } from '../../../files/local-error.ts';
import { temporaryFolder, makePrivateFolder } from '../../../files/private-folder.ts';
import type { InventoryItem } from '../../../ports/adapter.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { lines } from '../../terminal/table.ts';
import type { DemoOptions } from './flags.ts';

const binary = fileURLToPath(new URL('../../../../bin/migrator.mjs', import.meta.url));

const rcFile = `# Two embedded Octopus Deploy instances: real HTTP on loopback, state in SQLite below this folder.
instances:
  lab:  { product: octopus, url: "embedded:./lab",  sample: source, pace: 60ms }
  prod: { product: octopus, url: "embedded:./prod", sample: target, pace: 60ms }
`;

interface Stage {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly context: Context;
}

/** Runs the main scenario on embedded instances. Each step runs the real binary and shows its output. */
export async function runDemo({ options }: Invocation<DemoOptions>, context: Context) {
  const began = Date.now();
  const folder = options.folder === undefined ? await temporaryFolder('demo') : resolve(context.io.cwd, options.folder);
  await makePrivateFolder(folder, 'name another with --folder');
  await writeFile(join(folder, '.migratorrc.yaml'), rcFile, { flag: 'wx' }).catch((cause: unknown) => {
    if (systemCode(cause) !== 'EEXIST') throw localError(cause, `could not write into "${folder}"`);
    throw new MigratorError('CONFLICT', `"${folder}" already holds an rc file`, {
      hint: 'name an empty folder with --folder',
      cause,
    });
  });
  // The demo has its own keys and journal, so that those of the user do not change.
  const env = {
    ...context.io.env,
    MIGRATOR_STATE_DIR: join(folder, 'state'),
    MIGRATOR_CONFIG_DIR: join(folder, 'config'),
    DEMO_PASSWORD: randomBytes(24).toString('base64url'),
    MIGRATOR_JSON: undefined,
  };
  const stage: Stage = { folder, env, context };
  const say = (text: string) => context.io.stderr.write(`\n# ${text}\n`);

  say(`Two embedded Octopus Deploy instances, "lab" and "prod", in ${folder}`);
  await show(stage, 'doctor');
  const before = await inventory(stage);
  say('Export two projects of lab to a signed and encrypted package');
  await show(
    stage,
    'partial-export',
    '--from',
    'lab',
    '--project',
    'Web Shop',
    '--project',
    'Billing',
    '--password',
    'env:DEMO_PASSWORD',
    '-o',
    'handover.tar',
  );
  say('Inspect the package, and verify it');
  await show(stage, 'package', 'inspect', 'handover.tar');
  await show(stage, 'package', 'verify', 'handover.tar', '--content');
  say('Make a dry run of the import into prod: the server shows what it would do');
  await show(stage, 'import', 'handover.tar', '--to', 'prod', '--password', 'env:DEMO_PASSWORD', '--dry-run');
  proveUnchanged(before, await inventory(stage));
  say('Import the package');
  await show(stage, 'import', 'handover.tar', '--to', 'prod', '--password', 'env:DEMO_PASSWORD');
  const after = await inventory(stage);
  say(prove(before, after, ['Web Shop', 'Billing']));
  say('Move a third project with one command');
  await show(stage, 'migrate-project', 'Mobile API', '--from', 'lab', '--to', 'prod');
  say(prove(after, await inventory(stage), ['Mobile API']));
  await show(stage, 'inventory', '--from', 'prod');

  const seconds = Math.round((Date.now() - began) / 100) / 10;
  const handover = join(folder, 'handover.tar');
  context.result(
    'demo',
    { folder, package: handover, seconds },
    lines(
      '',
      `All steps succeeded, in ${seconds} s.`,
      `The package is ${handover}. The instances are kept in ${folder}.`,
    ),
  );
  return undefined;
}

/** Shows one command line, runs it and shows its output. */
async function show(stage: Stage, ...args: readonly string[]): Promise<void> {
  stage.context.io.stderr.write(`\n$ migrator ${args.map(quoted).join(' ')}\n`);
  await runBinary(stage, args, (chunk) => stage.context.io.stderr.write(chunk));
}

function quoted(word: string): string {
  return /^[\w:./@=-]+$/u.test(word) ? word : `"${word}"`;
}

async function inventory(stage: Stage): Promise<readonly InventoryItem[]> {
  let text = '';
  await runBinary(stage, ['inventory', '--all', '--from', 'prod', '--json', '--quiet'], (chunk, fromStdout) => {
    if (fromStdout) text += chunk;
  });
  return (JSON.parse(text) as { items: InventoryItem[] }).items;
}

function runBinary(
  stage: Stage,
  args: readonly string[],
  show: (chunk: string, fromStdout: boolean) => void,
): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [binary, ...args], {
      cwd: stage.folder,
      env: stage.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => show(chunk, true));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => show(chunk, false));
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

/** Checks, by id and name, that prod lost nothing and has the expected projects. */
function prove(before: readonly InventoryItem[], after: readonly InventoryItem[], expected: readonly string[]): string {
  const now = new Set(after.map(keyOf));
  const lost = before.filter((item) => !now.has(keyOf(item)));
  const projects = new Set(after.filter((item) => item.kind === 'project').map((item) => item.name));
  const missing = expected.filter((name) => !projects.has(name));
  if (lost.length > 0 || missing.length > 0) {
    throw new MigratorError(
      'JOB_FAILED',
      `prod lost ${lost.length} objects, and ${missing.length} projects are missing`,
      { details: { lost, missing } },
    );
  }
  return `prod now has ${expected.join(' and ')}. All ${before.length} objects from before are still there; new objects: ${after.length - before.length}.`;
}
