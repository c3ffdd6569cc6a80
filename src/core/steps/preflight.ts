import { isMigratorError, MigratorError } from '../../errors.ts';
import type { InstanceInfo } from '../../ports/adapter.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Instance } from '../instance.ts';
import { formatHandle } from '../job-handle.ts';
import { isFinal } from './watch.ts';

/** First call of every run: proves URL and credentials and tells what deserves a warning. */
export async function probe(instance: Instance, reporter: Reporter, signal: AbortSignal): Promise<InstanceInfo> {
  reporter.report({ type: 'phase', name: 'probe', subject: instance.name });
  const info = await instance.adapter.probe(signal);
  for (const note of info.notes) reporter.report({ type: 'warning', message: `${instance.name}: ${note}` });
  if (info.mode === 'maintenance') {
    reporter.report({ type: 'warning', message: `${instance.name} is in maintenance mode already` });
  }
  return info;
}

/** UNSUPPORTED when packages of this source release cannot go into that target. */
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
      hint: 'bring both servers to one release, or try at your own risk with --ignore-version',
      details: { sourceVersion, targetVersion: info.version },
    });
  }
  reporter.report({ type: 'warning', message: `${obstacle}; going on because of --ignore-version` });
}

/**
 * Servers that enter maintenance mode for a migration must have left it afterwards; a crashed task may leave it on.
 * While another migration is at work the mode is that one's affair.
 */
export async function leftMaintenance(
  instance: Instance,
  before: InstanceInfo,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<boolean> {
  reporter.report({ type: 'phase', name: 'check', subject: instance.name });
  // The other migration may end, or the next one begin, between the two questions: so both are asked twice.
  for (let look = 1; look <= 2; look += 1) {
    const after = await instance.adapter.probe(signal);
    if (after.mode === 'normal' || before.mode === 'maintenance') return true;
    const other = await migrationAtWork(instance, signal);
    if (other !== undefined) {
      const message = `${instance.name} is in maintenance mode for another migration: ${other}`;
      reporter.report({ type: 'notice', message });
      return true;
    }
  }
  reporter.report({
    type: 'warning',
    message: `${instance.name} was left in maintenance mode: nobody but its administrators can change anything there`,
    hint: 'switch maintenance mode off on the server',
  });
  return false;
}

/** Undefined also when the account may not look at the server's jobs. */
async function migrationAtWork(instance: Instance, signal: AbortSignal): Promise<string | undefined> {
  try {
    for await (const job of instance.adapter.jobs.list({ all: false, limit: 20 }, signal)) {
      const handle = { product: instance.adapter.product, instance: instance.name, id: job.id };
      if (!isFinal(job.state)) return formatHandle(handle);
    }
  } catch (error) {
    if (!isMigratorError(error, 'AUTH_REFUSED')) throw error;
  }
  return undefined;
}
