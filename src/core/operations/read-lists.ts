import type { InventoryItem } from '../../ports/adapter.ts';
import type { StoredPackage } from '../../ports/artifact.ts';
import type { JobSummary } from '../../ports/job.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { facet, type Instance, type Keeper } from '../instance.ts';
import { handleOf } from '../job-handle.ts';
import { probe } from '../steps/preflight.ts';

/** How many jobs are looked through for those that wait. */
const mostSearched = 10_000;

/** The objects of an instance. `kind` undefined: of all kinds. */
export async function readInventory(
  kind: string | undefined,
  source: Instance,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly InventoryItem[]> {
  await probe(source, reporter, signal);
  const { inventory } = source.adapter;
  const items: InventoryItem[] = [];
  for (const one of kind === undefined ? inventory.kinds : [kind]) {
    for await (const item of inventory.list(one, signal)) items.push(item);
  }
  return items;
}

/** The packages of an instance's feed. `id`: only the versions of that package. */
export async function readPackages(
  id: string | undefined,
  source: Keeper,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly StoredPackage[]> {
  await probe(source, reporter, signal);
  const packages: StoredPackage[] = [];
  for await (const stored of facet(source, 'feed').list(id, signal)) packages.push(stored);
  return packages;
}

export interface JobListing {
  readonly all: boolean;
  readonly limit: number;
  readonly waiting: boolean;
  readonly failed: boolean;
}

/**
 * The jobs of an instance with their handles, newest first. Only jobs of migrations, unless `all` is true; `waiting`:
 * only those that wait for a person; `failed`: only those that failed.
 */
export async function readJobs(
  { all, limit, waiting, failed }: JobListing,
  source: Instance,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly (JobSummary & { readonly handle: string })[]> {
  await probe(source, reporter, signal);
  const jobs: (JobSummary & { readonly handle: string })[] = [];
  // Those that wait may be old.
  for await (const job of source.adapter.jobs.list({ all, limit: waiting || failed ? mostSearched : limit }, signal)) {
    const { attended, ...shown } = job;
    const waits = waiting && shown.state === 'waiting' && attended !== true;
    if ((waiting || failed) && !waits && !(failed && shown.state === 'failed')) continue;
    if (jobs.length === limit) break;
    jobs.push({ ...shown, handle: handleOf(source, job.id) });
  }
  return jobs;
}
