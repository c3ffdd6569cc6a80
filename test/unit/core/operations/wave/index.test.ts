import { describe, expect, it } from '@jest/globals';
import { readYaml } from '../../../../../src/cli/commands/wave/plan-yaml.ts';
import { runWave, type WaveInput } from '../../../../../src/core/operations/wave/index.ts';
import { askToStop } from '../../../../../src/core/waves/stop.ts';
import { takeStock } from '../../../../../src/core/operations/wave/take-stock.ts';
import { factsOf, readRecords, type ItemRecord } from '../../../../../src/core/waves/item-record.ts';
import { readPlan } from '../../../../../src/core/waves/plan-file.ts';
import type { Plan } from '../../../../../src/core/waves/plan.ts';
import { MigratorError } from '../../../../../src/errors.ts';
import type { HeldLedger, Json } from '../../../../../src/ports/journal.ts';
import type { Event } from '../../../../../src/ports/reporter.ts';
import type { ItemEnd, Runner } from '../../../../../src/ports/runner.ts';

function planOf(text: string): Plan {
  const { root } = readYaml(`from: lab\nto: prod\n${text}`);
  if (root === undefined) throw new Error('the plan cannot be read');
  const instances = [
    { name: 'lab', product: 'octopus' },
    { name: 'prod', product: 'octopus' },
  ];
  const { plan, faults } = readPlan(root, { name: 'test', instances });
  expect(faults).toEqual([]);
  return plan;
}

/** A ledger in memory, which keeps only what JSON keeps. */
function memoryLedger(): HeldLedger & { readonly entries: Map<string, string>; fail?: MigratorError } {
  const entries = new Map<string, string>();
  const ledger: HeldLedger & { readonly entries: Map<string, string>; fail?: MigratorError } = {
    entries,
    all: () => Promise.resolve(new Map([...entries].map(([name, text]) => [name, JSON.parse(text) as Json]))),
    get: (name) =>
      Promise.resolve(JSON.parse(entries.get(name) ?? 'null') as Json | undefined).then((v) => v ?? undefined),
    put: (name, value) => {
      if (ledger.fail !== undefined) return Promise.reject(ledger.fail);
      if (value === null) entries.delete(name);
      else entries.set(name, JSON.stringify(value));
      return Promise.resolve();
    },
    release: () => Promise.resolve(),
  };
  return ledger;
}

const done: ItemEnd = { outcome: 'done', jobs: ['octopus:prod:1'], arrived: ['x'] };
const failed: ItemEnd = { outcome: 'failed', jobs: [], fault: { code: 'JOB_FAILED', message: 'it broke' } };

interface Scene {
  readonly ends?: Readonly<Record<string, ItemEnd>>;
  readonly most?: number;
  /** Called when an item is at work; the item ends when it resolves. */
  readonly during?: (id: string) => Promise<void> | void;
  readonly runner?: Partial<Runner>;
}

function stage({ ends = {}, most = 9, during, runner = {} }: Scene = {}) {
  const begun: string[] = [];
  const atWork = { now: 0, most: 0 };
  const whole: Runner = {
    keyOf: ({ id }) => Promise.resolve(`key of ${id}`),
    slotsOf: () =>
      Promise.resolve([
        { of: 'server', most },
        { of: 'server', most: most + 1 },
      ]),
    run: async ({ id }, _attempt, reporter) => {
      begun.push(id);
      atWork.now += 1;
      atWork.most = Math.max(atWork.most, atWork.now);
      reporter.report({ type: 'notice', message: 'at work' });
      await during?.(id);
      await new Promise((resolve) => setImmediate(resolve));
      atWork.now -= 1;
      return ends[id] ?? done;
    },
    endOf: () => Promise.resolve(undefined),
    missing: () => Promise.resolve(new Set()),
    foresee: () => Promise.reject(new Error('not asked')),
    ...runner,
  };
  const ledger = memoryLedger();
  const events: Event[] = [];
  const clock = {
    now: () => new Date(),
    sleep: (milliseconds: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, milliseconds);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(new MigratorError('CANCELLED', 'interrupted'));
        });
      }),
  };
  const ports = {
    runner: whole,
    ledger,
    clock,
    stopInterval: 5,
    reporter: { report: (event: Event) => events.push(event) },
  };
  const run = async (plan: Plan, more: Partial<WaveInput> = {}, signal = new AbortController().signal) => {
    const records = await readRecords(ledger);
    const chosen = more.chosen ?? new Set(plan.items.map(({ id }) => id));
    await takeStock(plan, records, chosen, ports, signal);
    const input = { plan, chosen, workers: 3, onFailure: plan.onFailure, until: undefined, ...more };
    await runWave(input, records, ports, signal);
    return states(plan, records);
  };
  return { run, begun, atWork, ledger, events };
}

const states = (plan: Plan, records: ReadonlyMap<string, ItemRecord>) =>
  Object.fromEntries(
    factsOf(plan, records).items.map(({ id, state, reason }) => [
      id,
      reason === undefined ? state : `${state}: ${reason}`,
    ]),
  );

const shop = `waves:
  - name: shared
    items: [Identity]
  - name: shop
    needs: [shared]
    items: [Web, { project: Billing, needs: [Web] }, Mobile]
`;

describe('a run of a wave', () => {
  it('does everything once, in the order of the needs, and does nothing when it is run again', async () => {
    const { run, begun } = stage();
    const plan = planOf(shop);
    const all = { Identity: 'done', Web: 'done', Billing: 'done', Mobile: 'done' };
    expect(await run(plan)).toEqual(all);
    expect(begun).toEqual(['Identity', 'Web', 'Mobile', 'Billing']);
    expect(await run(plan)).toEqual(all);
    expect(begun).toHaveLength(4);
  });

  it('skips what needs a failed item with the reason, does the rest, and tries again what failed', async () => {
    const ends: Record<string, ItemEnd> = { Web: failed };
    const { run, begun } = stage({ ends });
    const plan = planOf(shop);
    expect(await run(plan)).toEqual({
      Identity: 'done',
      Web: 'failed',
      Billing: 'skipped: needs "Web", which failed',
      Mobile: 'done',
    });
    delete ends['Web'];
    expect(await run(plan)).toEqual({ Identity: 'done', Web: 'done', Billing: 'done', Mobile: 'done' });
    expect(begun.filter((id) => id === 'Identity')).toHaveLength(1);
    expect(begun.filter((id) => id === 'Web')).toHaveLength(2);
  });

  it('starts nothing after a failure when the plan says stop', async () => {
    const { run } = stage({ ends: { Identity: failed } });
    const plan = planOf(
      'onFailure: stop\nwaves: [{ name: a, items: [Identity, Other, { project: Child, needs: [Identity] }] }]',
    );
    expect(await run(plan, { workers: 1 })).toEqual({
      Identity: 'failed',
      Other: 'postponed: "Identity" failed, and the wave stops at a failure',
      Child: 'skipped: needs "Identity", which failed',
    });
  });

  it('never has more at work than the servers, the plan and the workers bear', async () => {
    const items = Array.from({ length: 12 }, (_, n) => `p${String(n)}`).join(', ');
    const plan = planOf(`limits: { instances: { prod: 3 } }\nwaves: [{ name: a, items: [${items}] }]`);
    const most = async (scene: Scene, workers: number) => {
      const { run, atWork } = stage(scene);
      await run(plan, { workers });
      return atWork.most;
    };
    expect(await most({ most: 2 }, 9)).toBe(2);
    expect(await most({ most: 9 }, 9)).toBe(3);
    expect(await most({ most: 9 }, 2)).toBe(2);
  });

  it('postpones what has not begun when its time is over, and goes on the next time', async () => {
    const { run, begun } = stage();
    const plan = planOf(shop);
    const until = new Date(Date.now() - 1);
    expect((await run(plan, { until }))['Identity']).toBe(`postponed: nothing starts after ${until.toISOString()}`);
    expect(begun).toEqual([]);
    expect(Object.values(await run(plan))).toEqual(['done', 'done', 'done', 'done']);
  });

  it('stops when another process asks for it, after what is at work has ended', async () => {
    const scene: Scene = {
      during: async (id) => {
        if (id !== 'Identity') return;
        await askToStop(held.ledger, new Date());
        await new Promise((resolve) => setTimeout(resolve, 60));
      },
    };
    const held = stage(scene);
    const found = await held.run(planOf(shop));
    expect(found['Identity']).toBe('done');
    expect(found['Mobile']).toBe('postponed: the wave was stopped with "wave stop"');
    // The word is for one run.
    expect(Object.values(await held.run(planOf(shop)))).toEqual(['done', 'done', 'done', 'done']);
  });

  it('leaves what is at work when it is interrupted, and takes it up again', async () => {
    const stop = new AbortController();
    const ends: Record<string, ItemEnd> = { Identity: { outcome: 'interrupted', jobs: ['octopus:prod:7'] } };
    const { run, begun, ledger } = stage({ ends, during: () => stop.abort() });
    const plan = planOf(shop);
    await expect(run(plan, {}, stop.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(begun).toEqual(['Identity']);
    const records = await readRecords(ledger);
    expect(records.get('Identity')).toMatchObject({
      state: 'interrupted',
      jobs: ['octopus:prod:7'],
      key: 'key of Identity',
    });
    delete ends['Identity'];
    expect((await run(plan))['Identity']).toBe('done');
    expect((await readRecords(ledger)).get('Identity')?.jobs).toEqual(['octopus:prod:7', 'octopus:prod:1']);
  });

  it('waits for what is left on its server, and postpones what needs it', async () => {
    const { run } = stage({ ends: { Web: { outcome: 'started', jobs: [], reason: 'its job goes on at the server' } } });
    expect(await run(planOf(shop))).toEqual({
      Identity: 'done',
      Web: 'started: its job goes on at the server',
      Billing: 'postponed: needs "Web", which has not ended',
      Mobile: 'done',
    });
  });

  it('does only what is chosen, and says what stands in the way of the rest of it', async () => {
    const { run, begun } = stage();
    expect(await run(planOf(shop), { chosen: new Set(['Mobile']) })).toMatchObject({
      Identity: 'waiting',
      Mobile: 'skipped: needs "shared", which needs "Identity", which is not done, and not part of this run',
    });
    expect(begun).toEqual([]);
  });

  it('takes the end of a run that nobody noted, and does not start it a second time', async () => {
    let kill: () => void = () => undefined;
    const first = stage({ during: () => new Promise((resolve) => void (kill = resolve)) });
    const crash = new AbortController();
    const lost = first.run(planOf(shop), {}, crash.signal).catch(() => undefined);
    while (first.begun.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = stage({ runner: { endOf: () => Promise.resolve({ ...done, jobs: ['octopus:prod:9'] }) } });
    for (const [name, text] of first.ledger.entries) second.ledger.entries.set(name, text);
    expect((await second.run(planOf(shop)))['Identity']).toBe('done');
    expect(second.begun).not.toContain('Identity');
    crash.abort();
    kill();
    await lost;
  });

  it('does again what the target does not show any more', async () => {
    const missing = new Set<string>();
    const { run, begun, events } = stage({ runner: { missing: () => Promise.resolve(missing) } });
    const plan = planOf(shop);
    await run(plan);
    missing.add('Mobile');
    await run(plan);
    expect(begun.filter((id) => id === 'Mobile')).toHaveLength(2);
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', item: 'Mobile' }));
  });

  it('ends when its ledger is lost, but not before what is at work has ended', async () => {
    const lost = new MigratorError('CONFLICT', 'another process has taken over');
    let over = false;
    const held = stage({
      during: async () => {
        held.ledger.fail = lost;
        await new Promise((resolve) => setTimeout(resolve, 20));
        over = true;
      },
    });
    await expect(held.run(planOf(shop))).rejects.toBe(lost);
    expect(over).toBe(true);
    expect(held.begun).toEqual(['Identity']);
  });

  it('tells of each item, and how far it has come', async () => {
    const { run, events } = stage();
    await run(planOf(shop));
    expect(
      events.filter(({ type }) => type === 'item').map((event) => [event.item, 'state' in event && event.state]),
    ).toEqual(
      expect.arrayContaining([
        ['Identity', 'running'],
        ['Identity', 'done'],
        ['Billing', 'done'],
      ]),
    );
    expect(events.findLast(({ type }) => type === 'items')).toMatchObject({ ended: 4, total: 4 });
    expect(events).toContainEqual({ type: 'notice', message: 'at work', item: 'Web' });
  });
});
