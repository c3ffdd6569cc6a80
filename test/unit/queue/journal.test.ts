import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { connectQueue, type QueueConnection } from '../../../src/queue/connect.ts';
import { queueJournal, type QueueJournal, type QueueJournalOptions } from '../../../src/queue/journal.ts';
import { journalCases } from '../../support/journal-cases.ts';
import { describeWith } from '../../support/programs.ts';
import { startRedis, type RedisServer } from '../../support/redis-server.ts';

const self = { pid: process.pid, host: 'test-host' };
const again = { fresh: false };
const brief = { lease: 150 };
const pause = (milliseconds: number) => new Promise((wait) => setTimeout(wait, milliseconds));

/** A process that sleeps: of what it sends, nothing renews its lease. */
function asleep(redis: Redis): Redis {
  const deaf = Object.create(redis) as Redis;
  deaf.evalsha = ((...args: Parameters<Redis['evalsha']>) =>
    // The sign of life is the only script with one key and four values.
    args[1] === 1 && args.length === 7 ? Promise.resolve(1) : redis.evalsha(...args)) as Redis['evalsha'];
  return deaf;
}

describeWith(['redis-server'], 'a run in the queue', () => {
  let server: RedisServer;
  let queue: QueueConnection;
  const opened: QueueJournal[] = [];
  beforeAll(async () => {
    server = await startRedis();
    queue = await connectQueue(server.url, { volatile: false });
  });
  afterEach(async () => {
    for (const journal of opened.splice(0)) await journal.close();
    await queue.redis.flushall();
  });
  afterAll(async () => {
    await queue.close();
    await server.close();
  });
  const open = (options: QueueJournalOptions = {}, redis = queue.redis): QueueJournal => {
    const journal = queueJournal(redis, self, { timing: brief, ...options });
    opened.push(journal);
    return journal;
  };

  journalCases(() => Promise.resolve(open));

  test('that was pruned leaves nothing behind, and all keys are named after migrator', async () => {
    const journal = open({ keep: 1 });
    for (const key of ['a', 'b']) {
      const { run } = await journal.begin(key, 'import', again);
      await run.keep('import.result', 1);
      await run.finish('done');
      await journal.keep(run.record, 'import.undo', 1);
    }
    const [latest, ...others] = await journal.list();
    expect(others).toEqual([]);
    await journal.keep({ ...latest!, id: '20010101T000000000Z-00000000' }, 'x', 1);
    const keys = await queue.redis.keys('*');
    expect(keys.every((key) => key.startsWith('migrator:'))).toBe(true);
    expect(keys.filter((key) => key.startsWith('migrator:run'))).toHaveLength(4);
  });

  test('is done by exactly one of many processes that begin it at once; the others learn who', async () => {
    const journals = Array.from({ length: 5 }, () => open());
    const results = await Promise.allSettled(journals.map((journal) => journal.begin('k', 'import', again)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({
          code: 'CONFLICT',
          message: expect.stringContaining(`already running in process ${String(process.pid)} on test-host`),
        });
  });

  test('of a process that sleeps too long is taken over, and nothing of what that one writes later is kept', async () => {
    const { run: old } = await open({}, asleep(queue.redis)).begin('k', 'import', again);
    await old.note({ 'import.job': 'old' });
    const { run, resumed } = await open().begin('k', 'import', again);
    expect(resumed).toBe(true);
    await run.note({ 'import.job': 'new' });
    const before = await queue.redis.hgetall(`migrator:run:${run.record.id}`);
    for (const write of [
      () => old.note({ 'import.job': 'stale' }),
      () => old.job('octopus:prod:7'),
      () => old.keep('import.result', 'stale'),
      () => old.leave('failed'),
      () => old.finish('failed'),
    ])
      await expect(write()).rejects.toMatchObject({
        code: 'CONFLICT',
        message: 'another process has taken over this import',
      });
    expect(await queue.redis.hgetall(`migrator:run:${run.record.id}`)).toEqual(before);
    await run.finish('done');
  });

  test('of a process that is alive stays its own for longer than a lease, and is not settled by another', async () => {
    const { run } = await open().begin('k', 'import', again);
    await run.job('octopus:prod:7');
    await pause(brief.lease * 2);
    await open().settle('octopus:prod:7', 'done');
    await expect(open().begin('k', 'import', again)).rejects.toMatchObject({
      code: 'CONFLICT',
      hint: 'wait for its job with: migrator job wait octopus:prod:7',
    });
    await run.note({ 'import.finishedAt': 'now' });
    await run.finish('done');
  });

  test('waits for the lease of a dead process with a word, and is interrupted there', async () => {
    await open({ timing: { lease: 60_000 } }, asleep(queue.redis)).begin('k', 'import', again);
    const waits: string[] = [];
    const clock = {
      sleep: (_: number, signal: AbortSignal, what = '') => {
        waits.push(what);
        return signal.aborted ? Promise.reject(new Error('interrupted')) : Promise.resolve();
      },
    };
    const timing = { lease: 60_000 };
    const begun = open({ timing, clock, signal: AbortSignal.abort() }).begin('k', 'import', again);
    await expect(begun).rejects.toThrow('interrupted');
    expect(waits).toEqual([`a sign of life of process ${String(process.pid)} on test-host, which has this work`]);
  });

  test('begins after the run before it, even on a machine whose clock is behind', async () => {
    const ahead = open({ now: () => new Date('2040-01-01T00:00:00Z') });
    await (await ahead.begin('k', 'import', again)).run.finish('done');
    const { run } = await open().begin('k', 'import', again);
    await run.job('octopus:prod:9');
    expect((await open().list())[0]?.jobs).toEqual(['octopus:prod:9']);
    await run.finish('done');
  });

  // With "appendfsync everysec", the default of Redis, a crash of its machine may lose the last second.
  test('keeps every fact that was acknowledged when the server is killed, and goes on when it is back', async () => {
    const { run } = await open({ timing: { lease: 5000 } }).begin('k', 'import', again);
    for (let count = 0; count < 20; count += 1) await run.job(`octopus:prod:${String(count)}`);
    const killed = server.kill();
    const writing = run.note({ 'import.job': 'octopus:prod:19' });
    await killed;
    await server.restart();
    await writing;
    const [record] = await open().list();
    expect(record).toMatchObject({ id: run.record.id, facts: { 'import.job': 'octopus:prod:19' } });
    expect(record?.jobs).toHaveLength(20);
    await run.finish('done');
  });
});
