import type { Redis } from 'ioredis';

/** A connection to the Redis that holds the queue. */
export interface QueueConnection {
  readonly redis: Redis;
  /** For messages: `host:port`, without user and password. */
  readonly where: string;
  /** Another connection with the same settings: BullMQ blocks one. */
  duplicate(): Redis;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly volatile: boolean;
  readonly ca?: string | undefined;
  readonly onTrouble?: (message: string) => void;
  readonly signal?: AbortSignal;
}

export function connectQueue(_url: string, _options: ConnectOptions): Promise<QueueConnection> {
  return Promise.reject(new Error('not written yet'));
}
