import { createHash } from 'node:crypto';
import { readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { canonical } from '../../canonical.ts';
import { MigratorError } from '../../errors.ts';
import { localError, systemCode } from '../../files/local-error.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { writePrivateFile } from '../../files/whole-file.ts';
import { configDirectory } from '../state/directories.ts';
import type { IO } from '../terminal/io.ts';
import { codeOf, type CodeFile } from './modules.ts';

/** An rc file as it was found. `content` is undefined for a file that is code itself, which has not been run. */
export interface RcFile {
  readonly file: string;
  readonly content: unknown;
  /** The user named it, with `--config` or MIGRATOR_CONFIG. */
  readonly named: boolean;
}

/** What an rc file can run. */
export interface Runs {
  /** Over the file and over all modules that it loads. */
  readonly digest: string;
  readonly modules: readonly CodeFile[];
  /** The modules that load others by computed names. */
  readonly computed: readonly string[];
  /** The shell commands in `command:` references. */
  readonly commands: readonly string[];
}

export async function whatRuns({ file, content }: RcFile): Promise<Runs> {
  const directory = dirname(file);
  const named = content === undefined ? [file] : adaptersOf(content);
  const { files, computed } = await codeOf(named, directory);
  const digest = createHash('sha256')
    .update(canonical({ content: content ?? null, files }))
    .digest('hex');
  return { digest, modules: files, computed, commands: [...new Set(commandsIn(content))] };
}

/**
 * Refuses to run code of an rc file that the user has not allowed: CONFIG_UNTRUSTED. A file of the user's own
 * configuration folder needs no permission, since nobody else put it there.
 */
export async function checkAllowed(rc: RcFile, what: string, io: IO): Promise<void> {
  const real = await realpath(rc.file);
  if (real.startsWith((await realpath(configDirectory(io)).catch(() => configDirectory(io))) + sep)) return;
  const { digest } = await whatRuns(rc);
  const given = io.env['MIGRATOR_TRUST_CONFIG'];
  if (rc.named && given === digest) return;
  const allowed = await allowedDigest(real, io);
  if (allowed === digest) return;
  const changed = allowed === undefined ? '' : ', and it or what it loads has changed since you allowed it';
  const command = `migrator config trust${rc.named ? ` --config "${rc.file}"` : ''}`;
  throw new MigratorError('CONFIG_UNTRUSTED', `"${rc.file}" runs code on this machine (${what})${changed}`, {
    hint: `look at the file, and if you trust it, allow it once with: ${command}`,
    details: { file: rc.file, digest },
  });
}

export async function allow(rc: RcFile, digest: string, io: IO): Promise<void> {
  const real = await realpath(rc.file);
  const record = recordOf(real, io);
  await makePrivateFolder(dirname(record));
  await writePrivateFile(record, `${JSON.stringify({ file: real, digest }, undefined, 2)}\n`, 'replace');
}

/** False when it was not allowed. */
export async function forget(rc: RcFile, io: IO): Promise<boolean> {
  const real = await realpath(rc.file);
  const known = (await allowedDigest(real, io)) !== undefined;
  await rm(recordOf(real, io), { force: true });
  return known;
}

async function allowedDigest(real: string, io: IO): Promise<string | undefined> {
  const record = recordOf(real, io);
  try {
    return (JSON.parse(await readFile(record, 'utf8')) as { digest?: string }).digest;
  } catch (error) {
    const code = systemCode(error);
    if (error instanceof SyntaxError || code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw localError(error, `could not read "${record}"`);
  }
}

const recordOf = (real: string, io: IO): string =>
  join(configDirectory(io), 'allowed', `${createHash('sha256').update(real).digest('hex').slice(0, 32)}.json`);

/** What the content of an rc file names as adapters. */
export function adaptersOf(content: unknown): readonly string[] {
  const { adapters } = (content ?? {}) as { readonly adapters?: unknown };
  return Array.isArray(adapters) ? adapters.filter((name): name is string => typeof name === 'string') : [];
}

function commandsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.startsWith('command:') ? [value.slice('command:'.length)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(commandsIn);
}
