import { createHash } from 'node:crypto';
import { MigratorError } from '../errors.ts';
import type { Allowed, ItemWork } from '../ports/runner.ts';
import type { QueueConnection } from './connect.ts';

export interface QueuedItem {
  readonly work: ItemWork;
  readonly allowed: Allowed;
}

/**
 * A plan as workers get it: what each item does, signed by whoever handed it out. Holds no secret: a flag that takes one has
 * a reference to it, which each worker resolves on its own machine.
 */
export interface QueuedPlan {
  readonly format: typeof planFormat;
  readonly name: string;
  /** The key of its ledger. */
  readonly ledger: string;
  /** ISO 8601. */
  readonly signedAt: string;
  /** ISO 8601: a worker refuses it from then on. So an old plan that somebody puts back into the queue does nothing. */
  readonly expiresAt: string;
  /** ISO 8601: no item starts from then on. */
  readonly until?: string | undefined;
  readonly items: readonly QueuedItem[];
}

const planFormat = 'migrator/queued-plan/1';
const longest = 256 * 1024 * 1024;

/** How long a signed plan may be used, in milliseconds: a long weekend. Who runs the wave again signs anew. */
export const planLifetime = 4 * 24 * 60 * 60_000;

/** Signs a text. The signature is a minisign signature file. */
export type SignText = (text: string) => Promise<string>;
/** The name of the trusted signer of a text. Undefined when no trusted key has signed it. */
export type SignerOf = (text: string, signature: string) => Promise<string | undefined>;

const keyOf = (id: string): string => `migrator:plan:${id}`;

/** Puts a plan where workers find it. Returns its id, which is its SHA-256. */
export async function publishPlan(
  { redis }: Pick<QueueConnection, 'redis'>,
  plan: Omit<QueuedPlan, 'format'>,
  sign: SignText,
): Promise<string> {
  const text = JSON.stringify({ format: planFormat, ...plan } satisfies QueuedPlan);
  const id = createHash('sha256').update(text).digest('hex');
  const signature = await sign(text);
  // A worker that finds the job of an item after that time can still say which plan it was of.
  const seconds = Math.ceil(planLifetime / 1000) * 2;
  await redis.multi().hset(keyOf(id), { text, signature }).expire(keyOf(id), seconds).exec();
  return id;
}

/** Reads and checks plans. Each is checked once, but for its time. */
export class QueuedPlans {
  readonly #connection: Pick<QueueConnection, 'redis'>;
  readonly #signerOf: SignerOf;
  readonly #now: () => Date;
  readonly #known = new Map<string, Promise<QueuedPlan>>();

  constructor(connection: Pick<QueueConnection, 'redis'>, signerOf: SignerOf, now: () => Date) {
    this.#connection = connection;
    this.#signerOf = signerOf;
    this.#now = now;
  }

  /** PACKAGE_UNTRUSTED when no trusted key has signed it, or it has expired. NOT_FOUND when it is gone. */
  async get(id: string): Promise<QueuedPlan> {
    const known = this.#known.get(id) ?? this.#read(id);
    this.#known.set(id, known);
    // Who trusts the key in the meantime need not start the worker again.
    known.catch(() => this.#known.delete(id));
    const plan = await known;
    if (this.#now().toISOString() < plan.expiresAt) return plan;
    throw new MigratorError(
      'PACKAGE_UNTRUSTED',
      `the plan "${plan.name}" was signed at ${plan.signedAt} and has expired`,
      {
        hint: 'run the wave again: that signs it anew',
      },
    );
  }

  async #read(id: string): Promise<QueuedPlan> {
    const key = keyOf(id);
    const size = await this.#connection.redis.hstrlen(key, 'text');
    const { text = '', signature = '' } = size > 0 && size <= longest ? await this.#connection.redis.hgetall(key) : {};
    if (text === '')
      throw new MigratorError('NOT_FOUND', 'the plan of this item is not in the queue any more', {
        hint: 'run the wave again',
      });
    // The id is what the job names: another text under it is not that plan.
    const isWhole = createHash('sha256').update(text).digest('hex') === id;
    const signer = isWhole ? await this.#signerOf(text, signature) : undefined;
    if (signer === undefined)
      throw new MigratorError(
        'PACKAGE_UNTRUSTED',
        'the plan of this item is not signed by a key that this worker trusts',
        {
          hint: 'trust the key of whoever runs the wave: migrator key trust <key> --name <name>',
        },
      );
    const plan = JSON.parse(text) as QueuedPlan;
    if ((plan.format as string) === planFormat) return plan;
    throw new MigratorError('PACKAGE_UNTRUSTED', `the plan of this item has the format "${String(plan.format)}"`, {
      hint: 'install the same release of migrator on all machines',
    });
  }
}

/** NOT_FOUND when the plan has no such item. */
export function itemIn(plan: QueuedPlan, id: string): QueuedItem {
  const item = plan.items.find(({ work }) => work.id === id);
  if (item !== undefined) return item;
  throw new MigratorError('NOT_FOUND', `the plan "${plan.name}" has no item "${id}"`, { hint: 'run the wave again' });
}
