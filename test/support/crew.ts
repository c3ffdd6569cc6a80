import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { adapter } from '../../src/adapters/octopus/index.ts';
import type { RunningEmulator } from '../../src/emulators/index.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools, never } from './adapter-tools.ts';
import { type Finished, startBinary, type Started } from './binary.ts';
import { exportTask, importTask, keyOf, logOf, tasksOf } from './octopus-api.ts';
import { all } from './octopus-client.ts';
import { startRedis, type RedisServer } from './redis-server.ts';
import { machineIn, withWorkshop, type Workshop, type WorkshopOptions } from './workshop.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** A folder with an rc file, a state folder and, unless another one is named, keys of its own. */
export interface Machine {
  readonly folder: string;
  readonly env: Env;
}

export interface Member extends Machine, Started {
  readonly args: readonly string[];
}

/** Processes of the real binary around one real Redis. */
export interface Crew {
  readonly redis: RedisServer;
  readonly workshop: Workshop;
  /** What a client of Redis sees. */
  readonly client: Redis;
  /** All that the processes said that have ended. */
  readonly said: readonly string[];
  machine(name: string, rc: string, env?: Env): Promise<Machine>;
  start(machine: Machine, ...args: readonly string[]): Member;
  worker(machine: Machine, ...args: readonly string[]): Member;
  wave(machine: Machine, ...args: readonly string[]): Member;
  /** Runs a command line with the queue to its end. */
  run(machine: Machine, ...args: readonly string[]): Promise<Finished>;
  /** Ends a process with kill -9. The lease of a coordinator ends at once, for which others wait 30 seconds. */
  kill(member: Member): Promise<void>;
  /** The same process once more. */
  again(member: Member): Member;
  /** Asks all workers to end. Returns their exit codes. */
  dismiss(): Promise<readonly (number | null)[]>;
}

/** A plan of one wave from `lab` to `prod`. */
export const planOf = (items: readonly string[], more = '', name = 'spring'): string =>
  `name: ${name}
from: lab
to: prod
${more}waves:
  - name: all
    items: [${items.join(', ')}]
`;

const queuePassword = 'quiet%20river 31';

/**
 * Does the work with a Redis that asks for a password. After it, no secret may be in what Redis ever wrote down, nor in
 * what any process said.
 */
export const withCrew = (options: WorkshopOptions, work: (crew: Crew) => Promise<void>): Promise<void> =>
  withWorkshop(options, (workshop) => crewIn(workshop, work));

/** The same with the servers of a workshop. */
export async function crewIn(workshop: Workshop, work: (crew: Crew) => Promise<void>): Promise<void> {
  const redis = await startRedis('--requirepass', queuePassword);
  const queueUrl = redis.url.replace('//', `//:${encodeURIComponent(queuePassword)}@`);
  const client = new Redis(queueUrl, { lazyConnect: true, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  const alive = new Set<Member>();
  const said: string[] = [];
  const start = ({ folder, env }: Machine, ...args: readonly string[]): Member => {
    const member = { ...startBinary(args, { cwd: folder, env }), folder, env, args };
    alive.add(member);
    void member.finished.then(({ stdout, stderr }) => {
      alive.delete(member);
      said.push(stdout, stderr);
    });
    return member;
  };
  const queue = ['--queue', 'env:QUEUE_URL'];
  const end = async () => {
    for (const { child } of alive) child.kill('SIGKILL');
    await Promise.all([...alive].map(({ finished }) => finished));
  };
  try {
    await work({
      redis,
      workshop,
      client,
      said,
      start,
      machine: async (name, rc, env = {}) => {
        const folder = workshop.path(name);
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, '.migratorrc.yaml'), rc);
        return { folder, env: { ...machineIn(folder), QUEUE_URL: queueUrl, ...env } };
      },
      worker: (machine, ...args) => start(machine, 'worker', ...queue, '--lost-after', '1s', ...args),
      wave: (machine, ...args) => start(machine, 'wave', 'run', 'plan.yaml', ...queue, '--yes', '--json', ...args),
      run: (machine, ...args) => start(machine, ...args, ...queue).finished,
      kill: async ({ child, finished, args }) => {
        child.kill('SIGKILL');
        await finished;
        if (args[0] === 'wave') await endLeases(client);
      },
      again: ({ folder, env, args }) => start({ folder, env }, ...args),
      dismiss: async () => {
        const workers = [...alive].filter(({ args }) => args[0] === 'worker');
        for (const { child } of workers) child.kill('SIGTERM');
        return (await Promise.all(workers.map(({ finished }) => finished))).map(({ code }) => code);
      },
    });
    await end();
    const secrets = [...Object.values(secretsOf(workshop)), queuePassword];
    const texts = [...said, (await redis.written()).toString('latin1')];
    for (const secret of secrets.flatMap((one) => [one, encodeURIComponent(one)]))
      if (texts.some((text) => text.includes(secret))) throw new Error(`the secret "${secret}" was shown`);
  } finally {
    await end();
    client.disconnect();
    await redis.close();
  }
}

async function endLeases(client: Redis): Promise<void> {
  for (const key of await client.keys('migrator:lease:ledger:*')) await client.hset(key, 'until', 0);
}

/** How many import tasks of a server had each project in their package, by what the server itself wrote down. */
export async function importsOf(server: RunningEmulator): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const task of await tasksOf(server, importTask)) {
    const log = await logOf(server, task);
    const names = new Set(
      [...log.matchAll(/ (?:Created|Skipped|Overwrote) Project '([^']+)'/gu)].map((one) => one[1]!),
    );
    for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** What a server has of these projects, without ids and times: comparable between servers. */
export async function contentOf(
  server: RunningEmulator,
  projects: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const connection = { name: 'seen', url: server.url, settings: {}, secrets: { apiKey: new Secret(keyOf(server)) } };
  const snapshots = adapter.create(connection, adapterTools()).snapshots!;
  const items = await all(snapshots.take(await snapshots.scopeOf(projects, {}, never), 'content', never));
  return Object.fromEntries(items.map(({ kind, name, fields }) => [`${kind} ${name}`, fields]));
}

/** The variables of a workshop's environment that hold secrets. */
const secretsOf = ({ env }: Workshop): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && /_(?:KEY|PASSWORD)$/u.test(name) ? [[name, value]] : [],
    ),
  );

/** Machines that know all servers of the workshop, with state folders of their own and the keys of one user. */
export async function machines(crew: Crew, ...names: readonly string[]): Promise<readonly Machine[]> {
  const { workshop } = crew;
  const rc = await readFile(workshop.path('.migratorrc.yaml'), 'utf8');
  const env = { ...secretsOf(workshop), MIGRATOR_CONFIG_DIR: workshop.path('keys') };
  return Promise.all(names.map((name) => crew.machine(name, rc, env)));
}

/** The tasks of both servers, in number. */
export async function tasksSoFar({ workshop: { lab, prod } }: Crew): Promise<number> {
  return (await tasksOf(lab, exportTask)).length + (await tasksOf(prod, importTask)).length;
}

/** Waits for a value, for at most a minute. */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const end = Date.now() + 60_000; ;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('what the test waits for did not come');
    await new Promise((done) => setTimeout(done, 10));
  }
}
