import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { contentOf, type Crew, importsOf, type Machine, machines, type Member, planOf, tasksSoFar, until, withCrew } from '../support/crew.ts';
import { exportTask, tasksOf } from '../support/octopus-api.ts';
import { describeWith } from '../support/programs.ts';
import { type Random, randomOf, seed } from '../support/random.ts';
import { all } from '../support/sample.ts';
import { withWorkshop } from '../support/workshop.ts';

jest.setTimeout(600_000);

const few = ['Billing', 'Search', 'Route Planner', 'Web Shop'];
const many = [...few, 'Audit Log', 'Invoicing', 'Ledger Sync', 'Mobile API', 'Shipping Labels', 'Warehouse'];
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
    seen = await until(async () => (over ? seen : ((await tasksSoFar(crew)) > before ? await tasksSoFar(crew) : undefined)));
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
  const rounds = all ? 10 : 1;
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
        const kills = await killAtRandom(crew, members, all ? 12 : 3, randomOf(20 + round));
        expect(kills).toBeGreaterThan(2);
        const end = await members[0]!.finished;
        if (end.code !== 0) console.log(end, crew.said.join('\n'));
        expect(end).toMatchObject({ code: 0 });
        await expectAllDone(crew, desk!, projects);
        expect(await contentOf(crew.workshop.prod, projects)).toEqual(await wanted);
        expect(await crew.dismiss()).toEqual([0, 0]);
        if (process.env['SHOW']) console.log(kills, crew.said.map((t) => t.split('\n').filter((l) => /^20..-/.test(l) && /begun|done|left|lost|sign|ServerTasks-\d+$|takes|warn|stale|wait/.test(l)).join('\n')).join('\n=====\n'));
      }));
});
