import { describe, expect, test } from '@jest/globals';
import { naming, unnamed } from '../../../src/core/naming.ts';
import { type ErrorCode, MigratorError } from '../../../src/errors.ts';
import type { Adapter, Peer } from '../../../src/ports/adapter.ts';
import { river } from '../../support/moving-adapter.ts';

const { signal } = new AbortController();
const fault = (code: ErrorCode, message: string, details = {}) =>
  new MigratorError(code, message, { hint: 'see: migrator inventory --from <instance>', details });

/** An adapter that fails in every way with this error. It is frozen, as one of somebody else may be. */
function failing(error: MigratorError, peers: Peer[] = []): Adapter {
  const { adapter } = river();
  const list = async function* (): AsyncGenerator<never> {
    await Promise.reject(error);
  };
  const fail = () => Promise.reject(error);
  return Object.freeze({
    ...adapter,
    inventory: Object.freeze({ kinds: ['project'], list }),
    jobs: { ...adapter.jobs, status: fail, log: list },
    moves: {
      ...adapter.moves!,
      prepare: (_: unknown, peer: Peer) => {
        peers.push(peer);
        return fail();
      },
      packageOf: () => {
        throw error;
      },
    },
    ways: { ofOldPackages: 'a', of: () => ({ ...adapter, inventory: { kinds: [], list } }) } as never,
  });
}

async function errorOf(work: () => unknown): Promise<unknown> {
  try {
    const result = work();
    if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result)
      for await (const item of result as AsyncIterable<unknown>) throw new Error(`it gave ${String(item)}`);
    else await result;
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

describe('the errors of an adapter name its instance', () => {
  const lab = naming('lab', failing(fault('NOT_FOUND', 'there is no project Shop')));
  const named = {
    code: 'NOT_FOUND',
    message: 'lab: there is no project Shop',
    hint: 'see: migrator inventory --from lab',
    details: { instance: 'lab' },
  };

  test.each([
    ['in a list', () => lab.inventory.list('project', signal)],
    ['of a job', () => lab.jobs.status('1', signal)],
    ['in the log of a job', () => lab.jobs.log('1', signal)],
    ['at once', () => lab.moves!.packageOf!('1')],
    ['on a way', () => lab.ways!.of('a').inventory.list('project', signal)],
  ])('%s', async (_, work) => {
    expect(await errorOf(work)).toMatchObject(named);
  });

  test('a move names both ends, and the other adapter gets the one that it knows', async () => {
    const peers: Peer[] = [];
    const other = failing(fault('CONFLICT', 'x'));
    const source = naming('lab', failing(fault('NOT_FOUND', 'there is no project Shop'), peers));
    const request = { project: 'Shop', dryRun: false, options: {} };
    const target = { name: 'prod', adapter: naming('prod', other) };
    expect(await errorOf(() => source.moves!.prepare(request, target, signal))).toMatchObject({
      message: 'lab to prod: there is no project Shop',
    });
    expect(peers[0]?.adapter).toBe(other);
    expect(unnamed(target.adapter)).toBe(other);
  });
});

test.each([
  [
    'an error that names it already',
    fault('NOT_FOUND', 'the Library lab has no project'),
    'the Library lab has no project',
  ],
  ['a fault of this machine', fault('LOCAL_IO', 'the disk is full'), 'the disk is full'],
  ['a wrong flag', fault('USAGE', '--a needs --b'), '--a needs --b'],
  ['an unclear name', fault('USAGE', 'two fit', { ambiguous: ['a'] }), 'lab: two fit'],
])('%s is told as it should be', async (_, error, message) => {
  expect(await errorOf(() => naming('lab', failing(error)).inventory.list('project', signal))).toMatchObject({
    message,
  });
});

test('a failure to reach the server of a job keeps its words, because the job may ask another server too', async () => {
  const error = fault('REMOTE_UNREACHABLE', 'prod.example does not answer');
  expect(await errorOf(() => naming('lab', failing(error)).jobs.status('1', signal))).toBe(error);
});

test('what is absent stays absent', () => {
  const { adapter } = river();
  const named = naming('lab', adapter);
  expect([named.exports, named.feed, named.product]).toEqual([undefined, undefined, 'river']);
  expect('undo' in named.jobs).toBe(false);
  expect('close' in named).toBe('close' in adapter);
});
