import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MigratorError } from '../../../src/errors.ts';
import { askToStop } from '../../../src/core/waves/stop.ts';
import type { ItemEnd, ItemWork } from '../../../src/ports/runner.ts';
import { silent } from '../../../src/ports/reporter.ts';
import { connectQueue, type QueueConnection } from '../../../src/queue/connect.ts';
import type { Hands } from '../../../src/queue/hands.ts';
import { Queues } from '../../../src/queue/jobs.ts';
import { queueLedgers, type QueueLedgers } from '../../../src/queue/ledgers.ts';
import { planLifetime, publishPlan, QueuedPlans } from '../../../src/queue/queued-plan.ts';
import { queueRunner } from '../../../src/queue/runner.ts';
import { workOff } from '../../../src/queue/worker.ts';
import { systemClock as clock } from '../../../src/cli/runtime.ts';
import { describeWith } from '../../support/programs.ts';
import { startRedis, type RedisServer } from '../../support/redis-server.ts';

const workOf = (id: string, flags = {}): ItemWork => ({ id, project: id, from: 'lab', to: 'prod', flags });
const done: ItemEnd = { outcome: 'done', jobs: ['octopus:prod:1'] };
const never = new AbortController().signal;

describeWith(['redis-server'], 'a worker and a coordinator', () => {
  let server: RedisServer;
  let connection: QueueConnection;
  let ledgers: QueueLedgers;
  beforeAll(async () => {
    server = await startRedis();
    connection = await connectQueue(server.url, { volatile: false });
    ledgers = queueLedgers(connection.redis, { pid: process.pid, host: 'here' });
  });
  afterAll(async () => {
    await ledgers.close();
    await connection.close();
    await server.close();
  });

  /** A plan with these items, and a worker with these hands that serves both ends, while `use` hands items out. */
  async function withWorker<T>(
    ledger: string,
    works: readonly ItemWork[],
    hands: Partial<Hands>,
    use: (runner: ReturnType<typeof queueRunner>) => Promise<T>,
    signedBy = 'ann',
  ): Promise<T> {
    const queues = new Queues(connection);
    const over = new AbortController();
    const [signedAt, expiresAt] = [0, planLifetime].map((after) => new Date(Date.now() + after).toISOString());
    const items = works.map((work) => ({ work, allowed: 'all' as const }));
    const plan = await publishPlan(
      connection,
      { name: 'p', ledger, signedAt: signedAt ?? '', expiresAt: expiresAt ?? '', items },
      () => Promise.resolve(signedBy),
    );
    const signerOf = (_: string, signature: string) => Promise.resolve(signature === 'ann' ? 'ann' : undefined);
    const working = workOff(
      { serves: ['lab', 'prod'], pairs: [['lab', 'prod']], concurrency: 2 },
      {
        connection,
        queues,
        plans: new QueuedPlans(connection, signerOf, () => new Date()),
        ledgers,
        hands: {
          slotsOf: () => Promise.resolve([]),
          run: () => Promise.resolve(done),
          missing: () => Promise.resolve(new Set()),
          ...hands,
        },
        reporter: silent,
        clock,
        host: 'here',
        mask: (value) => value,
        timing: { lock: 2000, idle: 10, slot: 20 },
      },
      over.signal,
    );
    const unused = () => Promise.reject(new Error('not asked'));
    const plans = { plan: () => Promise.resolve(plan), keyOf: unused, foresee: unused };
    try {
      return await use(queueRunner({ connection, queues, ...plans, clock, reporter: silent, interval: 10 }));
    } finally {
      over.abort();
      await working;
      await queues.close();
    }
  }

  const attempt = (id: string) => ({ id, since: new Date().toISOString() });

  test('an attempt is done once, however often it is asked for, and its end is found later', async () => {
    let times = 0;
    const run = () => {
      times += 1;
      return Promise.resolve(done);
    };
    const work = workOf('Shop');
    await withWorker('once', [work], { run }, async (runner) => {
      expect(await runner.endOf(work, attempt('a1'))).toBeUndefined();
      const ends = await Promise.all([1, 2].map(() => runner.run(work, attempt('a1'), silent, never)));
      expect(ends).toEqual([
        { ...done, host: 'here' },
        { ...done, host: 'here' },
      ]);
      expect(await runner.endOf(work, attempt('a1'))).toEqual({ ...done, host: 'here' });
      expect(times).toBe(1);
    });
  });

  test('an item with a store is an export, and an import that gets its package', async () => {
    const parts: unknown[] = [];
    const exported: ItemEnd = { outcome: 'done', jobs: ['octopus:lab:1'], package: { id: 'Shop', version: '1' } };
    const run: Hands['run'] = (part, { ledger }, before) => {
      parts.push([part, ledger, before?.package]);
      return Promise.resolve(part === 'export' ? exported : done);
    };
    const work = workOf('Shop', { 'via-store': 'vault' });
    const end = await withWorker('halves', [work], { run }, (runner) => runner.run(work, attempt('b1'), silent, never));
    expect(parts).toEqual([
      ['export', 'halves', undefined],
      ['import', 'halves', exported.package],
    ]);
    expect(end).toMatchObject({ outcome: 'done', jobs: ['octopus:lab:1', 'octopus:prod:1'] });
  });

  test('a look tells what the target has lost; one that failed is no answer', async () => {
    const work = workOf('Shop');
    const lost = [{ work, arrived: ['Shop'] }];
    const missing = () => Promise.resolve(new Set(['Shop']));
    expect(await withWorker('look', [work], { missing }, (runner) => runner.missing(lost, never))).toEqual(
      new Set(['Shop']),
    );
    const away = () => Promise.reject(new MigratorError('REMOTE_UNREACHABLE', 'prod: no answer'));
    await expect(
      withWorker('look', [work], { missing: away }, (runner) => runner.missing(lost, never)),
    ).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE', message: 'prod: no answer' });
  });

  test('what is stopped begins no more, and a plan of an unknown signer does nothing', async () => {
    const work = workOf('Shop');
    const run = () => Promise.reject(new Error('it was begun'));
    await askToStop(ledgers.of('stopped'), new Date());
    const stopped = await withWorker('stopped', [work], { run }, (runner) =>
      runner.run(work, attempt('c1'), silent, never),
    );
    expect(stopped).toMatchObject({ outcome: 'postponed', jobs: [] });
    const asStranger = (runner: ReturnType<typeof queueRunner>) => runner.run(work, attempt('d1'), silent, never);
    expect(await withWorker('other', [work], { run }, asStranger, 'eve')).toMatchObject({
      outcome: 'failed',
      fault: { code: 'PACKAGE_UNTRUSTED' },
    });
  });

  test('a fault of migrator itself ends the item, and does not go from worker to worker', async () => {
    const work = workOf('Shop');
    const slotsOf = () => Promise.reject(new TypeError('x is not a function'));
    const end = await withWorker('bug', [work], { slotsOf }, (runner) =>
      runner.run(work, attempt('f1'), silent, never),
    );
    expect(end).toMatchObject({ outcome: 'failed', fault: { code: 'BUG', message: 'x is not a function' } });
  });

  test('a server that bears one item never has two, and the place of an item that ended is free', async () => {
    const works = ['A', 'B', 'C'].map((id) => workOf(id));
    const atWork = { now: 0, most: 0 };
    const run = async () => {
      atWork.now += 1;
      atWork.most = Math.max(atWork.most, atWork.now);
      await new Promise((resolve) => setTimeout(resolve, 30));
      atWork.now -= 1;
      return done;
    };
    const slotsOf = () => Promise.resolve([{ of: 'octopus prod', most: 1 }]);
    // Somebody whose job is gone has not given its place back.
    await connection.redis.hset('migrator:slot:octopus prod', JSON.stringify(['lab>prod', 'move-gone']), '1');
    const ends = await withWorker('slots', works, { run, slotsOf }, (runner) =>
      Promise.all(works.map((work) => runner.run(work, attempt(`e-${work.id}`), silent, never))),
    );
    expect(ends.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    expect(atWork.most).toBe(1);
    expect(await connection.redis.exists('migrator:slot:octopus prod')).toBe(0);
  });
});
