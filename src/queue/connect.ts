import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import type { Redis, RedisOptions } from 'ioredis';
import { MigratorError } from '../errors.ts';

import { cancelled, stopIfAborted } from '../streams/interruptible.ts';
import { noRedis, queueFault, whereOf } from './faults.ts';
import { queuePackages } from './packages.ts';
import { checkServer } from './server-check.ts';

/** A connection to the Redis that holds the queue. */
export interface QueueConnection {
  readonly redis: Redis;
  /** For messages: `host:port`, without user and password. */
  readonly where: string;
  /** Another connection with the same settings: BullMQ blocks one. `close` closes it too. */
  duplicate(): Redis;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Takes a server that may forget: one without its append-only file, or one that drops keys when its memory is full. */
  readonly volatile: boolean;
  /** Certificates to trust in addition to those of Node.js (PEM). */
  readonly ca?: string | undefined;
  /** Told once when the connection is lost, and once when it is back. */
  readonly onTrouble?: (message: string) => void;
  /** Ends the attempt to connect, and later the wait for a server that is gone. */
  readonly signal?: AbortSignal;
}

/** Milliseconds for the first connection, with all that is asked then. */
const firstAnswer = 5000;
/** Milliseconds that `close` waits for the last answers. */
const lastAnswer = 2000;

/**
 * Connects to `redis://[user:password@]host[:port][/db]`, or with TLS to `rediss://`. Later, commands wait while the
 * connection is lost, however long that is. CONFIG_INVALID for a wrong URL, and for a server that may lose what it was
 * given; REMOTE_UNREACHABLE and AUTH_REFUSED when it cannot be used. No message holds the user or the password.
 */
export async function connectQueue(
  url: string,
  { volatile, ca, onTrouble = () => undefined, signal = new AbortController().signal }: ConnectOptions,
): Promise<QueueConnection> {
  const place = placeOf(url);
  const where = whereOf(place);
  const { ioredis } = await queuePackages();
  stopIfAborted(signal);
  // A connection that was never there is not tried again, nor one that nobody waits for any more.
  const state = { wanted: false };
  const options = {
    ...place,
    ...(url.startsWith('rediss:')
      ? {
          tls: {
            ...(isIP(place.host) === 0 ? { servername: place.host } : {}),
            ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
          },
        }
      : {}),
    lazyConnect: true,
    connectTimeout: firstAnswer,
    maxRetriesPerRequest: null,
    disableClientInfo: true,
    // What a proxy between may not know is not needed.
    protocol: 2 as const,
    retryStrategy: (times: number) => (state.wanted && !signal.aborted ? Math.min(200 * times, 2000) : null),
  } satisfies RedisOptions;
  const redis = new ioredis.Redis(options);
  const told = tellTrouble(redis, where, onTrouble);
  const duplicates = new Set<Redis>();
  const giveUp = () => {
    for (const one of [redis, ...duplicates]) lastAttempt(one);
  };
  try {
    await within(redis, where, told, signal, async () => {
      await redis.connect();
      // A database that is not there is only told, and then the first one is used.
      if (told.last !== undefined) throw told.last;
      checkServer(await redis.info(), where, volatile);
    });
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  state.wanted = true;
  signal.addEventListener('abort', giveUp);
  return {
    redis,
    where,
    duplicate: () => {
      const other = redis.duplicate({ lazyConnect: false });
      // The first connection tells about the server.
      other.on('error', () => undefined);
      other.once('end', () => duplicates.delete(other));
      duplicates.add(other);
      return other;
    },
    close: async () => {
      signal.removeEventListener('abort', giveUp);
      told.silence();
      state.wanted = false;
      const ends = [redis, ...duplicates].map(ended);
      giveUp();
      for (const other of duplicates) if (other.status !== 'connecting') other.disconnect();
      const timer = setTimeout(() => {
        for (const one of [redis, ...duplicates]) one.disconnect();
      }, lastAnswer);
      // What is not answered by then is lost with the connection.
      if (redis.status !== 'end') redis.quit().catch(() => undefined);
      await Promise.all(ends);
      clearTimeout(timer);
    },
  };
}

const ended = (redis: Redis): Promise<void> =>
  redis.status === 'end' ? Promise.resolve() : new Promise((resolve) => redis.once('end', resolve));

/**
 * Tries at once what would be tried later. To stop the attempts alone would leave the commands that wait without an
 * answer.
 */
function lastAttempt(redis: Redis): void {
  if (redis.status !== 'reconnecting') return;
  redis.disconnect();
  redis.connect().catch(() => undefined);
}

/** Where a URL leads. */
function placeOf(text: string): { host: string; port: number; db: number; username?: string; password?: string } {
  const wrong = (why: string) =>
    new MigratorError('CONFIG_INVALID', `the URL of the queue ${why}`, {
      hint: 'write it as redis://:password@host:6379/0, or rediss:// for TLS, with %-escapes in the password',
    });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^rediss?:$/u.test(url.protocol)) throw wrong('is no address redis:// or rediss://');
  if (url.hostname === '') throw wrong('names no host');
  if (url.search !== '' || url.hash !== '') throw wrong('must not have "?" or "#"');
  const [, db] = /^\/?(\d{0,5})$/u.exec(url.pathname) ?? [];
  if (db === undefined) throw wrong('must end with the number of a database, or with the host');
  if (url.username !== '' && url.password === '') throw wrong('has a user, and no password');
  const [username, password] = [url.username, url.password].map((part) => {
    try {
      return decodeURIComponent(part);
    } catch (error) {
      if (error instanceof URIError) throw wrong('has a "%" in its password that begins no escape');
      throw error;
    }
  });
  return {
    host: url.hostname.replace(/^\[|\]$/gu, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    db: Number(db),
    ...(username === undefined || username === '' ? {} : { username }),
    ...(password === undefined || password === '' ? {} : { password }),
  };
}

interface Told {
  /** What the connection said last. The promises of the client say only that it is closed. */
  readonly last: Error | undefined;
  silence(): void;
}

/** Tells that the connection is lost, and that it is back. */
function tellTrouble(redis: Redis, where: string, onTrouble: (message: string) => void): Told {
  let state: 'new' | 'here' | 'lost' | 'silent' = 'new';
  let last: Error | undefined;
  redis.on('error', (error: Error) => {
    last = error;
  });
  redis.on('close', () => {
    if (state !== 'here') return;
    state = 'lost';
    onTrouble(`the connection to Redis at ${where} is lost; the work waits until it is back`);
  });
  redis.on('ready', () => {
    if (state === 'lost') onTrouble(`the connection to Redis at ${where} is back`);
    if (state !== 'silent') state = 'here';
  });
  return {
    get last() {
      return last;
    },
    silence: () => {
      state = 'silent';
    },
  };
}

/** The first work on a connection, for a limited time. */
async function within(
  redis: Redis,
  where: string,
  told: Told,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  let stop: (error: MigratorError) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  const interrupt = () => {
    stop(cancelled(signal.reason));
  };
  const timer = setTimeout(() => {
    stop(late(where, redis));
  }, firstAnswer);
  signal.addEventListener('abort', interrupt);
  try {
    await Promise.race([work(), stopped]);
  } catch (error) {
    throw queueFault(isClosed(error) ? (told.last ?? noAnswer(where)) : error, where);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
  }
}

const isClosed = (error: unknown): boolean => error instanceof Error && error.message.includes('Connection is closed');

/** A server that closes the connection and says nothing: TLS on its side only, or none of Redis. */
function noAnswer(where: string): MigratorError {
  const [code, text] = noRedis(where);
  return new MigratorError(code, `${text}, or it asks for TLS`, {
    hint: 'check the host and the port of the queue, and try rediss:// in place of redis://',
    details: { server: where },
  });
}

function late(where: string, { status }: Redis): MigratorError {
  const doing = status === 'connect' ? 'is still loading its data, or it is no Redis' : 'does not answer in time';
  return new MigratorError('REMOTE_UNREACHABLE', `Redis at ${where} ${doing}`, {
    hint: 'check the address, the network, and whether it asks for TLS (rediss://)',
    details: { server: where },
  });
}
