import { probe } from '../../../core/steps/preflight.ts';
import { isMigratorError } from '../../../errors.ts';
import { stalePartials } from '../../../files/partial-name.ts';
import type { InstanceInfo } from '../../../ports/adapter.ts';
import { silent } from '../../../ports/reporter.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { keyPlaces, keyWarnings } from '../../keys/key-files.ts';
import { keyRing } from '../../keys/key-ring.ts';
import { listOwnKeys } from '../../keys/own-keys.ts';
import { stagingDirectory } from '../../packages/package-folder.ts';
import { instancesOf } from '../../servers/instances.ts';
import { humanBytes } from '../../terminal/amounts.ts';
import { lines } from '../../terminal/table.ts';
import { version } from '../../version.ts';

interface Finding {
  readonly subject: string;
  readonly state: 'good' | 'warning' | 'bad';
  readonly text: string;
  readonly hint?: string | undefined;
}

export async function runDoctor({ args: names }: Invocation, context: Context) {
  const config = await context.config();
  // An unknown name is an error of the command line, not a finding about a server.
  if (names.length > 0) for (const name of names) (await instancesOf(context)).config(name);
  const wanted = names.length > 0 ? names : Object.keys(config.instances);
  const findings: Finding[] = [
    {
      subject: 'migrator',
      state: 'good',
      text: `${version()} on Node ${process.version}, ${process.platform} ${process.arch}`,
    },
    {
      subject: 'rc file',
      state: config.file === undefined ? 'warning' : 'good',
      text: config.file ?? 'none found',
      hint: config.file === undefined ? 'write one with: migrator init' : undefined,
    },
    await keys(context),
    ...(await leftovers(context)),
  ];
  for (const name of wanted) findings.push(...(await examine(name, context)));
  const bad = findings.filter((finding) => finding.state === 'bad').length;
  const outcome = bad > 0 ? 'partial' : 'done';
  context.result(
    'doctor',
    { outcome, findings },
    lines(...findings.map(describe), bad > 0 ? `${bad} of ${wanted.length} instances cannot be used` : undefined),
  );
  return { outcome };
}

async function keys(context: Context): Promise<Finding> {
  const ring = await keyRing(context);
  const own = await ring.ownPublicKey();
  const { identities } = await listOwnKeys(keyPlaces(context.io), context.io);
  const { folder } = keyPlaces(context.io);
  const [exposed] = await keyWarnings(context.io);
  if (exposed !== undefined) return { subject: 'keys', state: 'warning', text: exposed };
  if (own === undefined || identities.length === 0) {
    return {
      subject: 'keys',
      state: 'good',
      text: `not all keys exist yet; they are created in ${folder} when they are first needed`,
    };
  }
  return {
    subject: 'keys',
    state: 'good',
    text: `signing key ${own.keyId}, ${identities.length} identities, in ${folder}`,
  };
}

/** Partial files that killed runs left in the working directory, the staging folder and the key folder. */
async function leftovers({ io }: Context): Promise<readonly Finding[]> {
  const found = await Promise.all(
    [io.cwd, stagingDirectory(io), keyPlaces(io).folder].map((folder) => stalePartials(folder)),
  );
  return found.flat().map(({ path, size }) => ({
    subject: 'leftover',
    state: 'warning',
    text: `${path} (${humanBytes(size)}) was left by a run that was killed`,
    hint: 'delete it; to resume the run, run the same command again',
  }));
}

async function examine(name: string, context: Context): Promise<readonly Finding[]> {
  try {
    const instance = await (await instancesOf(context)).source(name);
    const info = await probe(instance, silent, context.signal);
    const account = info.account ?? (await instance.adapter.account?.(context.signal)) ?? 'unknown';
    return [{ subject: name, state: 'good', text: summary(info, account) }, ...remarks(name, info)];
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    return [{ subject: name, state: 'bad', text: error.message, hint: error.hint }];
  }
}

function summary({ product, version: release, url, mode }: InstanceInfo, account: string): string {
  return `${product} ${release} at ${url}, as ${account}, ${mode} mode`;
}

function remarks(name: string, { notes, rights }: InstanceInfo): readonly Finding[] {
  return [
    ...notes.map((text): Finding => ({ subject: name, state: 'warning', text })),
    ...rights
      .filter((right) => right.allowed === false)
      .map((right): Finding => ({
        subject: name,
        state: 'warning',
        text: `this account may not ${right.action}`,
        hint: right.detail,
      })),
  ];
}

const marks = { good: 'ok  ', warning: 'warn', bad: 'FAIL' };

function describe({ subject, state, text, hint }: Finding): string {
  return `${marks[state]}  ${subject}: ${text}${hint === undefined ? '' : `\n      ${hint}`}`;
}
