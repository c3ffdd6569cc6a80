import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { WorkOwner } from '../journal/refusals.ts';
import type { Clock } from '../ports/runtime.ts';
import { cancelled } from '../streams/interruptible.ts';
import { runScript } from './script.ts';

// A lease is a hash. Who takes it gets a token from a counter that only grows, and a nonce. A holder that was paused finds
// another token or nonce there, and its writes do nothing: each looks in the same script in which it writes. The nonce is
// checked too, because a server that loses its last second in a crash gives a token twice. All times are those of Redis.

export interface QueueTiming {
  /** Milliseconds without a sign of life after which a process counts as dead. A third of it is between two signs. */
  readonly lease: number;
}

export interface Lease {
  /** The key of its hash: the first key of a script that begins with `ifMine`. */
  readonly key: string;
  /** The token and the nonce: the first two values of such a script. */
  readonly proof: readonly [token: string, nonce: string];
  release(): Promise<void>;
}

export interface LeaseOptions {
  readonly timing?: QueueTiming | undefined;
  readonly clock?: Pick<Clock, 'sleep'> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const usualTiming: QueueTiming = { lease: 30_000 };

const fence = 'migrator:fence';
/** Longer than any process is paused, so that an old one still finds that it was deposed. */
const garbage = 30 * 86_400_000;
/** A release that waits for a server that is gone keeps a process from its end. The lease ends by itself. */
const patience = 2000;

/** The beginning of a script that writes: it returns 0 when the lease is no longer the caller's. */
export const ifMine = `
local lease = redis.call('HMGET', KEYS[1], 'token', 'nonce', 'released')
if lease[1] ~= ARGV[1] or lease[2] ~= ARGV[2] or lease[3] ~= '0' then return 0 end
`;

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

// A script that is sent again finds its own nonce, and returns the token that it has.
const acquire = `${now}
local lease = redis.call('HMGET', KEYS[1], 'token', 'nonce', 'released', 'until', 'pid', 'host', 'since', 'beats')
if lease[3] == '0' then
  if lease[2] == ARGV[1] then return {'mine', lease[1]} end
  if tonumber(lease[4]) > now then
    return {'busy', lease[5], lease[6], lease[7], lease[2] .. ' ' .. lease[8], tonumber(lease[4]) - now}
  end
end
local token = redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[1], 'token', token, 'nonce', ARGV[1], 'released', '0', 'until', now + ARGV[4],
  'pid', ARGV[2], 'host', ARGV[3], 'since', now, 'beats', 0)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {'mine', tostring(token)}`;

const beat = `${ifMine}${now}
redis.call('HSET', KEYS[1], 'until', now + ARGV[3])
redis.call('HINCRBY', KEYS[1], 'beats', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1`;

const release = `${ifMine}
redis.call('HSET', KEYS[1], 'released', '1')
return 1`;

const look = `${now}
local lease = redis.call('HMGET', KEYS[1], 'released', 'until', 'pid', 'host', 'since')
if lease[1] == '0' and tonumber(lease[2]) > now then return {lease[3], lease[4], lease[5]} end
return false`;

const keyOf = (name: string): string => `migrator:lease:${name}`;

const ownerFrom = (pid: unknown, host: unknown, since: unknown): WorkOwner => ({
  pid: Number(pid),
  host: String(host),
  since: new Date(Number(since)).toISOString(),
});

/** The process that has the lease, and has not let it end. */
export async function ownerOf(redis: Redis, name: string): Promise<WorkOwner | undefined> {
  const found = await runScript(redis, look, [keyOf(name)], []);
  return Array.isArray(found) ? ownerFrom(found[0], found[1], found[2]) : undefined;
}

/**
 * Takes the lease, or returns the live process that has it. A process that does not renew its lease until it ends is dead.
 * With `patient`, this is waited for; without, any lease that has not ended counts as that of a live process.
 */
export async function acquireLease(
  redis: Redis,
  name: string,
  self: { readonly pid: number; readonly host: string },
  patient: boolean,
  { timing = usualTiming, clock = plainClock, signal = new AbortController().signal }: LeaseOptions = {},
): Promise<{ readonly lease: Lease } | { readonly owner: WorkOwner }> {
  const { lease: length } = timing;
  const nonce = randomBytes(16).toString('hex');
  let seen: unknown;
  for (;;) {
    const values = [nonce, self.pid, self.host, length, garbage];
    const [answer, ...rest] = (await runScript(redis, acquire, [keyOf(name), fence], values)) as readonly unknown[];
    if (answer === 'mine') return { lease: hold(redis, keyOf(name), [String(rest[0]), nonce], length) };
    const [pid, host, since, life] = rest;
    const left = Number(rest[4]);
    const owner = ownerFrom(pid, host, since);
    if (!patient || (seen !== undefined && seen !== life)) return { owner };
    // A live holder gives its next sign when a third of the lease has gone by, so this is looked for first.
    const due = seen === undefined ? left - length / 2 : left;
    seen = life;
    await clock.sleep(
      Math.ceil(due > 0 ? due : left) + 1,
      signal,
      `a sign of life of process ${String(owner.pid)} on ${owner.host}, which has this work`,
    );
  }
}

function hold(redis: Redis, key: string, proof: Lease['proof'], length: number): Lease {
  let beating = false;
  let released = false;
  const timer = setInterval(() => {
    // While the connection is lost, one sign of life waits, and not one for each third.
    if (beating) return;
    beating = true;
    // The next one may arrive. What depends on the lease is checked by each write.
    const done = () => {
      beating = false;
    };
    runScript(redis, beat, [key], [...proof, length, garbage]).then(done, done);
  }, length / 3);
  timer.unref();
  return {
    key,
    proof,
    release: async () => {
      if (released) return;
      released = true;
      clearInterval(timer);
      const given = new AbortController();
      const end = () => {
        given.abort();
      };
      // Without an answer the lease ends by itself.
      runScript(redis, release, [key], proof).then(end, end);
      await delay(patience, undefined, { signal: given.signal }).catch(() => undefined);
    },
  };
}

const plainClock: Pick<Clock, 'sleep'> = {
  sleep: (milliseconds, signal) =>
    delay(milliseconds, undefined, { signal }).catch((cause: unknown) => {
      throw cancelled(cause);
    }),
};
