import assert from 'node:assert/strict';
import { MigratorError, type ErrorCode } from '../errors.ts';
import type { Adapter } from '../ports/adapter.ts';
import type { ArtifactFile, PackageRef } from '../ports/artifact.ts';
import type { PreparedExport } from '../ports/exporter.ts';
import type { JobStatus } from '../ports/job.ts';
import type { Options, Secrets } from '../ports/options.ts';

/** What an adapter says it can do. The suite checks that it has these, no others, and what each promises. */
export type Facet = 'exports' | 'push' | 'imports' | 'dry-run' | 'feed' | 'cancel' | 'moves' | 'snapshots';

/** Two fresh instances of a product and what a case needs to know of them. */
export interface ContractBench {
  readonly source: Adapter;
  readonly target: Adapter;
  /** The source's server, asked with credentials that it does not know. */
  readonly stranger: Adapter;
  /** Names of projects on the source that the target lacks; at least one. */
  readonly projects: readonly string[];
  readonly exportOptions: Options;
  readonly importOptions: Options;
  readonly secrets: Secrets;
  /** A package that the target's feed takes, and other bytes for the same name; wanted for `feed`. */
  readonly parcel?: { readonly ref: PackageRef; readonly bytes: Uint8Array; readonly otherBytes: Uint8Array };
  /** Every secret that was given to the adapters, in plain text, for the search in what they return and say. */
  readonly planted: readonly string[];
  /** What the adapters passed to `debug`. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

export interface ContractSetup {
  readonly facets: readonly Facet[];
  /** Called for each case anew. */
  open(): Promise<ContractBench>;
  /** A project is only a name (eNMS), so its snapshot is not empty where the name is unknown. */
  readonly projectsAreNames?: boolean;
  /** The server keeps nothing of an export job but its projects, so two preparations of the same projects look alike. */
  readonly exportsLookAlike?: boolean;
  /** Between two looks at a job; 20 ms unless told. */
  readonly pauseMs?: number;
  /** A job of the bench must have ended by then; 30 s unless told. */
  readonly patienceMs?: number;
}

export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

export type Step = (bench: ContractBench, setup: ContractSetup) => Promise<void>;

export const never: AbortSignal = new AbortController().signal;

export const finalStates: readonly string[] = ['succeeded', 'partial', 'failed', 'cancelled'];

/** A facet that the setup declares; its absence is the adapter's failure. */
export function need<Part>(part: Part | undefined, name: string): Part {
  assert.ok(part !== undefined, `the adapter has no ${name}, although its setup declares it`);
  return part;
}

export async function failsWith(code: ErrorCode, call: () => unknown): Promise<MigratorError> {
  const error = await Promise.resolve()
    .then(call)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  assert.ok(error instanceof MigratorError, `expected a MigratorError ${code}, got ${String(error)}`);
  assert.equal(error.code, code, error.message);
  return error;
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

export async function read(file: ArtifactFile): Promise<Buffer> {
  return Buffer.concat(await collect(file.open(never)));
}

/** Looks at a job as a run does, until it ends. */
export async function watch(adapter: Adapter, id: string, setup: ContractSetup): Promise<JobStatus> {
  const deadline = Date.now() + (setup.patienceMs ?? 30_000);
  for (;;) {
    await adapter.jobs.advance?.(id, never);
    const status = await adapter.jobs.status(id, never);
    assert.equal(status.id, id, 'a status carries the id that was asked for');
    if (status.fraction !== undefined) assert.ok(status.fraction >= 0 && status.fraction <= 1);
    if (finalStates.includes(status.state)) return status;
    assert.ok(Date.now() < deadline, `job ${id} is still ${status.wireState}`);
    await new Promise((resolve) => setTimeout(resolve, setup.pauseMs ?? 20));
  }
}

export interface Exported {
  readonly id: string;
  readonly prepared: PreparedExport;
  readonly startedAfter: Date;
}

export async function startExport(bench: ContractBench, packageVersion?: string): Promise<Exported> {
  const exports = need(bench.source.exports, 'exports');
  const request = { projects: bench.projects, packageVersion, options: bench.exportOptions };
  const prepared = await exports.prepare(request, never);
  const startedAfter = new Date();
  return { id: await exports.start(prepared, bench.secrets, undefined, never), prepared, startedAfter };
}

export async function projectNames(adapter: Adapter): Promise<string[]> {
  return (await collect(adapter.inventory.list('project', never))).map(({ name }) => name).sort();
}

/** Only what JSON can carry: no class, function, date or secret anywhere inside. */
export function isPlainData(value: unknown, place = 'the value'): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => isPlainData(item, `${place}[${index}]`));
  } else if (typeof value === 'object' && value !== null) {
    assert.equal(Object.getPrototypeOf(value), Object.prototype, `${place} is not plain data`);
    for (const [key, item] of Object.entries(value)) isPlainData(item, `${place}.${key}`);
  } else {
    const carried = value === undefined || value === null || ['string', 'boolean', 'number'].includes(typeof value);
    assert.ok(carried && !Number.isNaN(value), `${place} is not plain data`);
  }
}
