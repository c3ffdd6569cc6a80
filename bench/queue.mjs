// Measures how workers of a queue share its work: 64 items that take one second each at servers that bear eight at once, with
// 1, 2, 4 and 8 workers that take one item each. Redis is real, the workers are in this process, and their hands only wait.
// Needs redis-server. Run: npm run build && node bench/queue.mjs [items] [milliseconds]
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectQueue } from '../dist/queue/connect.js';
import { Queues } from '../dist/queue/jobs.js';
import { publishPlan, QueuedPlans } from '../dist/queue/queued-plan.js';
import { queueLedgers } from '../dist/queue/ledgers.js';
import { queueRunner } from '../dist/queue/runner.js';
import { workOff } from '../dist/queue/worker.js';
import { usualWorkTiming } from '../dist/queue/hands.js';

const items = Number(process.argv[2] ?? 64);
const milliseconds = Number(process.argv[3] ?? 1000);
const limit = 8;
const silent = { report: () => undefined };
const clock = {
  now: () => new Date(),
  /** @param {number} time @param {AbortSignal} [signal] */
  sleep: (time, signal) => delay(time, undefined, { signal }),
};

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => done(port));
    });
  });

/** @param {number} workers @param {string} url */
async function measure(workers, url) {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const connections = [];
  const open = async () => {
    const connection = await connectQueue(url, { volatile: false });
    connections.push(connection);
    return connection;
  };
  let atWork = 0;
  let most = 0;
  const hands = {
    slotsOf: async () => [{ of: 'the server', most: limit }],
    run: async () => {
      atWork += 1;
      most = Math.max(most, atWork);
      await delay(milliseconds);
      atWork -= 1;
      return { outcome: 'done', jobs: [] };
    },
    missing: async () => new Set(),
  };
  const crew = [];
  for (let number = 0; number < workers; number += 1) {
    const connection = await open();
    crew.push(
      workOff(
        { serves: ['lab', 'prod'], pairs: [['lab', 'prod']], concurrency: 1 },
        {
          connection,
          queues: new Queues(connection),
          plans: new QueuedPlans(connection, async () => 'bench', clock.now),
          ledgers: queueLedgers(connection.redis, { pid: process.pid, host: 'here' }),
          hands,
          reporter: silent,
          clock,
          host: 'here',
          mask: (value) => value,
          timing: usualWorkTiming,
        },
        stop.signal,
      ),
    );
  }
  const connection = await open();
  const works = Array.from({ length: items }, (_, n) => ({
    ...{ id: `item ${n}`, project: `item ${n}`, from: 'lab', to: 'prod', flags: {} },
  }));
  const began = performance.now();
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const plan = publishPlan(
    connection,
    {
      ...{ name: 'bench', ledger: randomUUID(), signedAt: new Date().toISOString(), expiresAt },
      items: works.map((work) => ({ work, allowed: 'all' })),
    },
    async () => 'signed',
  );
  const runner = queueRunner({
    ...{ connection, queues: new Queues(connection), plan: () => plan, clock, reporter: silent },
    keyOf: async ({ id }) => id,
    foresee: async () => {
      throw new Error('nothing is foreseen here');
    },
  });
  const ends = await Promise.all(
    works.map((work) => runner.run(work, { id: randomUUID(), since: '' }, silent, stop.signal)),
  );
  const seconds = (performance.now() - began) / 1000;
  const wrong = ends.filter(({ outcome }) => outcome !== 'done');
  if (wrong.length > 0) throw new Error(JSON.stringify(wrong[0]));
  stop.abort();
  await Promise.all(crew);
  for (const one of connections) await one.close();
  return { seconds, most };
}

const folder = mkdtempSync(join(tmpdir(), 'migrator-bench-'));
const port = await freePort();
const settings = {
  port,
  dir: folder,
  bind: '127.0.0.1',
  save: '',
  appendonly: 'yes',
  'maxmemory-policy': 'noeviction',
};
const redis = spawn(
  'redis-server',
  Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
  { stdio: 'ignore' },
);
try {
  await delay(500);
  let first;
  for (const workers of [1, 2, 4, 8]) {
    const { seconds, most } = await measure(workers, `redis://127.0.0.1:${port}`);
    first ??= items / seconds;
    const perSecond = items / seconds;
    console.log(
      `${workers} workers: ${seconds.toFixed(1)} s, ${perSecond.toFixed(2)} items per second, ${(perSecond / first / workers).toFixed(2)} of linear, ` +
        `${((items * milliseconds) / 1000 / workers / seconds).toFixed(2)} of ideal, at most ${most} at once, load ${loadavg()[0]?.toFixed(1)}`,
    );
  }
} finally {
  redis.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
