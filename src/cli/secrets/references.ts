import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { nearestOf } from '../../nearest.ts';
import { systemCode } from '../../files/local-error.ts';
import { decodeText } from '../../files/text.ts';
import { Secret } from '../../secret.ts';
import type { IO } from '../terminal/io.ts';
import { promptSecret } from '../terminal/prompt.ts';
import { commandOutput } from './command-output.ts';

const sizeLimit = 64 * 1024;
const commandTimeout = 30_000;

export interface ResolveOptions {
  readonly io: IO;
  /** Relative paths of `file:` start here, and commands run here. */
  readonly baseDirectory: string;
  /** The purpose of the secret, as a noun: `apiKey of instance "lab"`. */
  readonly purpose: string;
  /** False: never ask the user, even on a terminal. */
  readonly interactive: boolean;
  /** Asks for a secret. Default: the prompt without echo on the terminal. */
  readonly prompt?: (question: string) => Promise<Secret>;
  /** Called with a sentence when other users can read the file. */
  readonly onWarning?: (message: string) => void;
  /** Called when the value is not a reference but the secret itself. */
  readonly onPlain?: () => void;
  readonly signal?: AbortSignal | undefined;
  /** How long a command may take, in milliseconds. Default: 30 s. */
  readonly commandTimeout?: number;
}

const scheme = /^(env|file|command):/;

/** True for `env:NAME`, `file:path`, `command:…` and `prompt`. Any other text is the secret itself. */
export function isReference(value: string): boolean {
  return value === 'prompt' || scheme.test(value);
}

/** `env:` for a text such as `evn:NAME`, which is no reference and was probably meant as one. Shows no more of it. */
export function meantReference(value: string): string | undefined {
  const word = /^([a-z]+):\S/iu.exec(value)?.[1];
  const near = word === undefined || isReference(value) ? undefined : nearestOf(word, ['env', 'file', 'command'])[0];
  return near === undefined ? undefined : `${near}:`;
}

/** Why a text can be no reference, although it looks like one. A secret that looks like one needs a reference itself. */
export function referenceFault(value: string): string | undefined {
  const [, kind = '', rest = ''] = /^\s*(env|file|command)\s*:(.*)$/isu.exec(value) ?? [];
  if (kind !== '' && !scheme.test(value))
    return `looks like a reference: write ${kind.toLowerCase()}: in small letters and without spaces`;
  if (kind !== '' && rest.trim() === '') return `names nothing after "${kind}:"`;
  if (kind === 'env' && /[\s=$]/u.test(rest)) return 'must have the bare name of a variable after "env:"';
  if (value !== 'prompt' && /^\s*prompt\s*:?\s*$/iu.test(value)) return 'looks like a reference: write prompt';
  if (/^(\$\{?[A-Z][A-Z0-9_]*\}?|%\w+%|\{\{.*\}\}|\$\(.*\))$/su.test(value))
    return 'is not filled in by migrator: write env:NAME or command:…';
  return undefined;
}

/** The value of a secret setting for display: a reference as it is, a secret as `***`. */
export function shownReference(value: unknown): string {
  return typeof value === 'string' && isReference(value) ? value : '***';
}

/**
 * Removes one line end, because editors and `echo` add one; of a Windows file a shell may leave its first half. More are
 * kept, because a password may end in a line end.
 */
const withoutLineEnd = (text: string): string => text.replace(/\r?\n$|\r$/, '');

function invalid(message: string, hint?: string, cause?: unknown): MigratorError {
  return new MigratorError('CONFIG_INVALID', message, { hint, cause });
}

function fromEnvironment(name: string, { io, purpose }: ResolveOptions): string {
  if (name === '')
    throw invalid(`the reference for ${purpose} has no name of an environment variable`, 'write env:NAME');
  const value = io.env[name];
  if (value === undefined || value === '') {
    throw invalid(
      `the environment variable ${name}, which holds ${purpose}, is ${value === undefined ? 'not set' : 'empty'}`,
      `set ${name} and run the command again`,
    );
  }
  return value.replace(/^\ufeff/u, '').replace(/\r\n$|\r$/u, '');
}

/** The file that a reference names; undefined for every other text. */
export function secretFile(value: string, place: Pick<ResolveOptions, 'io' | 'baseDirectory'>): string | undefined {
  const [, path = ''] = /^file:(.*)$/su.exec(value) ?? [];
  return path === '' ? undefined : placeOf(path, place);
}

function placeOf(path: string, { io, baseDirectory }: Pick<ResolveOptions, 'io' | 'baseDirectory'>): string {
  return /^~[/\\]/.test(path) ? resolve(io.home, path.slice(2)) : resolve(baseDirectory, path);
}

async function fromFile(path: string, options: ResolveOptions): Promise<string> {
  const { io, purpose } = options;
  if (path === '') throw invalid(`the reference for ${purpose} has no file name`, 'write file:path');
  const place = placeOf(path, options);
  try {
    const handle = await open(place, 'r');
    try {
      const stats = await handle.stat();
      if (stats.isDirectory()) throw invalid(`"${place}", which should hold ${purpose}, is a folder`);
      if (stats.size > sizeLimit) throw invalid(`"${place}", which should hold ${purpose}, is larger than 64 KiB`);
      // The path of a process substitution or of a container's secret may be a pipe. Its permission bits mean nothing.
      if (stats.isFile() && io.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
        options.onWarning?.(`"${place}", which holds ${purpose}, can be read by other users: run chmod 600 on it`);
      }
      return withoutLineEnd(decodeText(await handle.readFile()));
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw invalid(`the file "${place}", which should hold ${purpose}, does not exist`, undefined, error);
    }
    if (code !== undefined) {
      throw invalid(`the file "${place}", which should hold ${purpose}, cannot be read (${code})`, undefined, error);
    }
    throw error;
  }
}

async function fromCommand(command: string, options: ResolveOptions): Promise<string> {
  if (command.trim() === '') throw invalid(`the reference for ${options.purpose} has no command`);
  const output = await commandOutput(command, options.purpose, {
    io: options.io,
    directory: options.baseDirectory,
    timeout: options.commandTimeout ?? commandTimeout,
    signal: options.signal,
  });
  return withoutLineEnd(decodeText(output));
}

async function fromPerson({ io, purpose, interactive, prompt, signal }: ResolveOptions): Promise<string> {
  if (!interactive) {
    throw new MigratorError('USAGE', `${purpose} must be typed in, but this command may not ask`, {
      hint: 'use a reference instead: env:NAME, file:path or command:…',
    });
  }
  const ask = prompt ?? ((question: string) => promptSecret(io, question, { signal }));
  return (await ask(purpose)).reveal();
}

/**
 * Resolves a reference to its secret. CONFIG_INVALID when the reference is wrong or the secret is empty, USAGE when it
 * must be typed in and there is no terminal, CANCELLED when the user gives no answer. No message contains any part of
 * the secret.
 */
export async function resolveSecret(reference: string, options: ResolveOptions): Promise<Secret> {
  const kind = reference === 'prompt' ? 'prompt' : scheme.exec(reference)?.[1];
  const rest = reference.slice(reference.indexOf(':') + 1);
  let value: string;
  switch (kind) {
    case 'env':
      value = fromEnvironment(rest, options);
      break;
    case 'file':
      value = await fromFile(rest, options);
      break;
    case 'command':
      value = await fromCommand(rest, options);
      break;
    case 'prompt':
      value = await fromPerson(options);
      break;
    default:
      value = reference;
      options.onPlain?.();
  }
  if (value === '') throw invalid(`${options.purpose} is empty`);
  return new Secret(value, `${options.purpose} (${kind === undefined ? 'plain text' : reference})`);
}

/** True when the name of a key suggests a secret. For settings that no adapter declares. */
export function looksSecret(name: string): boolean {
  return /(password|passphrase|secret|token|api[-_]?key|credential)s?$/i.test(name);
}
