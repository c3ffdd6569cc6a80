import { resolve } from 'node:path';
import { runWave } from '../../../core/operations/wave/index.ts';
import { takeStock } from '../../../core/operations/wave/take-stock.ts';
import { type Question, requireConsent } from '../../../core/steps/consent.ts';
import { factsOf, type ItemRecord, readRecords, untouched, workOf } from '../../../core/waves/item-record.ts';
import type { Plan } from '../../../core/waves/plan.ts';
import { MigratorError } from '../../../errors.ts';
import type { Allowed, Runner } from '../../../ports/runner.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consenting } from '../../flags/caution.ts';
import { numberFlag } from '../../flags/duration-and-size.ts';
import { systemClock, tellingClock } from '../../runtime.ts';
import { consentOf } from '../allowed.ts';
import { lines } from '../../terminal/table.ts';
import { describeCounts, describeTrouble, foreseenTable } from './describe.ts';
import type { RunOptions } from './flags.ts';
import { foreseeAll, type ForeseenItem, questionForAll } from './foresee-all.ts';
import { chosenItems, ledgerKey, openWave } from './open-wave.ts';
import { endsOf, reportedWave } from './reported.ts';
import { queuedRunner } from './queued.ts';
import { untilOf } from './until.ts';
import { outcomeOf, worstExitCode } from './worst.ts';

const usualWorkers = 4;

export async function runWaveRun({ args: [path = ''], options }: Invocation<RunOptions>, context: Context) {
  const began = systemClock.now();
  const until = options.until === undefined ? undefined : untilOf(options.until, began, context.flagSource('until'));
  const workers =
    options.workers === undefined ? undefined : numberFlag(options.workers, context.flagSource('workers'));
  const agreed = new Map<string, Question['needs']>();
  const allowedFor = (id: string): Allowed => (options.yes === true ? 'all' : (agreed.get(id) ?? 'terminal'));
  const { plan, moves, runner: local } = await openWave(path, ({ id }) => consentOf(allowedFor(id)), context);
  const connection = await context.queue?.();
  const handing = { plan, moves, local, allowedFor, until };
  const runner = connection === undefined ? local : await queuedRunner(connection, handing, context);
  const key = await ledgerKey(plan, context);
  const ledgers = await context.ledgers();
  const dryRun = options.dryRun === true;
  const ledger = dryRun ? undefined : await ledgers.hold(key, `a run of "${plan.name}"`);
  const records = await readRecords(ledger ?? ledgers.of(key));
  const chosen = chosenItems(plan, records, options);
  requireSamePlan(plan, records, chosen, await keysOf(plan, chosen, records, runner));
  let foreseen: readonly ForeseenItem[] = [];
  const planned = () => (dryRun ? new Map(foreseen.map(({ id, counts }) => [id, counts])) : undefined);
  context.askedReport?.ofWave(() => reportedWave(factsOf(plan, records), context, planned()), endsOf(plan));
  const reporter = await context.reporter();
  const clock = tellingClock(reporter);
  if (ledger !== undefined) await takeStock(plan, records, chosen, { runner, ledger, reporter, clock }, context.signal);
  foreseen = await consent({ plan, chosen, records, runner, agreed }, options, context);
  if (ledger !== undefined) {
    const input = {
      plan,
      chosen,
      // Workers of a queue have limits of their own, and what is queued goes on without this process.
      workers: workers ?? plan.limits.workers ?? (connection === undefined ? usualWorkers : plan.items.length),
      onFailure: options.onFailure ?? plan.onFailure,
      until,
    };
    await runWave(input, records, { runner, ledger, reporter, clock }, context.signal);
    await ledger.release();
  }
  const facts = factsOf(plan, records);
  const items = facts.items.filter(({ id }) => chosen.has(id));
  const outcome = outcomeOf(items);
  const seconds = Math.round((systemClock.now().getTime() - began.getTime()) / 100) / 10;
  const report = options.report === undefined ? undefined : resolve(context.io.cwd, options.report);
  context.result(
    'wave-run',
    { outcome: dryRun ? 'done' : outcome, dryRun, seconds, chosen: [...chosen], foreseen, report, ...facts },
    dryRun
      ? lines(foreseenTable(foreseen, context.columns), 'nothing was changed')
      : lines(
          ...describeTrouble(items),
          `${plan.name}: ${describeCounts(factsOf({ ...plan, items: plan.items.filter(({ id }) => chosen.has(id)) }, records))}`,
          outcome === 'done' ? undefined : `to go on with what is left: migrator wave run ${path}`,
        ),
  );
  if (!dryRun) context.exitCode = worstExitCode(items);
  return undefined;
}

/** The keys of the items that an earlier run has begun and not ended. */
async function keysOf(
  plan: Plan,
  chosen: ReadonlySet<string>,
  records: ReadonlyMap<string, ItemRecord>,
  runner: Runner,
): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  for (const item of plan.items) {
    const { state } = records.get(item.id) ?? untouched;
    if (chosen.has(item.id) && ['running', 'interrupted', 'started'].includes(state))
      keys.set(item.id, await runner.keyOf(workOf(item)));
  }
  return keys;
}

/** CONFLICT when an item that was begun means other work now: then its job would be lost, and started a second time. */
function requireSamePlan(
  plan: Plan,
  records: ReadonlyMap<string, ItemRecord>,
  chosen: ReadonlySet<string>,
  keys: ReadonlyMap<string, string>,
): void {
  const changed = plan.items.filter(({ id }) => {
    const { key } = records.get(id) ?? untouched;
    const now = keys.get(id);
    return chosen.has(id) && key !== undefined && now !== undefined && key !== now;
  });
  if (changed.length === 0) return;
  const names = changed.map(({ id }) => `"${id}"`).join(', ');
  const handle = changed.flatMap(({ id }) => records.get(id)?.jobs ?? []).at(-1);
  throw new MigratorError('CONFLICT', `the plan says something else of ${names} than when it was started`, {
    hint: `put these items back as they were${handle === undefined ? '' : `, or wait for the job first: migrator job wait ${handle}`}`,
    details: { items: changed.map(({ id }) => id) },
  });
}

interface Asking {
  readonly plan: Plan;
  readonly chosen: ReadonlySet<string>;
  readonly records: ReadonlyMap<string, ItemRecord>;
  readonly runner: Runner;
  /** What the user agrees to is added. */
  readonly agreed: Map<string, Question['needs']>;
}

/** Asks once for all items, after looking at what they would do. With `--yes` there is nothing to look for. */
async function consent(
  { plan, chosen, records, runner, agreed }: Asking,
  { yes = false, dryRun = false }: RunOptions,
  context: Context,
): Promise<readonly ForeseenItem[]> {
  if (yes && !dryRun) return [];
  const isLeft = ({ state, jobs }: ItemRecord) =>
    state !== 'done' && state !== 'partial' && (state === 'failed' || jobs.length === 0);
  const left = plan.items.filter(({ id }) => chosen.has(id) && isLeft(records.get(id) ?? untouched));
  const foreseen = await foreseeAll(left.map(workOf), runner, context.signal);
  const question = questionForAll(foreseen);
  if (dryRun) return foreseen;
  const asking = consenting({ yes }, context);
  await requireConsent(question, 'nothing was moved, because the answer was no', asking);
  const { stdinIsTTY, stderrIsTTY } = context.io;
  for (const { id, needs, whole } of foreseen) {
    if (needs !== undefined) agreed.set(id, needs);
    // Somebody said yes, and knew that more comes along than is counted.
    if (question !== undefined && !whole && stdinIsTTY && stderrIsTTY)
      agreed.set(id, needs === 'answer' ? needs : 'allowance');
  }
  return foreseen;
}
