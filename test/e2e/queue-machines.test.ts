import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { crewIn, importsOf, type Machine, machines, planOf, until, withCrew } from '../support/crew.ts';
import { commandLine } from '../support/command-line.ts';
import { exportTask, tasksOf } from '../support/octopus-api.ts';
import { describeWith } from '../support/programs.ts';
import { requestsOf } from '../support/request-count.ts';
import { sample } from '../support/sample.ts';
import { hurried, type Workshop } from '../support/workshop.ts';
import { withEnmsWorkshop } from '../support/enms-workshop.ts';
import { withLibraryWorkshop } from '../support/library-workshop.ts';
import { withSnapLogicWorkshop } from '../support/snaplogic-workshop.ts';

jest.setTimeout(240_000);

const projects = ['Billing', 'Search'];
const once = { Billing: 1, Search: 1 };

interface Keys {
  readonly signing: { readonly publicKey: string };
  readonly identity: { readonly recipient: string };
}

/** Makes the keys of a machine. */
async function keysOf({ folder, env }: Machine): Promise<Keys> {
  const { stdout } = await commandLine(['key', 'generate', '--json'], { cwd: folder, env });
  return JSON.parse(stdout) as Keys;
}

interface Item {
  readonly id: string;
  readonly state: string;
  readonly jobs: readonly string[];
  readonly fault?: { readonly code: string; readonly hint?: string };
}

const itemsIn = (stdout: string) => (JSON.parse(stdout) as { readonly items: readonly Item[] }).items;

const deeds: (readonly [name: string, work: () => Promise<void>])[] = [];
const deed = (name: string, work: () => Promise<void>): void => void deeds.push([name, work]);
deed('goes through a store between workers that each reach one server, and a killed export is taken over', () =>
  withCrew({ lab: { pace: 10 } }, async (crew) => {
    const { lab, prod, env, path } = crew.workshop;
    const [LAB_KEY, PROD_KEY] = [env['LAB_KEY'], env['PROD_KEY']];
    const vault = `  vault: { product: folder, url: "file://${path('vault')}" }\n`;
    const source = `  lab: { product: octopus, url: "${lab.url}", apiKey: "env:LAB_KEY", space: Default }\n`;
    const target = `  prod: { product: octopus, url: "${prod.url}", apiKey: "env:PROD_KEY", space: Default }\n`;
    const rc = (lines: string) => `${hurried}instances:\n${lines}${vault}`;
    await mkdir(path('vault'));
    const desk = await crew.machine('desk', rc(source + target));
    const south = await crew.machine('south', rc(target), { PROD_KEY });
    const north = await crew.machine('north', rc(source), { LAB_KEY });
    const keys = { desk: await keysOf(desk), south: await keysOf(south), north: await keysOf(north) };
    const trusting = (trust: readonly Keys[], recipients: readonly Keys[]) =>
      `keys: { trust: [${trust.map((one) => one.signing.publicKey).join()}], recipients: [${recipients.map((one) => one.identity.recipient).join()}] }\n`;
    await writeFile(join(north.folder, '.migratorrc.yaml'), rc(source) + trusting([keys.desk], [keys.south]));
    await writeFile(join(south.folder, '.migratorrc.yaml'), rc(target) + trusting([keys.desk, keys.north], []));
    // The same user on another machine: the same keys and another state folder.
    const spare = { folder: north.folder, env: { ...north.env, MIGRATOR_STATE_DIR: path('north/state-2') } };
    await writeFile(join(desk.folder, 'plan.yaml'), planOf(projects, 'defaults: { options: { via-store: vault } }\n'));
    const wave = crew.wave(desk);
    crew.worker(south);
    const first = crew.worker(north);
    await until(async () => (await tasksOf(lab, exportTask)).length > 0 || undefined);
    await crew.kill(first);
    crew.worker(spare);
    const ended = await wave.finished;
    expect(ended).toMatchObject({ code: 0 });
    expect(itemsIn(ended.stdout).map(({ state }) => state)).toEqual(['done', 'done']);
    expect(await tasksOf(lab, exportTask)).toHaveLength(2);
    expect(await importsOf(prod)).toEqual(once);
    const listing = ['package', 'list', '--from', 'vault', '--json'];
    const { stdout } = await commandLine(listing, { cwd: south.folder, env: south.env });
    const label = { encrypted: true, source: { instance: 'lab' } };
    expect(JSON.parse(stdout)).toMatchObject({ packages: projects.map(() => ({ label })) });
  }),
);

deed('is refused by a worker that does not trust who signed its plan, until it does', () =>
  withCrew({ lab: { pace: 10 } }, async (crew) => {
    const { lab, prod, env, path } = crew.workshop;
    const [desk, own] = await machines(crew, 'desk', 'own');
    const first = { ...own!, env: { ...env, ...own!.env, MIGRATOR_CONFIG_DIR: path('own/config') } };
    const { signing } = await keysOf(desk!);
    await writeFile(join(desk!.folder, 'plan.yaml'), planOf(projects));
    await crew.worker(first).seen(/takes items from/u);
    const { result, requests } = await requestsOf({ lab, prod }, () => crew.wave(desk!).finished);
    expect(result.code).toBe(6);
    const hint = 'trust the key of whoever runs the wave: migrator key trust <key> --name <name>';
    expect(itemsIn(result.stdout)).toMatchObject(
      projects.map((id) => ({ id, state: 'failed', fault: { code: 'PACKAGE_UNTRUSTED', hint } })),
    );
    expect(result.stdout).toContain(hint);
    expect(requests).toEqual([]);
    const trusting = ['key', 'trust', signing.publicKey, '--name', 'desk'];
    expect(await commandLine(trusting, { cwd: first.folder, env: first.env })).toMatchObject({ code: 0 });
    expect(await crew.wave(desk!).finished).toMatchObject({ code: 0 });
    expect(await importsOf(prod)).toEqual(once);
    expect(await crew.dismiss()).toEqual([0]);
  }),
);

const year = '8D679D5111D3E4981000E787EC6DE8A4:attribute:force_replace';
const products: readonly (readonly [string, string, (work: (workshop: Workshop) => Promise<void>) => Promise<void>])[] =
  [
    ['eNMS', planOf(['nightly', 'weekly'], 'defaults: { options: { overwrite-existing: true } }\n'), withEnmsWorkshop],
    [
      'MicroStrategy',
      planOf(['MicroStrategy Tutorial'], `defaults: { options: { object: ["${year}"] } }\n`),
      (work) => withLibraryWorkshop({}, work),
    ],
    [
      'SnapLogic',
      planOf(['/Acme-Dev/Finance/Invoices', '/Acme-Dev/Sales EMEA/Bulk']).replace('to: prod', 'to: test'),
      withSnapLogicWorkshop,
    ],
  ];

for (const [product, plan, withServers] of products)
  deed(`moves projects of ${product}, and a second run repeats nothing`, () =>
    withServers((workshop) =>
      crewIn(workshop, async (crew) => {
        const [desk, first] = await machines(crew, 'desk', 'first');
        await writeFile(join(desk!.folder, 'plan.yaml'), plan);
        crew.worker(first!);
        const ended = await crew.wave(desk!).finished;
        expect(ended).toMatchObject({ code: 0 });
        const items = itemsIn(ended.stdout);
        expect(items.map(({ state }) => state)).toEqual(items.map(() => 'done'));
        const again = await crew.wave(desk!).finished;
        expect(again).toMatchObject({ code: 0 });
        expect(itemsIn(again.stdout).map(({ jobs }) => jobs)).toEqual(items.map(({ jobs }) => jobs));
      }),
    ),
  );

// Each takes several processes. All of them run in `npm run prove`.
describeWith(['redis-server'], 'a wave on several machines', () => {
  test.each(sample(deeds, 1))('%s', async (_, work) => {
    await expect(work()).resolves.toBeUndefined();
  });
});
