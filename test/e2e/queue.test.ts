import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import {
  contentOf,
  type Crew,
  importsOf,
  type Machine,
  machines,
  type Member,
  planOf,
  tasksSoFar,
  until,
  withCrew,
} from '../support/crew.ts';
import { exportTask, importTask, tasksOf } from '../support/octopus-api.ts';
import { describeWith } from '../support/programs.ts';
import { type Random, randomOf, seed } from '../support/random.ts';
import { all } from '../support/sample.ts';
import { withWorkshop } from '../support/workshop.ts';

jest.setTimeout(600_000);

const few = ['Billing', 'Search', 'Route Planner'];
const many = [
  ...few,
  'Web Shop',
  'Audit Log',
  'Invoicing',
  'Ledger Sync',
  'Mobile API',
  'Shipping Labels',
  'Warehouse',
];
const skipping = 'defaults: { options: { skip-existing: true } }\n';
const withPassword = 'defaults: { options: { skip-existing: true, password: "env:MOVE_PASSWORD" } }\n';

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Each project was in one import and one export, by what the servers wrote down, and the ledger says the same. */
async function expectAllDone(crew: Crew, desk: Machine, projects: readonly string[]): Promise<void> {
  const { lab, prod } = crew.workshop;
  expect(await importsOf(prod)).toEqual(Object.fromEntries(projects.map((name) => [name, 1])));
  expect(await tasksOf(lab, exportTask)).toHaveLength(projects.length);
  const status = await crew.run(desk, 'wave', 'status', 'plan.yaml', '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({ counts: { done: projects.length } });
}

const statesIn = (stdout: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (JSON.parse(stdout) as { items: { id: string; state: string }[] }).items.map(({ id, state }) => [id, state]),
  );

/** Kills processes after a server got a task, a random time later, and starts each again. Returns how many were killed. */
async function killAtRandom(crew: Crew, members: Member[], most: number, random: Random): Promise<number> {
  let over = false;
  const watch = (member: Member) =>
    void member.finished.then(({ signal }) => {
      over ||= signal === null;
    });
  watch(members[0]!);
  let kills = 0;
  for (let seen = 0; kills < most && !over; kills += 1) {
    const before = seen;
    seen = await until(async () =>
      over ? seen : (await tasksSoFar(crew)) > before ? await tasksSoFar(crew) : undefined,
    );
    await pause(random.below(400));
    if (over) break;
    const place = random.below(members.length);
    await crew.kill(members[place]!);
    members[place] = crew.again(members[place]!);
    if (place === 0) watch(members[0]!);
  }
  return kills;
}

describeWith(['redis-server'], 'a wave that workers do', () => {
  const rounds = all ? 5 : 1;
  const projects = all ? many : few;
  for (let round = 0; round < rounds; round += 1)
    test(`moves each project exactly once, whoever is killed (seed ${String(seed)}, round ${String(round)})`, () =>
      withCrew({}, async (crew) => {
        const wanted = withWorkshop({}, async (calm) => {
          await writeFile(calm.path('plan.yaml'), planOf(projects, skipping));
          expect(await calm.run(['wave', 'run', 'plan.yaml', '-y'])).toMatchObject({ code: 0 });
          return contentOf(calm.prod, projects);
        });
        const [desk, first, second] = await machines(crew, 'desk', 'first', 'second');
        await writeFile(join(desk!.folder, 'plan.yaml'), planOf(projects, skipping));
        const members = [crew.wave(desk!), crew.worker(first!), crew.worker(second!)];
        const kills = await killAtRandom(crew, members, all ? 10 : 2, randomOf(20 + round));
        expect(kills).toBeGreaterThan(1);
        const end = await members[0]!.finished;
        expect(end).toMatchObject({ code: 0 });
        await expectAllDone(crew, desk!, projects);
        expect(await contentOf(crew.workshop.prod, projects)).toEqual(await wanted);
        expect(await crew.dismiss()).toEqual([0, 0]);
      }));

  const deeds: (readonly [name: string, work: (crew: Crew) => Promise<void>])[] = [];
  const deed = (name: string, work: (crew: Crew) => Promise<void>): void => void deeds.push([name, work]);
  deed('outlives a Redis that is killed and comes back', async (crew) => {
    const [desk, first, second] = await machines(crew, 'desk', 'first', 'second');
    await writeFile(join(desk!.folder, 'plan.yaml'), planOf(few, withPassword));
    const members = [crew.wave(desk!), crew.worker(first!), crew.worker(second!)];
    for (const least of [2, 5]) {
      await until(async () => (await tasksSoFar(crew)) >= least || undefined);
      await crew.redis.kill();
      await pause(700);
      await crew.redis.restart();
    }
    const { code, stderr } = await members[0]!.finished;
    expect(code).toBe(0);
    expect(stderr).toMatch(/the connection to Redis at 127.0.0.1:\d+ is lost; the work waits until it is back/u);
    await expectAllDone(crew, desk!, few);
    expect(await crew.dismiss()).toEqual([0, 0]);
  });

  deed('is stopped from another machine, and what is at work comes to its end', async (crew) => {
    const [desk, other, first] = await machines(crew, 'desk', 'other', 'first');
    for (const { folder } of [desk!, other!]) await writeFile(join(folder, 'plan.yaml'), planOf(few));
    crew.worker(first!, '--concurrency', '1');
    const wave = crew.wave(desk!);
    await until(async () => (await tasksSoFar(crew)) > 0 || undefined);
    const asked = await crew.run(other!, 'wave', 'stop', 'plan.yaml');
    expect(asked.stdout).toMatch(/starts nothing more; what is at work comes to its end/u);
    const stopped = await wave.finished;
    expect(stopped.code).toBe(9);
    const states = statesIn(stopped.stdout);
    expect(states).toMatchObject({ Billing: 'done', [few.at(-1)!]: 'postponed' });
    expect(Object.keys(await importsOf(crew.workshop.prod)).toSorted()).toEqual(
      few.filter((name) => states[name] === 'done').toSorted(),
    );
    expect(await crew.wave(desk!).finished).toMatchObject({ code: 0 });
    await expectAllDone(crew, desk!, few);
  });

  deed('goes on without the process that handed it out', async (crew) => {
    const [desk, other, first, second] = await machines(crew, 'desk', 'other', 'first', 'second');
    for (const { folder } of [desk!, other!]) await writeFile(join(folder, 'plan.yaml'), planOf(few));
    crew.worker(first!);
    crew.worker(second!);
    const wave = crew.wave(desk!);
    await until(async () => (await tasksSoFar(crew)) > 0 || undefined);
    await crew.kill(wave);
    await until(async () => {
      const { stdout } = await crew.run(other!, 'wave', 'status', 'plan.yaml', '--json');
      return (JSON.parse(stdout) as { counts: { done?: number } }).counts.done === few.length || undefined;
    });
    await expectAllDone(crew, other!, few);
    const again = await crew.wave(other!).finished;
    expect(again).toMatchObject({ code: 0 });
    expect(statesIn(again.stdout)).toEqual(Object.fromEntries(few.map((name) => [name, 'done'])));
    await expectAllDone(crew, desk!, few);
  });

  deed('shares a server that bears one job with another wave', async (crew) => {
    const [desk, other, first, second] = await machines(crew, 'desk', 'other', 'first', 'second');
    await writeFile(join(desk!.folder, 'plan.yaml'), planOf(few.slice(0, 2)));
    await writeFile(join(other!.folder, 'plan.yaml'), planOf(few.slice(2), withPassword, 'summer'));
    const waves = [crew.wave(desk!), crew.wave(other!)];
    for (const machine of [first!, second!]) crew.worker(machine, '--concurrency', '3');
    for (const { finished } of waves) expect(await finished).toMatchObject({ code: 0 });
    const { lab, prod } = crew.workshop;
    expect(await importsOf(prod)).toEqual(Object.fromEntries(few.map((name) => [name, 1])));
    for (const tasks of [await tasksOf(lab, exportTask), await tasksOf(prod, importTask)]) {
      const spans = tasks.map(
        ({ QueueTime, CompletedTime }) => [Date.parse(QueueTime), Date.parse(CompletedTime)] as const,
      );
      spans.sort(([one], [next]) => one - next);
      expect(spans).toHaveLength(few.length);
      for (const [place, [begun]] of spans.slice(1).entries()) expect(begun).toBeGreaterThanOrEqual(spans[place]![1]);
    }
  });
  // Each starts half a dozen processes. The kills above go through the same code.
  if (all)
    test.each(deeds)('%s', async (_, work) => {
      await expect(withCrew({ lab: { pace: 10 } }, work)).resolves.toBeUndefined();
    });
});
