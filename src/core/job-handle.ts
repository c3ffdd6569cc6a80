import { MigratorError } from '../errors.ts';
import type { RunRecord } from '../ports/journal.ts';
import type { Jobs } from '../ports/job.ts';
import type { Instance, Placed } from './instance.ts';

/** `<product>:<instance>:<id>`. The adapter defines the id, which may contain colons. */
export interface JobHandle {
  readonly product: string;
  readonly instance: string;
  readonly id: string;
}

export function formatHandle({ product, instance, id }: JobHandle): string {
  return `${product}:${instance}:${id}`;
}

export function parseHandle(text: string): JobHandle {
  const match = /^([a-z][a-z0-9-]*):([^:\s]+):(\S+)$/u.exec(text);
  const [, product, instance, id] = match ?? [];
  if (product === undefined || instance === undefined || id === undefined) {
    throw new MigratorError('USAGE', `"${text}" is not a job handle`, {
      hint: 'a handle looks like octopus:prod:ServerTasks-1234; "migrator job list" prints them',
    });
  }
  return { product, instance, id };
}

/** The handle of a job as people see it and type it: as short as it can be found again from any machine. */
export function handleOf(
  { name, adapter }: { readonly name: string; readonly adapter: Pick<Instance['adapter'], 'product' | 'jobs'> },
  id: string,
): string {
  return formatHandle({ product: adapter.product, instance: name, id: shortId(id, adapter.jobs) });
}

const shortId = (id: string, jobs: Pick<Jobs, 'shortId'>): string => jobs.shortId?.(id) ?? id;

/** Whether two ids are of one job of this product: one of them may be the short one. */
export function isSameId(one: string, other: string, { jobs }: Instance['adapter']): boolean {
  return one === other || (jobs.shortId !== undefined && jobs.shortId(one) === jobs.shortId(other));
}

const isOf = (handle: JobHandle, { name, adapter }: Instance): boolean =>
  handle.instance === name && handle.product === adapter.product;

type Records = Pick<RunRecord, 'jobs' | 'facts'>;

/** The handle of the job in the record of a run that started it. Records of earlier releases have whole ids. */
export function handleIn({ jobs }: Pick<RunRecord, 'jobs'>, id: string, instance: Instance): string | undefined {
  return jobs.find((handle) => {
    const one = parseHandle(handle);
    return isOf(one, instance) && isSameId(one.id, id, instance.adapter);
  });
}

/** The steps of a run that started a job of this id. */
export function stepsWith({ facts }: Pick<RunRecord, 'facts'>, id: string, { adapter }: Instance): readonly string[] {
  return Object.entries(facts).flatMap(([name, value]) =>
    name.endsWith('.job') && typeof value === 'string' && isSameId(value, id, adapter)
      ? [name.slice(0, -'.job'.length)]
      : [],
  );
}

/** The parts of an id by which a product may call the job. */
const words = (id: string): readonly string[] => id.split(/[:,/@]/u).filter((word) => word.length >= 8);

/**
 * The whole id of a job, as far as a run of this machine knows it: it may hold more than a short handle, such as the package
 * of an export. What a product calls the job is enough, when one job alone is called so. The same id when nobody knows more.
 */
export function wholeId(id: string, instance: Instance, records: readonly Records[]): string {
  // A whole id is taken at its word: the server is asked whether it is right.
  if (shortId(id, instance.adapter.jobs) !== id) return id;
  const known = records.flatMap((record) => [
    ...record.jobs.flatMap((handle) => {
      const one = parseHandle(handle);
      return isOf(one, instance) ? [one.id] : [];
    }),
    ...(handleIn(record, id, instance) === undefined ? [] : stepsWith(record, id, instance)).map(
      (step) => record.facts[`${step}.job`] ?? id,
    ),
  ]);
  const of = (fits: (one: string) => boolean): readonly string[] => [...new Set(known.filter(fits))];
  const longer = of((one) => one !== id && isSameId(one, id, instance.adapter));
  if (longer.length > 0) return longer.length === 1 ? (longer[0] ?? id) : id;
  if (known.includes(id)) return id;
  const called = of((one) => isCalled(one, id));
  return called.length === 1 ? (called[0] ?? id) : id;
}

/** Whether a job of this whole id may be called `word`. */
const isCalled = (id: string, word: string): boolean =>
  words(id).includes(word) || ['/', '@', ','].some((end) => id.startsWith(`${word}${end}`));

/**
 * A handle of the journal by one word of its id, which `wholeId` completes: the first by which no other of the `known` handles
 * is called. The same handle when there is none.
 */
export function briefHandle(handle: string, known: readonly string[]): string {
  const { product, instance, id } = parseHandle(handle);
  const others = known
    .filter((one) => one !== handle)
    .map(parseHandle)
    .filter((one) => one.product === product && one.instance === instance);
  const word = words(id).find((one) => others.every((other) => other.id !== one && !isCalled(other.id, one)));
  return word === undefined ? handle : formatHandle({ product, instance, id: word });
}

/** A job, with its opened instance. */
export interface OpenJob {
  readonly instance: Placed;
  readonly id: string;
  /** The handle as it is shown to users. */
  readonly handle: string;
}
