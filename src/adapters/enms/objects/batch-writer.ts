import { isMigratorError } from '../../../errors.ts';
import { plural } from '../../../plural.ts';
import type { JobItem } from '../../../ports/job.ts';
import { subtypeOf } from '../model/package-against-target.ts';
import type { PackagedObject } from '../model/package-content.ts';
import type { Type } from '../model/types-and-relations.ts';
import type { Server } from '../server.ts';
import type { Upserted } from '../wire/rest.ts';
import type { WireObject } from '../wire/schemas.ts';

const batchSize = 100;
const mostItems = 1000;

/** Collects objects by their subtype, which the path of a request names, and counts the results. */
export class BatchWriter {
  readonly items: JobItem[] = [];
  written = 0;
  refused = 0;
  equal = 0;
  readonly #server: Server;
  readonly #signal: AbortSignal;
  readonly #batches = new Map<
    string,
    { readonly type: Type; readonly counts: boolean; readonly objects: WireObject[] }
  >();
  readonly #settled = new Set<string>();

  constructor(server: Server, signal: AbortSignal) {
    this.#server = server;
    this.#signal = signal;
  }

  async add(type: Type, object: PackagedObject, body: WireObject): Promise<void> {
    if (!this.isSettled(type, object.name)) await this.#put(type, subtypeOf(type, object), body, true);
  }

  /**
   * Writes relations in the second pass. Objects were counted before; one that is refused now is counted as refused.
   */
  relate(type: Type, object: PackagedObject, body: WireObject): Promise<void> {
    return this.#put(type, subtypeOf(type, object), body, false);
  }

  /** Counts an object that is already as the package has it, and does not write it. */
  leave(type: Type, name: string): void {
    this.#settled.add(`${type} ${name}`);
    this.equal += 1;
  }

  /** Whether the object was refused, or left as it is. */
  isSettled(type: Type, name: string): boolean {
    return this.#settled.has(`${type} ${name}`);
  }

  async flush(): Promise<void> {
    for (const subtype of [...this.#batches.keys()]) await this.#send(subtype);
  }

  async #put(type: Type, subtype: string, body: WireObject, counts: boolean): Promise<void> {
    const batch = this.#batches.get(subtype) ?? { type, counts, objects: [] };
    this.#batches.set(subtype, batch);
    batch.objects.push(body);
    if (batch.objects.length >= batchSize) await this.#send(subtype);
  }

  /**
   * When the database fails at one object, the server refuses the whole batch and does not name the object. So the
   * batch is halved until the object is alone. When the server takes neither half, the server itself has failed.
   */
  async #upsert(subtype: string, objects: readonly WireObject[]): Promise<Upserted> {
    try {
      return await this.#server.rest.upsert(subtype, objects, this.#signal);
    } catch (error) {
      if (objects.length < 2 || !isMigratorError(error, 'REMOTE_UNEXPECTED') || error.details['status'] !== 500)
        throw error;
      const middle = Math.ceil(objects.length / 2);
      const halves: Upserted[] = [];
      for (const half of [objects.slice(0, middle), objects.slice(middle)])
        halves.push(await this.#half(subtype, half));
      if (halves.every(({ success }) => success.length === 0)) throw error;
      return { success: halves.flatMap(({ success }) => success), failure: halves.flatMap(({ failure }) => failure) };
    }
  }

  async #half(subtype: string, objects: readonly WireObject[]): Promise<Upserted> {
    try {
      return await this.#upsert(subtype, objects);
    } catch (error) {
      if (!isMigratorError(error, 'REMOTE_UNEXPECTED') || error.details['status'] !== 500) throw error;
      return {
        success: [],
        failure: objects.map((object) => ({ name: String(object['name']), reason: error.message })),
      };
    }
  }

  async #send(subtype: string): Promise<void> {
    const batch = this.#batches.get(subtype);
    this.#batches.delete(subtype);
    if (batch === undefined) return;
    const { type, counts, objects } = batch;
    const { success, failure } = await this.#upsert(subtype, objects);
    this.#server.progress(`${plural(this.written + success.length, 'object')} written to ${this.#server.name}`);
    if (counts) this.written += success.length;
    else this.written -= failure.length;
    this.refused += failure.length;
    for (const { name, reason } of failure) {
      this.#settled.add(`${type} ${name}`);
      if (this.items.length < mostItems) this.items.push({ kind: type, name, action: 'failed', reason });
    }
    // Objects that the answer does not name must not count as a success.
    const silent = objects.length - success.length - failure.length;
    if (silent <= 0) return;
    if (!counts) this.written -= silent;
    this.refused += silent;
    this.items.push({
      kind: type,
      name: `${silent} of a batch`,
      action: 'failed',
      reason: 'the answer does not name them',
    });
  }
}
