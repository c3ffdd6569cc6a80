import { MigratorError } from '../../errors.ts';
import type { RunRecord } from '../../ports/journal.ts';
import type { Secrets } from '../../ports/options.ts';
import { facet, type Instance } from '../instance.ts';

/**
 * Makes secrets that the user did not give, by option name. In one run the same names give the same secrets, also in
 * another process.
 */
export type OwnSecrets = (names: readonly string[]) => Promise<Secrets>;

export interface ExportSecrets {
  readonly all: Secrets;
  /** Those that the user did not give. A sealed package of the export carries them. */
  readonly carried: Secrets;
}

/**
 * The secrets of an export: those that the user gave, and own ones in the place of the others. `barred` says why no package
 * can carry own ones; then they must be given.
 */
export async function secretsOfExport(
  source: Instance,
  given: Secrets,
  own: OwnSecrets,
  barred?: string,
): Promise<ExportSecrets> {
  const { requiredSecrets } = facet(source, 'exports');
  if (barred !== undefined) requireSecrets(source, requiredSecrets, given, barred);
  const missing = missingIn(given, requiredSecrets);
  const carried = missing.length === 0 ? {} : await own(missing);
  return { all: { ...given, ...carried }, carried };
}

/** The names of the own secrets of the export that a run started as this job. */
export function carriedBy({ facts }: Pick<RunRecord, 'facts'>, job: string): readonly string[] {
  const started = Object.entries(facts).find(([name, value]) => name.endsWith('.job') && value === job);
  const step = started?.[0].slice(0, -'.job'.length);
  return (step === undefined ? undefined : facts[`${step}.carries`]) ?? [];
}

/**
 * The secrets of an import: those that the user gave, those that the package carries, and own ones, in this order. USAGE
 * when one is missing; PACKAGE_LOCKED when the user gave another one than the package carries: it was made with its own.
 * UNSUPPORTED when the package carries what the import has no use for.
 */
export async function secretsOfImport(
  target: Instance,
  { secrets: given, own }: { readonly secrets: Secrets; readonly own?: OwnSecrets },
  { name, carried = {} }: { readonly name: string; readonly carried: Secrets | undefined },
): Promise<Secrets> {
  const { requiredSecrets } = facet(target, 'imports');
  const strange = Object.keys(carried).filter((one) => !requiredSecrets.includes(one));
  if (strange.length > 0) {
    throw new MigratorError(
      'UNSUPPORTED',
      `${name} carries secrets that an import into ${target.adapter.product} does not take: ${strange.join(', ')}`,
      { hint: 'import it with the version of migrator that made it, or a newer one', details: { secrets: strange } },
    );
  }
  const other = Object.keys(carried).find(
    (one) => given[one] !== undefined && given[one].reveal() !== carried[one]?.reveal(),
  );
  if (other !== undefined) {
    throw new MigratorError('PACKAGE_LOCKED', `--${flagOf(other)} is not the ${other} that ${name} was made with and carries`, {
      hint: `leave out --${flagOf(other)}: it is taken from the package`,
    });
  }
  const known = { ...carried, ...given };
  const missing = missingIn(known, requiredSecrets);
  const all = missing.length === 0 || own === undefined ? known : { ...known, ...(await own(missing)) };
  requireSecrets(target, requiredSecrets, all, `${name} carries none`);
  return all;
}

/** USAGE when a secret is missing. `why` says why migrator does not make one. */
export function requireSecrets(instance: Instance, names: readonly string[], secrets: Secrets, why?: string): void {
  const missing = missingIn(secrets, names);
  if (missing.length === 0) return;
  const flags = missing.map((name) => `--${flagOf(name)}`);
  const reason = why === undefined ? '' : `: ${why}`;
  throw new MigratorError('USAGE', `${instance.adapter.product} needs ${flags.join(', ')} for this${reason}`, {
    hint: `give a reference: ${flags[0] ?? ''} env:NAME, file:path, command:…, or prompt`,
    details: { missing },
  });
}

function missingIn(secrets: Secrets, names: readonly string[]): readonly string[] {
  return names.filter((name) => secrets[name] === undefined);
}

function flagOf(name: string): string {
  return name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}
