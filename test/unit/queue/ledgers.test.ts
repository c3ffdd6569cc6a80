import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { connectQueue, type QueueConnection } from '../../../src/queue/connect.ts';
import { queueLedgers, type QueueLedgers } from '../../../src/queue/ledgers.ts';
import { ledgerCases } from '../../support/ledger-cases.ts';
import { describeWith } from '../../support/programs.ts';
import { startRedis, type RedisServer } from '../../support/redis-server.ts';

describeWith(['redis-server'], 'a ledger in the queue', () => {
  let server: RedisServer;
  let queue: QueueConnection;
  const opened: QueueLedgers[] = [];
  beforeAll(async () => {
    server = await startRedis();
    queue = await connectQueue(server.url, { volatile: false });
  });
  afterEach(async () => {
    for (const ledgers of opened.splice(0)) await ledgers.close();
    await queue.redis.flushall();
  });
  afterAll(async () => {
    await queue.close();
    await server.close();
  });
  const open = (lease = 150, host = 'here'): QueueLedgers => {
    const ledgers = queueLedgers(queue.redis, { pid: process.pid, host }, { timing: { lease } });
    opened.push(ledgers);
    return ledgers;
  };

  ledgerCases(() => Promise.resolve(() => open()));

  test('takes nothing more from a process whose ledger was taken over', async () => {
    const held = await open().hold('wave-a', 'a run');
    await held.put('item x', 1);
    // What a server that lost its last second in a crash does: it gives the same token to another process.
    await queue.redis.del('migrator:fence', ...(await queue.redis.keys('migrator:lease:*')));
    const other = await open(150, 'else').hold('wave-a', 'a run');
    for (const value of [2, null])
      await expect(held.put('item x', value)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: 'another process has taken over a run',
      });
    expect(await other.all()).toEqual(new Map([['item x', 1]]));
    await held.release();
    expect(await open().holder('wave-a')).toMatchObject({ host: 'else' });
    await other.put('item x', null);
    expect(await other.get('item x')).toBeUndefined();
  });

  test('takes a damaged entry for none', async () => {
    const ledger = open().of('wave-a');
    await ledger.put('item x', 1);
    const [key = ''] = await queue.redis.keys('migrator:ledger:*');
    await queue.redis.hset(key, 'item x', '{"torn');
    expect(await ledger.all()).toEqual(new Map());
    expect(await ledger.get('item x')).toBeUndefined();
  });
});
