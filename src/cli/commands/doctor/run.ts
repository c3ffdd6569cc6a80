import { isMigratorError } from '../../../errors.ts';
import { stalePartials } from '../../../files/partial-name.ts';
import type { InstanceInfo } from '../../../ports/adapter.ts';
import { plural } from '../../../plural.ts';
import { isStore } from '../../../stores/index.ts';
import type { Invocation } from '../../build-command.ts';
import { wayToOne } from '../../config/no-rc-file.ts';
import type { Context } from '../../context.ts';
import { keyPlaces, keyWarnings } from '../../keys/key-files.ts';
import { keyRing } from '../../keys/key-ring.ts';
import { listOwnKeys } from '../../keys/own-keys.ts';
import { stagingDirectory } from '../../packages/package-folder.ts';
import { instancesOf } from '../../servers/instances.ts';
import { humanBytes } from '../../../amounts.ts';
import { lines, table } from '../../terminal/table.ts';
import { version } from '../../version.ts';
import { fileFindings, type Finding } from '../rc-findings.ts';
import { comparePairs, describePairs, type Reached } from './pairs.ts';

/** One line of the table at the end. */
interface Row {
  readonly instance: string;
  readonly product: string;
  readonly version?: string | undefined;
  readonly account?: string | undefined;
  readonly state: 'good' | 'warning' | 'bad';
}

export async function runDoctor({ args: names }: Invocation, context: Context) {
  const config = await context.config();
  // An unknown name is an error of the command line, not a finding about a server.
  if (names.length > 0) for (const name of names) (await instancesOf(context)).config(name);
  const wanted = names.length > 0 ? [...new Set(names)] : Object.keys(config.instances);
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
      hint: config.file === undefined ? await wayToOne(context.io) : undefined,
    },
    ...(await fileFindings(config, context)),
    ...(await orFinding('keys', () => keys(context))),
    ...(await leftovers(context)),
  ];
  const rows: Row[] = [];
  const reached: Reached[] = [];
  for (const name of wanted) {
    const { found, row, ...more } = await examine(name, config.instances[name]?.product ?? '', context);
    findings.push(...found);
    rows.push(row);
    if (more.reached !== undefined) reached.push(more.reached);
  }
  const pairs = await comparePairs(
    reached,
    { from: config.defaults['from'], to: config.defaults['to'] },
    context.signal,
  );
  const bad = findings.filter((finding) => finding.state === 'bad').length;
  const unusable = rows.filter(({ state }) => state === 'bad').length;
  const outcome = bad > 0 ? 'partial' : 'done';
  context.result(
    'doctor',
    { outcome, findings, instances: rows, pairs },
    lines(
      ...findings.map(describe),
      ...describePairs(pairs).map(({ moves, text }) => `${moves ? marks.good : marks.warning}  ${text}`),
      rows.length === 0 ? undefined : `\n${tableOf(rows)}`,
      unusable > 0 ? `${unusable} of ${wanted.length} instances cannot be used` : undefined,
      bad > unusable ? `${bad - unusable} more failed` : undefined,
    ),
  );
  return { outcome };
}

function tableOf(rows: readonly Row[]): string {
  const words = { good: 'ok', warning: 'ok, with warnings', bad: 'FAIL' };
  return table(
    ['instance', 'product', 'version', 'account', 'state'],
    rows.map((row) => [row.instance, row.product, row.version ?? '-', row.account ?? '-', words[row.state]]),
  );
}

/** What fails in one part does not keep the others from being looked at. */
async function orFinding(subject: string, look: () => Promise<Finding>): Promise<readonly Finding[]> {
  try {
    return [await look()];
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    return [{ subject, state: 'bad', text: error.message, hint: error.hint }];
  }
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
    text: `signing key ${own.keyId}, ${plural(identities.length, 'identity')}, in ${folder}`,
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

interface Examined {
  readonly found: readonly Finding[];
  readonly row: Row;
  readonly reached?: Reached;
}

async function examine(name: string, product: string, context: Context): Promise<Examined> {
  try {
    const instances = await instancesOf(context);
    if (isStore(product)) return await examineStore(name, product, context);
    const instance = await instances.source(name);
    const info = await instance.adapter.probe(context.signal);
    const account = info.account ?? (await instance.adapter.account?.(context.signal)) ?? 'unknown';
    const notes = remarks(name, info);
    return {
      found: [{ subject: name, state: 'good', text: summary(info, account) }, ...notes],
      row: { instance: name, product, version: info.version, account, state: notes.length > 0 ? 'warning' : 'good' },
      reached: { instance, info, imports: (await instances.target(name)).adapter.imports !== undefined },
    };
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    return {
      found: [{ subject: name, state: 'bad', text: withoutName(error.message, name), hint: error.hint }],
      row: { instance: name, product, state: 'bad' },
    };
  }
}

/** A store has no account that it tells, and no release. */
async function examineStore(name: string, product: string, context: Context): Promise<Examined> {
  const { adapter } = await (await instancesOf(context)).keeper(name, 'read');
  const info = await adapter.probe(context.signal);
  const notes = remarks(name, info);
  return {
    found: [{ subject: name, state: 'good', text: `a store of packages (${product}) at ${info.url}` }, ...notes],
    row: { instance: name, product, state: notes.length > 0 ? 'warning' : 'good' },
  };
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

/** The line begins with the name of the instance already. */
function withoutName(message: string, name: string): string {
  return message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
}
