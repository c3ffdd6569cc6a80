import type { Redis } from 'ioredis';
import { journalOn, type ClosingJournal, type Hold, type RunShelf } from '../journal/run-journal.ts';
import { isUnfinished, keyName, parseRecord } from '../journal/run-record.ts';
import type { RunRecord } from '../ports/journal.ts';
import { acquireLease, ifMine, type Lease, type LeaseOptions } from './lease.ts';
import { asked, jsonOf, runScript } from './script.ts';

export interface QueueJournalOptions extends LeaseOptions {
  readonly now?: () => Date;
  /** How many finished runs are kept. Default: 1000. */
  readonly keep?: number;
}

export type QueueJournal = ClosingJournal;

const all = 'migrator:runs';
const over = 'migrator:runs:over';
const ofKey = (key: string): string => `migrator:runs:of:${keyName(key)}`;
const prefix = 'migrator:run:';
const hashOf = ({ id }: Pick<RunRecord, 'id'>): string => `${prefix}${id}`;
const keptField = (name: string): string => `kept:${name}`;

// Sorted sets whose members all have the score 0 are sorted as text, and ids sort by time.
const save = `${ifMine}
redis.call('HSET', KEYS[2], 'record', ARGV[4], 'of', KEYS[4])
redis.call('ZADD', KEYS[3], 0, ARGV[3])
redis.call('ZADD', KEYS[4], 0, ARGV[3])
if ARGV[5] == 'over' then redis.call('ZADD', KEYS[5], 0, ARGV[3]) else redis.call('ZREM', KEYS[5], ARGV[3]) end
return 1`;

const keepHeld = `${ifMine}
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
return 1`;

// A run that was removed in between must not leave a value behind.
const keepOver = `
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
return 1`;

const dropKept = `
local stay = {}
for _, field in ipairs(ARGV) do stay[field] = true end
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(field, 1, 5) == 'kept:' and not stay[field] then redis.call('HDEL', KEYS[1], field) end
end
return 1`;

const prune = `
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1 - ARGV[1])) do
  local hash = ARGV[2] .. id
  local of = redis.call('HGET', hash, 'of')
  if of then redis.call('ZREM', of, id) end
  redis.call('ZREM', KEYS[1], id)
  redis.call('ZREM', KEYS[2], id)
  redis.call('DEL', hash)
end
return 1`;

/**
 * The journal in Redis, for processes on several machines. A record is durable as far as the server's own file is: its
 * `appendfsync` says what a crash of that server may lose. The right to write the runs of a key is a lease.
 */
export function queueJournal(
  redis: Redis,
  self: { readonly pid: number; readonly host: string },
  options: QueueJournalOptions = {},
): QueueJournal {
  const write = async (lua: string, keys: readonly string[], values: readonly (string | number)[]): Promise<boolean> =>
    (await runScript(redis, lua, keys, values)) === 1;

  const holdOf = ({ key, proof, ...lease }: Lease): Hold => ({
    save: (record) => {
      const state = isUnfinished(record) ? 'open' : 'over';
      const keys = [key, hashOf(record), all, ofKey(record.key), over];
      return write(save, keys, [...proof, record.id, JSON.stringify(record), state]);
    },
    keep: (record, name, value) =>
      write(keepHeld, [key, hashOf(record)], [...proof, keptField(name), JSON.stringify(value)]),
    release: () => lease.release(),
  });

  const read = async (key?: string): Promise<RunRecord[]> =>
    asked(redis, async () => {
      const ids = await redis.zrevrange(key === undefined ? all : ofKey(key), 0, -1);
      // Not as a pipeline: a lost connection would break off one that is under way.
      const texts = await Promise.all(ids.map((id) => redis.hget(hashOf({ id }), 'record')));
      const records = texts.flatMap((text) => parseRecord(text ?? '') ?? []);
      return key === undefined ? records : records.filter((record) => record.key === key);
    });

  const shelf: RunShelf = {
    hold: async (key, { patient }) => {
      const acquired = await acquireLease(redis, `run:${keyName(key)}`, self, patient, options);
      return 'owner' in acquired ? acquired : holdOf(acquired.lease);
    },
    read,
    keep: async (record, name, value) => {
      await write(keepOver, [hashOf(record)], [keptField(name), JSON.stringify(value)]);
    },
    kept: async (record, name) => jsonOf(await asked(redis, () => redis.hget(hashOf(record), keptField(name)))),
    dropKept: async (record, but) => {
      await write(dropKept, [hashOf(record)], but.map(keptField));
    },
    tidy: async (keep) => {
      await write(prune, [over, all], [keep, prefix]);
    },
  };
  return journalOn(shelf, self, options);
}
