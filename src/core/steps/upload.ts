import { plural } from '../../plural.ts';
import { MigratorError } from '../../errors.ts';
import type { ArtifactFile, ByteStream, PackageRef, StoredPackage } from '../../ports/artifact.ts';
import type { PreparedExport } from '../../ports/exporter.ts';
import type { OnConflict } from '../../ports/feed.ts';
import type { Run } from '../../ports/journal.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { facet, type Instance, type Keeper } from '../instance.ts';
import { describeRef, formatRef } from '../package-ref.ts';
import { type Consenting, requireConsent } from './consent.ts';
import { isBegun } from './exactly-once.ts';

export interface Delivery {
  readonly stored: StoredPackage;
  readonly outcome: 'created' | 'overwritten' | 'kept';
}

/**
 * The single file that a feed accepts. PACKAGE_MALFORMED for packages of several files, which only other servers
 * import.
 */
export function soleFile(files: readonly ArtifactFile[], name: string): ArtifactFile {
  const [file, ...others] = files.filter(({ path }) => path.startsWith('native/'));
  if (file === undefined || others.length > 0) {
    throw new MigratorError(
      'PACKAGE_MALFORMED',
      `${name} has ${plural(file === undefined ? 0 : others.length + 1, 'file')} under native/, but exactly one is needed`,
      {
        hint: 'a file that a server exported is sealed for an import with: migrator package seal <file> --server-export',
      },
    );
  }
  if (file.size === 0)
    throw new MigratorError('PACKAGE_MALFORMED', `${file.path} of ${name} is empty`, {
      hint: 'export it again',
    });
  return file;
}

/**
 * Refuses an export whose package the target's feed would refuse. What an export needs of its target is asked before it
 * starts. CONFLICT, AUTH_REFUSED.
 */
export async function requireRoom(
  target: Instance,
  { package: ref, isNew }: Pick<PreparedExport, 'package' | 'isNew'>,
  signal: AbortSignal,
): Promise<void> {
  const feed = facet(target, 'feed');
  await feed.check?.(signal);
  // A feed without versions gives its own ids.
  if (feed.unversioned === true || isNew === true || (await feed.stat(ref, signal)) === undefined) return;
  throw new MigratorError('CONFLICT', `the feed of ${target.name} already holds ${describeRef(ref)}`, {
    hint: `choose another version, or remove that package: migrator package delete ${formatRef(ref)} --from ${target.name}`,
    details: { ...ref },
  });
}

/** Uploads into an instance's feed, with progress. On a terminal, the user is asked before a package there is overwritten. */
export async function deliver(
  target: Keeper,
  file: ArtifactFile,
  { ref, onConflict, absent }: { readonly ref: PackageRef; readonly onConflict: OnConflict; readonly absent?: boolean },
  ports: Consenting & { readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<Delivery> {
  const { reporter } = ports;
  if (onConflict === 'overwrite' && absent !== true && (await facet(target, 'feed').stat(ref, signal)) !== undefined) {
    const text = `overwrite ${describeRef(ref)} in the feed of ${target.name}?`;
    await requireConsent({ text, needs: 'terminal' }, `nothing was uploaded to ${target.name}`, ports);
  }
  const subject = `${describeRef(ref)} to ${target.name}`;
  reporter.report({ type: 'phase', name: 'upload', subject });
  const counted: ArtifactFile = { ...file, open: (inner) => count(file.open(inner), file.size, subject, reporter) };
  const delivery = await facet(target, 'feed').upload(counted, ref, onConflict, signal, absent);
  if (delivery.outcome === 'kept') {
    reporter.report({ type: 'notice', message: `${target.name} already has ${describeRef(ref)} with the same bytes` });
  }
  return delivery;
}

export async function* count(
  stream: ByteStream,
  total: number | undefined,
  subject: string,
  reporter: Reporter,
): ByteStream {
  let done = 0;
  for await (const chunk of stream) {
    done += chunk.byteLength;
    reporter.report({ type: 'bytes', subject, done, total });
    yield chunk;
  }
}

/** What an import brings to the feed before it starts. */
interface Bringing {
  readonly name: string;
  readonly ref: PackageRef;
  readonly onConflict: OnConflict;
}

/**
 * Brings the package of an import to the target's feed, once for all processes of a run: `created` if any of them
 * uploaded it.
 */
export async function bringOnce(
  files: readonly ArtifactFile[],
  { name, ref, onConflict: wanted }: Bringing,
  ports: Consenting & { readonly target: Instance; readonly reporter: Reporter; readonly run: Run },
  signal: AbortSignal,
): Promise<{ readonly outcome: Delivery['outcome']; readonly ref: PackageRef; readonly stored?: StoredPackage }> {
  const { target, run } = ports;
  const earlier = run.record.facts['upload.outcome'];
  const storedAs = run.record.facts['upload.ref'];
  // The import has begun, so the package is no longer needed, and the server may have deleted it.
  if (earlier !== undefined && isBegun(run.record.facts, 'import')) return { outcome: earlier, ref: storedAs ?? ref };
  const intended = run.record.facts['upload.foundBefore'];
  const foundBefore =
    typeof intended === 'boolean' ? intended : (await facet(target, 'feed').stat(ref, signal)) !== undefined;
  // An earlier process of this run may have uploaded the package and died. Then the feed has the same bytes, from this
  // run.
  const unfinished = typeof intended === 'boolean' && earlier === undefined;
  const anew = intended === undefined || (unfinished && wanted === 'overwrite');
  await run.note({ 'upload.foundBefore': foundBefore });
  const onConflict = anew ? wanted : 'keep';
  const absent = intended === undefined && !foundBefore;
  const delivery = await deliver(target, soleFile(files, name), { ref, onConflict, absent }, ports, signal);
  // A dry run removes what any process of it uploaded.
  const outcome = delivery.outcome === 'kept' ? (earlier ?? (foundBefore ? 'kept' : 'created')) : delivery.outcome;
  const { id, version } = delivery.stored;
  await run.note({ 'upload.outcome': outcome, 'upload.ref': { id, version } });
  return { outcome, ref: { id, version }, stored: delivery.stored };
}
