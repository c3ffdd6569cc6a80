import type { Slot } from '../ports/runner.ts';
import type { QueueConnection } from './connect.ts';

/** Who holds a slot: the job of an item, wherever it is done. A job that another worker takes up keeps its slots. */
export interface Holder {
  readonly queue: string;
  readonly job: string;
}

const keyOf = (of: string): string => `migrator:slot:${of}`;
const fieldOf = ({ queue, job }: Holder): string => JSON.stringify([queue, job]);

/**
 * All slots or none, in one script. A slot never holds more than the least that one of its holders bears. Returns the field
 * names of the holders of the first slot that is full; nothing when all are taken.
 */
const takeScript = `
for i, key in ipairs(KEYS) do
  if redis.call('HEXISTS', key, ARGV[1]) == 0 then
    local least = tonumber(ARGV[i + 1])
    local bears = redis.call('HVALS', key)
    for _, most in ipairs(bears) do
      if tonumber(most) < least then least = tonumber(most) end
    end
    if #bears >= least then return redis.call('HKEYS', key) end
  end
end
for i, key in ipairs(KEYS) do
  redis.call('HSET', key, ARGV[1], ARGV[i + 1])
end
return {}`;

/** The limits of servers, over all workers and all plans. */
export class Slots {
  readonly #connection: Pick<QueueConnection, 'redis'>;

  constructor(connection: Pick<QueueConnection, 'redis'>) {
    this.#connection = connection;
  }

  /** True: all are taken. Else who holds the first one that is full. */
  async take(holder: Holder, slots: readonly Slot[]): Promise<true | readonly Holder[]> {
    if (slots.length === 0) return true;
    const keys = slots.map(({ of }) => keyOf(of));
    const most = slots.map((slot) => String(slot.most));
    const { redis } = this.#connection;
    const others = (await redis.eval(takeScript, keys.length, ...keys, fieldOf(holder), ...most)) as readonly string[];
    return others.length === 0 ? true : others.map(holderOf);
  }

  async free(holder: Holder, slots: readonly Slot[]): Promise<void> {
    for (const { of } of slots) await this.#connection.redis.hdel(keyOf(of), fieldOf(holder));
  }
}

function holderOf(field: string): Holder {
  const [queue = '', job = ''] = JSON.parse(field) as readonly string[];
  return { queue, job };
}
