import { isMigratorError, MigratorError } from '../../errors.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { PreparedExport } from '../../ports/exporter.ts';
import type { PreparedImport } from '../../ports/importer.ts';
import type { RunRecord } from '../../ports/journal.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { facet, type Instance } from '../instance.ts';
import { describeRef, formatRef } from '../package-ref.ts';
import { canAnswer, type Consenting, mustAnswer } from './consent.ts';
import type { StartedJob } from './exactly-once.ts';

/** Something that a run put on a server and did not take away. Reports name it. */
export interface Left {
  readonly instance: string;
  readonly what: string;
  /** A command that removes it. */
  readonly remove?: string | undefined;
}

/** Something to remove from a server, and how. */
interface Leftover {
  readonly subject: string;
  /** The warning when it cannot be removed, without the reason. */
  readonly stays: string;
  /** How the user can remove it. Default: the hint of the failure. */
  readonly hint?: string;
  readonly remove: () => Promise<unknown>;
}

/**
 * The package that a run brought to the target's feed, when it is still there. `stays`: nothing has removed it, so
 * nobody needs to look.
 */
export async function packageLeft(
  ref: PackageRef,
  target: Instance,
  stays: boolean,
  signal: AbortSignal,
): Promise<readonly Left[]> {
  if (!stays && (await facet(target, 'feed').stat(ref, signal)) === undefined) return [];
  const remove = `migrator package delete ${formatRef(ref)} --from ${target.name}`;
  return [{ instance: target.name, what: `package ${describeRef(ref)}`, remove }];
}

/** What an export leaves on its source. `stays`: it was just there, so nobody needs to look. */
export async function exportLeft(
  source: Instance,
  { package: ref, leaves, job }: Pick<PreparedExport, 'package' | 'leaves'> & { readonly job?: string },
  stays: boolean,
  signal: AbortSignal,
): Promise<readonly Left[]> {
  const own = job === undefined ? [] : await jobLeft(source, job, signal);
  return [
    ...own,
    ...(source.adapter.feed === undefined ? [] : await packageLeft(ref, source, stays, signal)),
    ...(own.length > 0 ? [] : leftBy(source, leaves)),
  ];
}

/** What the finished job itself left, when the adapter can tell. */
async function jobLeft(
  { name, adapter: { exports } }: Instance,
  job: string,
  signal: AbortSignal,
): Promise<readonly Left[]> {
  try {
    const what = await exports?.leftBy?.(job, signal);
    return what === undefined ? [] : [{ instance: name, what }];
  } catch (error) {
    if (!isMigratorError(error, 'NOT_FOUND', 'CONFLICT', 'AUTH_REFUSED')) throw error;
    return [];
  }
}

/**
 * What a job that has ended left on its server, as far as the runs of this machine tell. The export of a relay is not
 * named: its run takes it away.
 */
export async function leftOfJob(
  { instance, id }: { readonly instance: Instance; readonly id: string },
  runs: readonly Pick<RunRecord, 'facts'>[],
  signal: AbortSignal,
): Promise<readonly Left[]> {
  const { ways } = instance.adapter;
  const on = ways === undefined ? instance : { ...instance, adapter: ways.of(ways.ofJob(id)) };
  const facts = runs.map((run) => run.facts).find((one) => one['export.job'] === id || one['import.job'] === id) ?? {};
  // Both are plain data by contract, so the journal returns them unchanged.
  if (facts['export.job'] === id) {
    const prepared = facts['export.prepared'] as unknown as PreparedExport | undefined;
    return prepared === undefined ? [] : exportLeft(on, { ...prepared, job: id }, false, signal);
  }
  const prepared = facts['import.prepared'] as unknown as PreparedImport | undefined;
  const ref = facts['upload.outcome'] === 'created' ? facts['upload.ref'] : undefined;
  const stored = ref === undefined || on.adapter.feed === undefined ? [] : await packageLeft(ref, on, false, signal);
  return [...stored, ...(prepared === undefined ? [] : await importLeft(on, prepared, signal))];
}

/** What an import leaves on its target. */
export async function importLeft(
  target: Instance,
  prepared: PreparedImport,
  signal: AbortSignal,
): Promise<readonly Left[]> {
  const { imports } = target.adapter;
  if (prepared.leaves === undefined || imports?.leftBy === undefined) return leftBy(target, prepared.leaves);
  return leftBy(target, await imports.leftBy(prepared, signal));
}

/** What an import that failed has brought to its target, when the adapter can look. */
export async function broughtBy(
  target: Instance,
  { facts }: Pick<RunRecord, 'facts'>,
  signal: AbortSignal,
): Promise<readonly Left[]> {
  // It is plain data by contract, so the journal returns it unchanged.
  const prepared = facts['import.prepared'] as unknown as PreparedImport | null | undefined;
  const looks = target.adapter.imports?.leftBy !== undefined;
  return prepared === undefined || prepared === null || !looks ? [] : importLeft(target, prepared, signal);
}

/** What an adapter says that its job leaves. */
export function leftBy({ name }: Instance, leaves: string | undefined): readonly Left[] {
  return leaves === undefined ? [] : [{ instance: name, what: leaves }];
}

/**
 * Does work that needs something on a server only for its own time, and removes that afterwards, also when the work
 * fails. After an interruption it stays, because the run goes on.
 */
export async function cleaningUp<T>(work: () => Promise<T>, remove: (() => Promise<void>) | undefined): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    if (isMigratorError(error) && !goesOn(error)) await remove?.();
    throw error;
  }
  await remove?.();
  return result;
}

/**
 * Does work, and when it fails, adds what it leaves on a server to the error (`details.left`). An interrupted run goes on
 * and needs it. After a fault of this machine (LOCAL_IO), and when a server gives only a part of a file, it may go on too,
 * but only the user knows whether it will.
 */
export async function tellingLeft<T>(work: () => Promise<T>, look: () => Promise<readonly Left[]>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isMigratorError(error) || (goesOn(error) && !isForTheUser(error))) throw error;
    const left = await look().catch((failure: unknown) => {
      if (isMigratorError(failure)) return [];
      throw failure;
    });
    if (left.length === 0) throw error;
    const details = { ...error.details, left: [...leftIn(error), ...left] };
    throw new MigratorError(error.code, error.message, { hint: error.hint, details, cause: error });
  }
}

const isForTheUser = ({ code, details }: MigratorError): boolean =>
  code === 'LOCAL_IO' || typeof details['delivered'] === 'number';

/** What an error says that its run leaves on servers. */
export function leftIn({ details }: MigratorError): readonly Left[] {
  const left = details['left'];
  return Array.isArray(left) ? (left as readonly Left[]) : [];
}

/** A run that was interrupted goes on. One to which the user said no does not. */
const goesOn = (error: MigratorError): boolean =>
  error.details['refused'] !== true &&
  isMigratorError(error, 'CANCELLED', 'STILL_RUNNING', 'REMOTE_UNREACHABLE', 'LOCAL_IO');

/** Removes the package that a dry run put into the target's feed. */
export async function removePackage(
  ref: PackageRef,
  target: Instance,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const leftover = {
    subject: `${describeRef(ref)} on ${target.name}`,
    stays: `the package uploaded for the dry run is still on ${target.name}`,
    hint: `remove it with: migrator package delete ${formatRef(ref)} --from ${target.name}`,
    remove: () => facet(target, 'feed').delete(ref, signal),
  };
  await cleanUp(leftover, reporter);
}

/** Lets the source remove what it created for a dry run or a relay, if its adapter can. True when it is removed. */
export async function discardJob(
  { id, handle }: Pick<StartedJob, 'id' | 'handle'>,
  owner: { discard?(jobId: string, signal: AbortSignal): Promise<void> },
  { source, reporter }: { readonly source: Instance; readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<boolean> {
  if (owner.discard === undefined) return false;
  const stays = `the files of this run are still on ${source.name}`;
  return cleanUp({ subject: handle, stays, remove: async () => owner.discard?.(id, signal) }, reporter);
}

/**
 * The same for the export of a relay. What the adapter names (`leftBy`) is removed when the user agrees. Without somebody
 * to ask, it stays. Returns what stays.
 */
export async function discardExport(
  job: Pick<StartedJob, 'id' | 'handle'>,
  { source, ...ports }: Consenting & { readonly source: Instance; readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<readonly Left[]> {
  const exports = facet(source, 'exports');
  if (exports.leftBy !== undefined) {
    const left = await jobLeft(source, job.id, signal);
    const [first] = left;
    if (first === undefined) return [];
    const { requireAnswerable } = ports;
    if (requireAnswerable !== undefined && !canAnswer(requireAnswerable)) return left;
    if (!(await ports.consent(mustAnswer(`delete what the export left on ${source.name}: ${first.what}?`))))
      return left;
  }
  await discardJob(job, exports, { source, reporter: ports.reporter }, signal);
  return [];
}

/** A failure to remove is only a warning, because the work itself is done. False when it failed. */
async function cleanUp({ subject, stays, hint, remove }: Leftover, reporter: Reporter): Promise<boolean> {
  reporter.report({ type: 'phase', name: 'clean-up', subject });
  try {
    await remove();
    return true;
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    reporter.report({ type: 'warning', message: `${stays}: ${error.message}`, hint: hint ?? error.hint });
    return false;
  }
}
