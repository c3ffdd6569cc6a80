import { isMigratorError, MigratorError } from '../../errors.ts';
import type { InstanceInfo } from '../../ports/adapter.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Adapter } from '../../ports/adapter.ts';
import type { Instance } from '../instance.ts';
import { handleOf } from '../job-handle.ts';
import { isFinal } from './watch.ts';

/** A store has no jobs. */
interface Probed {
  readonly name: string;
  readonly adapter: Pick<Adapter, 'product' | 'probe'> & Partial<Pick<Adapter, 'jobs'>>;
}

/** The first call of every run. It checks URL and credentials, and reports the warnings of the adapter. */
export async function probe(instance: Probed, reporter: Reporter, signal: AbortSignal): Promise<InstanceInfo> {
  tellPhase(instance, reporter);
  const info = await answerOf(instance, instance.adapter.probe(signal));
  reporter.report({ type: 'phase-end' });
  return tell(instance, info, reporter, signal);
}

/**
 * The same for both ends of a run, side by side. They may be one instance. When both fail, the failure of the source is
 * thrown.
 */
export async function probeBoth(
  source: Instance,
  target: Instance,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly [InstanceInfo, InstanceInfo]> {
  if (source.name === target.name) {
    const info = await probe(source, reporter, signal);
    return [info, info];
  }
  const stop = new AbortController();
  // Both are asked at once. The phases are told one after the other, as the answers are taken.
  tellPhase(source, reporter);
  const first = answerOf(source, source.adapter.probe(signal));
  const second = answerOf(target, target.adapter.probe(AbortSignal.any([signal, stop.signal])));
  // It is awaited after the first one.
  second.catch(() => undefined);
  try {
    const info = await first;
    tellPhase(target, reporter);
    const targetInfo = await second;
    reporter.report({ type: 'phase-end' });
    return [await tell(source, info, reporter, signal), await tell(target, targetInfo, reporter, signal)];
  } catch (error) {
    stop.abort();
    throw error;
  }
}

/**
 * Names the instance in a failure of its server. A run may ask two servers, and one server may be two instances, so its URL
 * does not tell a person which.
 */
export async function answerOf<T>({ name }: Pick<Instance, 'name'>, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isMigratorError(error, 'AUTH_REFUSED', 'REMOTE_UNREACHABLE', 'REMOTE_UNEXPECTED')) throw error;
    const isNamed = error.details['instance'] === name;
    throw new MigratorError(error.code, isNamed ? error.message : `${name}: ${error.message}`, {
      hint: [error.hint, `"migrator doctor ${name}" checks this instance`].filter(Boolean).join('; '),
      details: { ...error.details, instance: name },
      cause: error,
    });
  }
}

function tellPhase({ name }: Pick<Instance, 'name'>, reporter: Reporter): void {
  reporter.report({ type: 'phase', name: 'probe', subject: name });
}

async function tell(
  instance: Probed,
  info: InstanceInfo,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<InstanceInfo> {
  const { name } = instance;
  const { product, version, url } = info;
  reporter.report({ type: 'instance', name, product, version, url });
  for (const note of info.notes) reporter.report({ type: 'warning', message: `${name}: ${note}` });
  if (info.mode === 'maintenance') {
    // A migration turns the mode on and off by itself, also one of ours that is still running.
    const job = await migrationAtWork(instance, signal);
    reporter.report(
      job === undefined
        ? { type: 'warning', message: `${name} is already in maintenance mode` }
        : { type: 'notice', message: `${name} is in maintenance mode, because a migration is running: ${job}` },
    );
  }
  return info;
}

/** UNSUPPORTED when the two are servers of different products. */
export function requireSameProduct(source: Instance, target: Instance): void {
  const [from, to] = [source.adapter.product, target.adapter.product];
  if (from === to) return;
  throw new MigratorError('UNSUPPORTED', `${source.name} is ${from}, but ${target.name} is ${to}`, {
    hint: 'projects stay within one product: name two instances of the same product',
  });
}

/** UNSUPPORTED when the target cannot import packages of the source's release. */
export function requireCompatible(
  sourceVersion: string,
  target: Instance,
  info: InstanceInfo,
  { ignore, reporter }: { readonly ignore: boolean; readonly reporter: Reporter },
): void {
  const obstacle = target.adapter.versionObstacle(sourceVersion, info);
  if (obstacle === undefined) return;
  if (!ignore) {
    throw new MigratorError('UNSUPPORTED', obstacle, {
      hint: 'upgrade both servers to the same release, or try at your own risk with --ignore-version',
      details: { sourceVersion, targetVersion: info.version },
    });
  }
  reporter.report({ type: 'warning', message: `${obstacle}; continuing because of --ignore-version` });
}

/**
 * Checks that the server is no longer in maintenance mode after a migration. A crashed task may leave it in this mode.
 * If another migration is running, the mode may belong to that migration, and this is not a problem. Returns the warning, or none.
 */
export async function leftMaintenance(
  instance: Instance,
  before: Pick<InstanceInfo, 'mode'>,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly string[]> {
  reporter.report({ type: 'phase', name: 'check', subject: instance.name });
  const { adapter } = instance;
  // Another migration may end or begin between the two calls, so both calls are made twice.
  for (let look = 1; look <= 2; look += 1) {
    const mode = (await adapter.mode?.(signal)) ?? (await adapter.probe(signal)).mode;
    if (mode === 'normal' || before.mode === 'maintenance') return [];
    const other = await migrationAtWork(instance, signal);
    if (other !== undefined) {
      const message = `${instance.name} is in maintenance mode for another migration: ${other}`;
      reporter.report({ type: 'notice', message });
      return [];
    }
  }
  const message = `${instance.name} is still in maintenance mode, so only its administrators can change anything there`;
  reporter.report({ type: 'warning', message, hint: 'turn maintenance mode off on the server' });
  return [message];
}

/**
 * The handle of a running migration. Undefined when there is none, and when the account may not read the server's jobs.
 */
async function migrationAtWork({ name, adapter }: Probed, signal: AbortSignal): Promise<string | undefined> {
  const { product, jobs } = adapter;
  if (jobs === undefined) return undefined;
  try {
    for await (const job of jobs.list({ all: false, limit: 20 }, signal)) {
      if (!isFinal(job.state)) return handleOf({ name, adapter: { product, jobs } }, job.id);
    }
  } catch (error) {
    if (!isMigratorError(error, 'AUTH_REFUSED')) throw error;
  }
  return undefined;
}
