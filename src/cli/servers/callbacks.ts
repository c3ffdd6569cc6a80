import { isMigratorError, MigratorError } from '../../errors.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { Options } from '../../ports/options.ts';
import type { Context } from '../context.ts';

/** Addresses that migrator calls itself when a run has ended, for products whose servers call nobody. */
export interface Callbacks {
  readonly success: URL | undefined;
  readonly failure: URL | undefined;
}

/** USAGE when one is no http(s) address, or when nobody will be there to call it. */
export function readCallbacks(options: Options, { wait }: { readonly wait: boolean }): Callbacks {
  const [success, failure] = (['success', 'failure'] as const).map((when) => {
    const text = options[`${when}Callback`];
    if (text === undefined) return undefined;
    if (typeof text !== 'string' || !/^https?:\/\//iu.test(text) || !URL.canParse(text))
      throw new MigratorError('USAGE', `--${when}-callback must be an http or https URL`);
    if (!wait) {
      throw new MigratorError('USAGE', `--${when}-callback is called by migrator here, which has to wait for the end`, {
        hint: 'leave --no-wait out',
      });
    }
    return new URL(text);
  });
  return { success, failure };
}

/** GETs what belongs to the end of the work. A callback that fails is a warning: the work itself is over. */
export async function calledBack<R extends { readonly outcome: string; readonly package: PackageRef | undefined }>(
  { success, failure }: Callbacks,
  context: Context,
  work: () => Promise<R>,
): Promise<R> {
  let report: R;
  try {
    report = await work();
  } catch (error) {
    // What merely lost sight of the job, or was interrupted, has not ended.
    const goesOn = isMigratorError(error, 'CANCELLED', 'STILL_RUNNING', 'REMOTE_UNREACHABLE', 'LOCAL_IO');
    if (failure !== undefined && isMigratorError(error) && !goesOn) await call(failure, context);
    throw error;
  }
  if (success !== undefined && report.outcome !== 'started') await call(withPackage(success, report.package), context);
  return report;
}

/** As servers that call back themselves do (Octopus Deploy, Migration API): the package travels as query parameters. */
function withPackage(url: URL, ref: PackageRef | undefined): URL {
  if (ref === undefined) return url;
  const called = new URL(url);
  called.searchParams.append('packageId', ref.id);
  called.searchParams.append('packageVersion', ref.version);
  return called;
}

async function call(url: URL, context: Context): Promise<void> {
  const reporter = await context.reporter();
  try {
    const { httpOf } = await import('./http.ts');
    const http = (await httpOf(context))({ baseUrl: url.origin, headers: () => ({}) });
    const query = Object.fromEntries(url.searchParams);
    await http.text({ method: 'GET', path: url.pathname, query, accept: [204] }, context.signal);
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    reporter.report({ type: 'warning', message: `the callback failed: ${error.message}`, hint: error.hint });
  }
}
