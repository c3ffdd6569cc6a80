import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

import { readRecords, untouched, workOf } from '../../../core/waves/item-record.ts';
import type { Plan, WaveItem } from '../../../core/waves/plan.ts';
import { isMigratorError } from '../../../errors.ts';
import type { InstanceInfo } from '../../../ports/adapter.ts';
import type { Runner } from '../../../ports/runner.ts';
import { plural } from '../../../plural.ts';
import type { WorkerFacts } from '../../../queue/presence.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { keyPlaces } from '../../keys/key-files.ts';
import { keyRing } from '../../keys/key-ring.ts';
import { listOwnKeys } from '../../keys/own-keys.ts';
import { stagingDirectory } from '../../packages/package-folder.ts';
import { instancesOf } from '../../servers/instances.ts';
import { humanBytes } from '../../../amounts.ts';
import { plainText } from '../../../plain-text.ts';
import { lines, table } from '../../terminal/table.ts';
import type { ChoosingOptions } from './flags.ts';
import { foreseeAll, type ForeseenItem } from './foresee-all.ts';
import { chosenItems, ledgerKey, openWave } from './open-wave.ts';

interface Finding {
  readonly state: 'good' | 'warning' | 'bad';
  readonly subject: string;
  readonly text: string;
  readonly hint?: string | undefined;
}

/** Less free space than this is told, in bytes. A package of a project with its history may take gigabytes. */
const littleSpace = 2 * 1024 ** 3;

export async function runWaveCheck({ args: [path = ''], options }: Invocation<ChoosingOptions>, context: Context) {
  const asksNobody = { consent: () => Promise.resolve(false), requireAnswerable: () => undefined };
  const { plan, runner } = await openWave(path, () => asksNobody, context);
  const connection = await context.queue?.();
  const key = await ledgerKey(plan, context);
  const ledgers = await context.ledgers();
  const records = await readRecords(ledgers.of(key));
  const chosen = chosenItems(plan, records, options);
  const holder = await ledgers.holder(key);
  const left = plan.items.filter(({ id }) => {
    const { state } = records.get(id) ?? untouched;
    return chosen.has(id) && state !== 'done' && state !== 'partial';
  });
  const names = [...new Set(left.flatMap(({ from, to }) => [from, to]))];
  const reached = new Map<string, readonly Finding[]>();
  const workers =
    connection === undefined ? [] : await (await import('../../../queue/presence.ts')).workersOf(connection);
  const isServed = (name: string) => workers.some(({ serves }) => serves.includes(name));
  for (const name of names) reached.set(name, await instanceFindings(name, isServed(name), context));
  const isReached = (name: string) =>
    reached.get(name)?.every(({ state, subject }) => state !== 'bad' && subject !== elsewhere(name)) === true;
  const works = left.filter(({ from, to }) => isReached(from) && isReached(to)).map(workOf);
  const foreseen = await foreseeAll(works, runner, context.signal);
  const unseen = left.length - works.length;
  const findings: readonly Finding[] = [
    ...(holder === undefined
      ? []
      : [bad('the plan', `process ${String(holder.pid)} on ${holder.host} is running it`, 'wait, or use wave stop')]),
    ...(connection === undefined ? [] : queueFindings(connection.where, workers, left)),
    await keyFinding(context),
    await diskFinding(context),
    ...[...reached.values()].flat(),
    ...(await limitFindings(
      { ...plan, items: plan.items.filter(({ id }) => works.some((work) => work.id === id)) },
      runner,
    )),
    ...foreseen.flatMap(itemFindings),
    ...(unseen === 0 ? [] : [unseenFinding(unseen, connection !== undefined)]),
  ];
  const outcome = findings.some(({ state }) => state === 'bad') ? 'partial' : 'done';
  const marks = { good: 'ok', warning: 'warn', bad: 'FAIL' };
  const rows = findings.map(({ state, subject, text, hint }) => [
    marks[state],
    subject,
    plainText(hint === undefined ? text : `${text} (${hint})`),
  ]);
  const ready = foreseen.filter(({ fault }) => fault === undefined).length;
  context.result(
    'wave-check',
    { outcome, findings, foreseen },
    lines(
      table(['', 'what', 'finding'], rows, context.columns),
      `${String(ready)} of ${plural(left.length, 'item')} can be moved; ${String(chosen.size - left.length)} done already`,
    ),
  );
  return { outcome };
}

function bad(subject: string, text: string, hint?: string): Finding {
  return { state: 'bad', subject, text, ...(hint === undefined ? {} : { hint }) };
}

/** Of an instance that only workers reach. */
const elsewhere = (name: string): string => `${name}, by workers`;

function unseenFinding(count: number, byWorkers: boolean): Finding {
  const text = `${plural(count, 'item')} could not be looked at`;
  return byWorkers
    ? {
        state: 'warning',
        subject: 'items',
        text,
        hint: 'this machine does not reach both ends; run check on one that does',
      }
    : bad('items', text, 'see the instances above');
}

/** Whether workers serve what the items need. */
function queueFindings(where: string, workers: readonly WorkerFacts[], items: readonly WaveItem[]): readonly Finding[] {
  const needs = new Set(items.flatMap(({ from, to }) => [from, to]));
  const unserved = [...needs].filter((name) => !workers.some(({ serves }) => serves.includes(name)));
  return [
    { state: 'good', subject: 'queue', text: `Redis at ${where}, ${plural(workers.length, 'worker')}` },
    ...unserved.map((name): Finding => {
      const hint = `start one that reaches it: migrator worker --serves ${name}`;
      return { state: 'warning', subject: 'queue', text: `no worker serves ${name} now`, hint };
    }),
  ];
}

async function instanceFindings(name: string, isServed: boolean, context: Context): Promise<readonly Finding[]> {
  try {
    const { adapter } = await (await instancesOf(context)).source(name);
    return ofInfo(name, await adapter.probe(context.signal));
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    return isServed
      ? [{ state: 'warning', subject: elsewhere(name), text: `not from here: ${error.message}` }]
      : [bad(name, error.message, error.hint)];
  }
}

function ofInfo(name: string, { product, version, url, mode, notes, rights }: InstanceInfo): readonly Finding[] {
  return [
    {
      state: mode === 'normal' ? 'good' : 'warning',
      subject: name,
      text: `${product} ${version} at ${url}, ${mode} mode`,
    },
    ...notes.map((text): Finding => ({ state: 'warning', subject: name, text })),
    ...rights
      .filter(({ allowed }) => allowed === false)
      .map(({ action, detail }): Finding => {
        return { state: 'warning', subject: name, text: `this account may not ${action}`, hint: detail };
      }),
  ];
}

async function keyFinding(context: Context): Promise<Finding> {
  try {
    const own = await (await keyRing(context)).ownPublicKey();
    const { identities } = await listOwnKeys(keyPlaces(context.io), context.io);
    const { folder } = keyPlaces(context.io);
    return own === undefined || identities.length === 0
      ? { state: 'good', subject: 'keys', text: `they are made in ${folder} when a package first needs them` }
      : { state: 'good', subject: 'keys', text: `signing key ${own.keyId}, ${plural(identities.length, 'identity')}` };
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    return bad('keys', error.message, error.hint);
  }
}

/** The space for packages that go through this machine. */
async function diskFinding({ io }: Context): Promise<Finding> {
  let folder = stagingDirectory(io);
  for (;;) {
    try {
      const { bavail, bsize } = await statfs(folder);
      const free = bavail * bsize;
      const text = `${humanBytes(free)} free for packages in ${stagingDirectory(io)}`;
      return free >= littleSpace
        ? { state: 'good', subject: 'disk', text }
        : { state: 'warning', subject: 'disk', text, hint: 'name another folder with MIGRATOR_STATE_DIR' };
    } catch {
      // The folder is made when the first package needs it.
      const above = dirname(folder);
      if (above === folder) return bad('disk', `nobody can tell how much is free in ${stagingDirectory(io)}`);
      folder = above;
    }
  }
}

/** How many items at once the servers bear. */
async function limitFindings({ items, limits }: Plan, runner: Runner): Promise<readonly Finding[]> {
  const most = new Map<string, number>();
  for (const item of items)
    for (const { of, most: count } of await runner.slotsOf(workOf(item)))
      most.set(of, Math.min(count, most.get(of) ?? count));
  return [
    ...[...most].map(([of, count]): Finding => {
      return { state: 'good', subject: 'at once', text: `${plural(count, 'item')} on ${of}` };
    }),
    ...Object.entries(limits.instances).map(([name, count]): Finding => {
      return { state: 'good', subject: 'at once', text: `${plural(count, 'item')} on ${name}, by the plan` };
    }),
  ];
}

function itemFindings({ id, fault, question, needs }: ForeseenItem): readonly Finding[] {
  if (fault !== undefined) return [bad(id, fault.message, fault.hint)];
  if (question === undefined) return [];
  const hint = needs === 'terminal' ? undefined : 'without a terminal, the run needs --yes or a flag that allows it';
  return [{ state: 'warning', subject: id, text: question, ...(hint === undefined ? {} : { hint }) }];
}
