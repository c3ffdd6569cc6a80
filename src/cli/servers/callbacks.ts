import { isMigratorError, MigratorError } from '../../errors.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { Secrets } from '../../ports/options.ts';
import { Secret } from '../../secret.ts';
import type { Context } from '../context.ts';
import { isHttpUrl } from '../secrets/secret-url.ts';

/** URLs that migrator calls when a run has ended: of a move, and for products whose servers make no callbacks. */
export interface Callbacks {
  readonly success: URL | undefined;
  readonly failure: URL | undefined;
}

/** USAGE when one is not an http(s) URL, or when migrator will not wait for the end. */
export function readCallbacks(secrets: Secrets, { wait }: { readonly wait: boolean }): Callbacks {
  const [success, failure] = (['success', 'failure'] as const).map((when) => {
    const text = secrets[`${when}Callback`]?.reveal();
    if (text === undefined) return undefined;
    if (!isHttpUrl(text)) throw new MigratorError('USAGE', `--${when}-callback must be an http or https URL`);
    if (!wait) {
      throw new MigratorError(
        'USAGE',
        `here migrator makes the --${when}-callback itself, so it must wait until the job ends`,
        {
          hint: 'leave out --no-wait',
        },
      );
    }
    return new URL(text);
  });
  return { success, failure };
}

interface Reported {
  readonly outcome: string;
  readonly package: PackageRef | undefined;
  readonly warnings: readonly string[];
}

/**
 * Does the work, then calls the URL for its result with GET: only a whole success is a success. A failed callback is
 * only a warning of the report, as the work is done.
 */
export async function calledBack<R extends Reported>(
  { success, failure }: Callbacks,
  context: Context,
  work: () => Promise<R>,
): Promise<R> {
  let report: R;
  try {
    report = await work();
  } catch (error) {
    // After these errors the job may still be running, so the work has not failed.
    const goesOn = isMigratorError(error, 'CANCELLED', 'STILL_RUNNING', 'REMOTE_UNREACHABLE', 'LOCAL_IO');
    if (failure === undefined || !isMigratorError(error) || goesOn) throw error;
    const fault = await call(failure, context);
    if (fault !== undefined) (await context.reporter()).report({ type: 'warning', message: fault });
    throw error;
  }
  const url = report.outcome === 'done' ? success : report.outcome === 'partial' ? failure : undefined;
  if (url === undefined) return report;
  const fault = await call(url === success ? withPackage(url, report.package) : url, context);
  return fault === undefined ? report : { ...report, warnings: [...report.warnings, fault] };
}

/** Adds the package as query parameters, as servers do (Octopus Deploy, Migration API). */
function withPackage(url: URL, ref: PackageRef | undefined): URL {
  if (ref === undefined) return url;
  const called = new URL(url);
  called.searchParams.append('packageId', ref.id);
  called.searchParams.append('packageVersion', ref.version);
  return called;
}

/** What went wrong with the call; undefined when nothing did. */
async function call(url: URL, context: Context): Promise<string | undefined> {
  try {
    const { httpOf } = await import('./http.ts');
    const http = (await httpOf(context))({ baseUrl: url.origin, headers: () => accountOf(url) });
    await http.text({ method: 'GET', path: `${url.pathname}${url.search}`, accept: [204] }, context.signal);
    return undefined;
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    return `the callback failed: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
  }
}

/** The user name and password of a URL are sent as they are in any other client. */
function accountOf({ username, password }: URL): Readonly<Record<string, Secret>> {
  if (username === '' && password === '') return {};
  const account = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: new Secret(`Basic ${Buffer.from(account).toString('base64')}`) };
}
