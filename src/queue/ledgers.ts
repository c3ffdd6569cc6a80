import type { Redis } from 'ioredis';
import { alreadyRunning, ledgerHints, takenOver } from '../journal/refusals.ts';
import { keyName } from '../journal/run-record.ts';
import type { HeldLedger, Json, Ledger, Ledgers } from '../ports/journal.ts';
import { acquireLease, ifMine, ownerOf, type Lease, type LeaseOptions } from './lease.ts';
import { asked, jsonOf, runScript } from './script.ts';

export type QueueLedgers = Ledgers & {
  /** Lets go of all that this process holds. */
  close(): Promise<void>;
};

const putHeld = `${ifMine}
if ARGV[4] == 'null' then redis.call('HDEL', KEYS[2], ARGV[3]) else redis.call('HSET', KEYS[2], ARGV[3], ARGV[4]) end
return 1`;

/** Ledgers in Redis: a hash for each, with a field for each entry. */
export function queueLedgers(
  redis: Redis,
  self: { readonly pid: number; readonly host: string },
  options: LeaseOptions = {},
): QueueLedgers {
  const held = new Set<Lease>();
  const hashOf = (key: string): string => `migrator:ledger:${keyName(key)}`;
  const leaseOf = (key: string): string => `ledger:${keyName(key)}`;

  const of = (key: string): Ledger => ({
    all: async () => {
      const entries = Object.entries(await asked(redis, () => redis.hgetall(hashOf(key))));
      return new Map(entries.flatMap(([name, text]) => entryOf(name, jsonOf(text))));
    },
    get: async (name) => jsonOf(await asked(redis, () => redis.hget(hashOf(key), name))),
    put: async (name, value) => {
      await asked(redis, () =>
        value === null ? redis.hdel(hashOf(key), name) : redis.hset(hashOf(key), name, JSON.stringify(value)),
      );
    },
  });

  return {
    of,
    hold: async (key, what): Promise<HeldLedger> => {
      const acquired = await acquireLease(redis, leaseOf(key), self, true, options);
      if ('owner' in acquired) throw alreadyRunning(what, acquired.owner, new Date(), { hint: ledgerHints.busy });
      const { lease } = acquired;
      held.add(lease);
      return {
        ...of(key),
        put: async (name, value) => {
          const values = [...lease.proof, name, JSON.stringify(value)];
          const done = await runScript(redis, putHeld, [lease.key, hashOf(key)], values);
          if (done !== 1) throw takenOver(what, ledgerHints.takenOver);
        },
        release: async () => {
          held.delete(lease);
          await lease.release();
        },
      };
    },
    holder: (key) => ownerOf(redis, leaseOf(key)),
    close: async () => {
      await Promise.all([...held].map((lease) => lease.release()));
      held.clear();
    },
  };
}

const entryOf = (name: string, value: Json | undefined): readonly [string, Json][] =>
  value === undefined ? [] : [[name, value]];
