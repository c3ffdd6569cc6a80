// What a package tells an import besides its files.
import { MigratorError } from '../../errors.ts';
import type { InstanceInfo, Ways } from '../../ports/adapter.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Options, Secrets } from '../../ports/options.ts';
import type { Instance, Keeper } from '../instance.ts';
import { readRecord } from '../snapshots/package-record.ts';
import type { Counterpart } from './counterpart.ts';
import { requireCompatible } from './preflight.ts';
import type { Journey } from './settle-way.ts';
import type { TrustedPackage } from './trust-package.ts';
import { soleFile } from './upload.ts';

/** What the projects consisted of at the export, when the package tells it. */
export async function recordIn(
  trusted: TrustedPackage | undefined,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Counterpart | undefined> {
  const record = trusted && (await readRecord(trusted.files, signal));
  if (record === undefined) return undefined;
  // A private manifest does not name the projects. The record does.
  const recorded = record.filter(({ kind }) => kind === 'project').map(({ name }) => name);
  const projects = names.length > 0 ? names : recorded;
  return { record, projects, exportOptions: trusted?.exportedWith ?? {}, importOptions: {}, via: trusted?.via };
}

/** A package names its way. A package of the server's feed is always of the way that uses feeds. */
export function importJourney(
  { options, ignoreVersion }: { readonly options: Options; readonly ignoreVersion: boolean },
  {
    target,
    source,
    secrets,
  }: {
    readonly target: Instance;
    readonly source: { readonly kind: 'sealed' | 'stored' } | { readonly kind: 'raw'; readonly name: string };
    readonly secrets: Secrets;
  },
  trusted: TrustedPackage | undefined,
  info: InstanceInfo,
): Journey {
  const { ways } = target.adapter;
  const named = source.kind === 'raw' ? ways?.ofFile(source.name) : ways && wayOf(trusted, ways);
  const reason = source.kind === 'raw' ? `${source.name} was exported by it` : 'the package was exported by it';
  return {
    verb: 'import',
    ends: [{ instance: target, as: 'target', info, options }],
    secrets,
    pushes: false,
    sourceVersion: trusted?.manifest.source?.version,
    given: named === undefined ? undefined : { via: named, reason },
    ignoreVersion,
  };
}

/** A server's own export that was sealed by hand names no way. Its file name may tell. */
function wayOf(trusted: TrustedPackage | undefined, ways: Ways): string {
  if (trusted?.via !== undefined) return trusted.via;
  const files = trusted?.manifest.source === undefined ? (trusted?.files ?? []) : [];
  const told = files.map(({ path }) => ways.ofFile(path.replace(/^.*\//u, '')));
  return told.find((via) => via !== undefined) ?? ways.ofOldPackages;
}

/** UNSUPPORTED when the package is of another product. Asked first: what else is missing is then beside the point. */
export function requireOwnProduct({ manifest: { source } }: TrustedPackage, target: Keeper, name: string): void {
  if (source === undefined || source.product === target.adapter.product) return;
  throw new MigratorError(
    'UNSUPPORTED',
    `${name} is a package of ${source.product}, but ${target.name} is ${target.adapter.product}`,
    { hint: `name an instance of ${source.product} with --to` },
  );
}

/** The same, and PACKAGE_MALFORMED for files that no server exported: a feed has no use for them. */
export function requireImportable(trusted: TrustedPackage, target: Instance, name: string): void {
  requireOwnProduct(trusted, target, name);
  if (trusted.manifest.source === undefined && target.adapter.feed !== undefined) soleFile(trusted.files, name);
}

/** UNSUPPORTED when the package is of a release that the target does not take. */
export function checkOrigin(
  { manifest }: TrustedPackage,
  target: Instance,
  info: InstanceInfo,
  ignore: boolean,
  { reporter }: { readonly reporter: Reporter },
): void {
  if (manifest.source === undefined) return;
  requireCompatible(manifest.source.version, target, info, { ignore, reporter });
}
