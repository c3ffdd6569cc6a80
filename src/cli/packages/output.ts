import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { SealSettings, PackageOutput } from '../../core/steps/seal-artifact.ts';
import { isMigratorError } from '../../errors.ts';
import { openFileSource } from '../../files/file-source.ts';
import { spool } from '../../files/spool.ts';
import { createFileSink } from '../../files/whole-file.ts';
import { inspect } from '../../package/index.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { ByteSink } from '../../ports/bytes.ts';
import type { RunRecord } from '../../ports/journal.ts';
import type { Context } from '../context.ts';
import { createStdoutSink } from './standard-output.ts';

/**
 * If `file` is undefined, the package is written to `<id>.<version>.tar` in the working directory. `force` is undefined for a
 * verb that has no such flag. `settings` may make keys.
 */
export async function packageOutput(
  file: string | undefined,
  settings: () => Promise<SealSettings>,
  force: boolean | undefined,
  context: Context,
): Promise<PackageOutput> {
  const sink = (name: string) => outputSink(name, force, context);
  // If the file exists or cannot be written, the run must stop before a server starts to work and before keys are made.
  if (file !== undefined) await (await sink(file)).discard();
  const path = (ref: PackageRef) => file ?? defaultFileName(ref);
  const name = (ref: PackageRef) => (file === '-' ? 'standard output' : path(ref));
  return { settings: await settings(), name, create: (ref) => sink(path(ref)), spool };
}

/**
 * Fails when the file could not be written, or when it exists and no unfinished run of this verb wrote it. Writes nothing.
 * It is for what happens before a run begins, such as making keys: the run itself looks again.
 */
export async function requireFree(
  file: string | undefined,
  { verb, force }: { readonly verb: string; readonly force: boolean },
  context: Context,
): Promise<void> {
  if (file === undefined || file === '-') return;
  const open = (await (await context.journal()).list()).filter((one) => one.verb === verb && one.outcome === undefined);
  const overwrite = force || (await Promise.all(open.map((one) => wroteEarlier(file, one, context)))).includes(true);
  await (await outputSink(file, overwrite, context)).discard();
}

/** A file, or standard output for `-`. */
export function outputSink(name: string, force: boolean | undefined, context: Context): Promise<ByteSink> {
  if (name !== '-') return createFileSink(resolve(context.io.cwd, name), forced(force));
  context.giveStdoutAway();
  return createStdoutSink(context.io.stdout);
}

const forced = (force: boolean | undefined) =>
  force === undefined ? { overwrite: false } : { overwrite: force, flag: '--force' };

/**
 * Whether an earlier process of this run wrote the output and was killed after that. The journal tells: the file holds
 * the package that this run was sealing, or it is the plain file that this run was writing.
 */
export async function wroteEarlier(
  file: string | undefined,
  { facts }: Pick<RunRecord, 'facts'>,
  context: Context,
): Promise<boolean> {
  const plain = facts['plain.sha256'];
  if (typeof plain === 'string' && file !== undefined) return holds(resolve(context.io.cwd, file), plain);
  const sealing = facts['sealing.package'];
  if (sealing === undefined) return false;
  try {
    const bytes = await openFileSource(resolve(context.io.cwd, file ?? defaultFileName(sealing)));
    try {
      const { manifest } = await inspect(bytes);
      return manifest.id === sealing.id && manifest.version === sealing.version;
    } finally {
      await bytes.close();
    }
  } catch (error) {
    if (isMigratorError(error)) return false;
    throw error;
  }
}

async function holds(path: string, sha256: string): Promise<boolean> {
  try {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return hash.digest('hex') === sha256;
  } catch {
    // The file is absent or unreadable. The code that writes the output reports that.
    return false;
  }
}

export function defaultFileName({ id, version }: PackageRef): string {
  return `${id}.${version}.tar`;
}
