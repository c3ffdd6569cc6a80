import { describe, expect, it } from '@jest/globals';
import { scheduleOf, type Bounds, type Standing } from '../../../../src/core/waves/schedule.ts';
import type { Needing } from '../../../../src/core/waves/needs.ts';
import type { Slot } from '../../../../src/ports/runner.ts';
import { fc } from '../../../support/property.ts';

interface Drawn extends Needing {
  /** The ids of the items that fail. */
  readonly fails: ReadonlySet<string>;
  readonly workers: number;
  readonly slots: Readonly<Record<string, readonly Slot[]>>;
  /** Chooses which of the running items ends next. */
  readonly turns: readonly number[];
}

const item = (id: string, wave: string, needs: readonly string[]) => ({
  id,
  project: id,
  wave,
  needs,
  from: 'lab',
  to: 'prod',
  owner: undefined,
  flags: [],
  line: 1,
});

/** Plans whose needs point backwards, so that they have no circle, in a shuffled file. */
const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    items: fc.array(
      fc.record({
        wave: fc.nat(3),
        needs: fc.array(fc.nat(30), { maxLength: 3 }),
        fails: fc.boolean(),
        server: fc.nat(2),
        most: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 25 },
    ),
    waveNeeds: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    workers: fc.integer({ min: 1, max: 6 }),
    turns: fc.array(fc.nat(), { maxLength: 30 }),
    shuffle: fc.array(fc.nat(), { minLength: 25, maxLength: 25 }),
  })
  .map(({ items: rows, waveNeeds, workers, turns, shuffle }) => {
    // Items of later waves come after those of earlier ones, and need only what comes before them.
    const sorted = rows.toSorted((one, other) => one.wave - other.wave);
    const items = sorted.map(({ wave, needs }, index) =>
      item(
        `item ${String(index)}`,
        `wave ${String(wave)}`,
        index === 0 ? [] : [...new Set(needs.map((need) => `item ${String(need % index)}`))],
      ),
    );
    const pairs = [
      [1, 0],
      [2, 0],
      [2, 1],
      [3, 0],
      [3, 1],
      [3, 2],
    ] as const;
    const waves = [0, 1, 2, 3].map((wave) => ({
      name: `wave ${String(wave)}`,
      needs: pairs.flatMap(([of, need], index) =>
        of === wave && waveNeeds[index] === true ? [`wave ${String(need)}`] : [],
      ),
      line: 1,
    }));
    return {
      waves,
      items: items
        .map((one, index) => ({ one, by: shuffle[index] ?? 0 }))
        .sort((a, b) => a.by - b.by)
        .map(({ one }) => one),
      fails: new Set(sorted.flatMap(({ fails }, index) => (fails ? [`item ${String(index)}`] : []))),
      workers,
      slots: Object.fromEntries(
        sorted.map(({ server, most }, index) => [`item ${String(index)}`, [{ of: `server ${String(server)}`, most }]]),
      ),
      turns,
    };
  });

/** All that an item needs, by following its own needs and those of its wave. Written without the schedule's graph. */
function allNeeds({ items, waves }: Needing, id: string, seen = new Set<string>()): Set<string> {
  const own = items.find((one) => one.id === id);
  const wave = waves.find(({ name }) => name === own?.wave);
  const waveClosure = (names: readonly string[], known = new Set<string>()): Set<string> => {
    for (const name of names) {
      if (known.has(name)) continue;
      known.add(name);
      waveClosure(waves.find((one) => one.name === name)?.needs ?? [], known);
    }
    return known;
  };
  const before = waveClosure(wave?.needs ?? []);
  const direct = [...(own?.needs ?? []), ...items.filter((one) => before.has(one.wave)).map((one) => one.id)];
  for (const need of direct) {
    if (seen.has(need)) continue;
    seen.add(need);
    allNeeds({ items, waves }, need, seen);
  }
  return seen;
}

function bounds({ workers, slots }: Drawn): Bounds {
  return { workers, slotsOf: (id) => slots[id] ?? [], open: true };
}

/** Plays a plan to its end. `look` sees what runs after each step. */
function play(
  plan: Drawn,
  look: (running: readonly string[], standings: Map<string, Standing>) => void = () => undefined,
) {
  const schedule = scheduleOf(plan);
  const standings = new Map<string, Standing>();
  const begun: string[] = [];
  for (let turn = 0; ; turn += 1) {
    const { start, skip } = schedule.step(standings, bounds(plan));
    for (const { id } of skip) standings.set(id, 'skipped');
    for (const id of start) {
      standings.set(id, 'running');
      begun.push(id);
    }
    const running = [...standings].flatMap(([id, standing]) => (standing === 'running' ? [id] : []));
    look(running, standings);
    const next = running[(plan.turns[turn] ?? 0) % Math.max(1, running.length)];
    if (next === undefined) return { standings, begun };
    standings.set(next, plan.fails.has(next) ? 'failed' : 'done');
  }
}

describe('the schedule of a plan', () => {
  it('comes to an end for every item of any plan without circles, and begins none twice', () => {
    fc.assert(
      fc.property(drawn, (plan) => {
        const { standings, begun } = play(plan);
        expect(standings.size).toBe(plan.items.length);
        expect(new Set(begun).size).toBe(begun.length);
        for (const standing of standings.values()) expect(['done', 'failed', 'skipped']).toContain(standing);
      }),
    );
  });

  it('begins an item only when all that it needs is done', () => {
    fc.assert(
      fc.property(drawn, (plan) => {
        const needs = new Map(plan.items.map(({ id }) => [id, allNeeds(plan, id)]));
        play(plan, (running, standings) => {
          for (const id of running) for (const need of needs.get(id) ?? []) expect(standings.get(need)).toBe('done');
        });
      }),
    );
  });

  it('never has more at work than the workers and than the least that one of them lets its server bear', () => {
    fc.assert(
      fc.property(drawn, (plan) => {
        play(plan, (running) => {
          expect(running.length).toBeLessThanOrEqual(plan.workers);
          const slots = running.flatMap((id) => plan.slots[id] ?? []);
          for (const { of, most } of slots)
            expect(slots.filter((slot) => slot.of === of).length).toBeLessThanOrEqual(most);
        });
      }),
    );
  });

  it('skips exactly those that need a failed item, however far away', () => {
    fc.assert(
      fc.property(drawn, (plan) => {
        const { standings } = play(plan);
        for (const { id } of plan.items) {
          const failed = [...allNeeds(plan, id)].some((need) => standings.get(need) === 'failed');
          expect(standings.get(id) === 'skipped').toBe(failed);
        }
      }),
    );
  });

  it('comes to the same end in any order of events and with any number of workers', () => {
    fc.assert(
      fc.property(
        drawn,
        fc.array(fc.nat(), { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        (plan, turns, workers) => {
          const ends = ({ standings }: ReturnType<typeof play>) => [...standings].sort();
          expect(ends(play({ ...plan, turns, workers }))).toEqual(ends(play(plan)));
        },
      ),
    );
  });

  it('is never idle while something could run', () => {
    fc.assert(
      fc.property(drawn, (plan) => {
        const needs = new Map(plan.items.map(({ id }) => [id, allNeeds(plan, id)]));
        play(plan, (running, standings) => {
          if (running.length >= plan.workers) return;
          const used = running.flatMap((id) => plan.slots[id] ?? []);
          for (const { id } of plan.items) {
            const isReady =
              !standings.has(id) && [...(needs.get(id) ?? [])].every((need) => standings.get(need) === 'done');
            const fits = (plan.slots[id] ?? []).every(({ of, most }) => {
              const there = used.filter((slot) => slot.of === of);
              return there.length < Math.min(most, ...there.map((slot) => slot.most));
            });
            expect(isReady && fits).toBe(false);
          }
        });
      }),
    );
  });

  const three: Needing = {
    waves: [
      { name: 'shared', needs: [], line: 1 },
      { name: 'shop', needs: ['shared'], line: 2 },
    ],
    items: [item('Identity', 'shared', []), item('Web Shop', 'shop', []), item('Billing', 'shop', ['Web Shop'])],
  };
  const wide: Bounds = { workers: 9, slotsOf: () => [], open: true };

  it('names the need and the item at the bottom of a skip', () => {
    const standings = new Map<string, Standing>([['Identity', 'failed']]);
    expect(scheduleOf(three).step(standings, wide)).toEqual({
      start: [],
      skip: [
        { id: 'Web Shop', need: 'shared', cause: 'Identity', standing: 'failed' },
        { id: 'Billing', need: 'Web Shop', cause: 'Identity', standing: 'failed' },
      ],
    });
  });

  it('bars what needs an item that this run leaves out, and waits for one that is left on its server', () => {
    const schedule = scheduleOf(three);
    expect(schedule.step(new Map([['Identity', 'out']]), wide).skip[0]?.standing).toBe('out');
    expect(schedule.step(new Map([['Identity', 'open']]), wide)).toEqual({ start: [], skip: [] });
    expect(schedule.waitsFor('Billing', new Map([['Identity', 'open']]))).toEqual(['Web Shop', 'Identity']);
  });

  it('starts nothing when it is closed, and still tells what can never start', () => {
    const closed = { ...wide, open: false };
    expect(scheduleOf(three).step(new Map(), closed)).toEqual({ start: [], skip: [] });
    expect(scheduleOf(three).step(new Map([['Identity', 'failed']]), closed).skip).toHaveLength(2);
  });
});
