import { MigratorError } from '../../errors.ts';
import type { Secrets } from '../../ports/options.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { facet, type Instance } from '../instance.ts';
import { handleOf } from '../job-handle.ts';
import { type ExportSecrets, type OwnSecrets, secretsOfExport } from './run-secrets.ts';
import type { PackageOutput } from './seal-artifact.ts';

interface Asked {
  /** The id of a job that another run or machine started. */
  readonly resume: string | undefined;
  readonly wait: boolean;
}

interface Making {
  readonly source: Instance;
  readonly target: Instance | undefined;
  readonly output: PackageOutput | undefined;
  readonly raw?: unknown;
  readonly secrets: Secrets;
  readonly own: OwnSecrets;
  readonly madeFor: (id: string) => Promise<Secrets | undefined>;
  readonly reporter: Reporter;
}

/** USAGE, before anything starts, when the secrets must be given because the result of this export cannot carry them. */
export async function settleExportSecrets({ resume, wait }: Asked, ports: Making): Promise<ExportSecrets> {
  const { source, target, secrets: given, reporter } = ports;
  const barred = whyNotCarried(ports);
  if (resume === undefined) {
    const secrets = await secretsOfExport(source, given, ports.own, barred);
    const names = Object.keys(secrets.carried).join(', ');
    const tell = (message: string): void => reporter.report({ type: 'notice', message });
    if (!wait && names !== '')
      tell(
        `this machine makes the ${names} of the export, so only this machine can resume it; to resume it elsewhere, give one`,
      );
    if (target !== undefined && names !== '')
      tell(
        `the file carries the ${names} that its import needs, and the package in the feed of ${target.name} does not: import the file`,
      );
    return secrets;
  }
  const handle = handleOf(source, resume);
  const made = await ports.madeFor(resume);
  const { requiredSecrets } = facet(source, 'exports');
  const unknown = requiredSecrets.filter((name) => given[name] === undefined).join(', ');
  if (made === undefined && unknown !== '') {
    const message = `this machine did not start ${handle}: if no ${unknown} was given there, only the machine that started it can make a package that can be imported`;
    reporter.report({ type: 'warning', message });
  }
  const carried = made ?? {};
  const both = Object.keys(carried).find((name) => given[name] !== undefined);
  if (both !== undefined)
    throw new MigratorError('USAGE', `${handle} was started without --${both}, so it has another ${both} than yours`, {
      hint: `leave out --${both}: the package carries the right one`,
    });
  if (Object.keys(carried).length > 0 && barred !== undefined)
    throw new MigratorError(
      'USAGE',
      `${handle} was started without --${Object.keys(carried).join(', --')}: ${barred}`,
      {
        hint: 'resume it as a sealed and encrypted package',
      },
    );
  return { all: given, carried };
}

/** Why what this export makes cannot carry a secret. Undefined for an encrypted package. */
function whyNotCarried({ raw, output, target }: Making): string | undefined {
  if (raw !== undefined) return 'a plain file carries none, so nobody could import it';
  if (output !== undefined)
    return output.settings.encryption === undefined
      ? 'only an encrypted package carries one, and --unencrypted is given'
      : undefined;
  return target && `the package in the feed of ${target.name} carries none, and no file is written (-o)`;
}
