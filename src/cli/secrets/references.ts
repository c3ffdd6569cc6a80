import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { systemCode } from '../../files/local-error.ts';
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
  /** What the secret is for, as a noun: `apiKey of instance "lab"`. */
  readonly purpose: string;
  /** False forbids asking, terminal or not. */
  readonly interactive: boolean;
  /** Asks for a secret; the hidden prompt on the terminal by default. */
  readonly prompt?: (question: string) => Promise<Secret>;
  /** A file that others can read, as a sentence. */
  readonly onWarning?: (message: string) => void;
  /** The value stands there itself. */
  readonly onPlain?: () => void;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds a command may take; 30 s by default. */
  readonly commandTimeout?: number;
}

const scheme = /^(env|file|command):/;

/** `env:NAME`, `file:path`, `command:…` or `prompt`; anything else is the secret itself. */
export function isReference(value: string): boolean {
  return value === 'prompt' || scheme.test(value);
}

/** How a value of a secret setting may be shown: a reference as it is, the secret itself not. */
export function shownReference(value: unknown): string {
  return typeof value === 'string' && isReference(value) ? value : '***';
}

/** `chomp` of one line end: editors and `echo` put one there, a password may end in a second. */
const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');

function invalid(message: string, hint?: string, cause?: unknown): MigratorError {
  return new MigratorError('CONFIG_INVALID', message, { hint, cause });
}

function fromEnvironment(name: string, { io, purpose }: ResolveOptions): string {
  if (name === '') throw invalid(`the reference for ${purpose} names no environment variable`, 'write env:NAME');
  const value = io.env[name];
  if (value === undefined || value === '') {
    throw invalid(
      `the environment variable ${name}, which holds ${purpose}, is ${value === undefined ? 'not set' : 'empty'}`,
      `set ${name} and run again`,
    );
  }
  return value;
}

function placeOf(path: string, { io, baseDirectory }: ResolveOptions): string {
  return /^~[/\\]/.test(path) ? resolve(io.home, path.slice(2)) : resolve(baseDirectory, path);
}

async function fromFile(path: string, options: ResolveOptions): Promise<string> {
  const { io, purpose } = options;
  if (path === '') throw invalid(`the reference for ${purpose} names no file`, 'write file:path');
  const place = placeOf(path, options);
  try {
    const handle = await open(place, 'r');
    try {
      const stats = await handle.stat();
      if (stats.isDirectory()) throw invalid(`"${place}", which should hold ${purpose}, is a folder`);
      if (stats.size > sizeLimit) throw invalid(`"${place}", which should hold ${purpose}, is larger than 64 KiB`);
      // A file of the process substitution or of a container's secret mount may be a pipe, which has no bits to judge.
      if (stats.isFile() && io.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
        options.onWarning?.(`"${place}", which holds ${purpose}, can be read by others: chmod 600 it`);
      }
      return withoutLineEnd(await handle.readFile('utf8'));
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
  if (command.trim() === '') throw invalid(`the reference for ${options.purpose} names no command`);
  const output = await commandOutput(command, options.purpose, {
    io: options.io,
    directory: options.baseDirectory,
    timeout: options.commandTimeout ?? commandTimeout,
    signal: options.signal,
  });
  return withoutLineEnd(output.toString('utf8'));
}

async function fromPerson({ io, purpose, interactive, prompt, signal }: ResolveOptions): Promise<string> {
  if (!interactive) {
    throw new MigratorError('USAGE', `${purpose} has to be typed in, and this run may not ask`, {
      hint: 'give it as a reference instead: env:NAME, file:path or command:…',
    });
  }
  const ask = prompt ?? ((question: string) => promptSecret(io, question, { signal }));
  return (await ask(purpose)).reveal();
}

/**
 * The secret behind a reference. CONFIG_INVALID when it leads nowhere or to nothing, USAGE when it has to be typed in
 * and cannot be, CANCELLED when the user gives up. No message holds the secret or a part of it.
 */
export async function resolveSecret(reference: string, options: ResolveOptions): Promise<Secret> {
  const kind = reference === 'prompt' ? 'prompt' : scheme.exec(reference)?.[1];
  const rest = reference.slice(reference.indexOf(':') + 1);
  let value: string;
  switch (kind) {
    case 'env':
      return new Secret(fromEnvironment(rest, options));
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
  return new Secret(value);
}

/** A key whose value is a secret by its name: the net for settings that no adapter declares. */
export function looksSecret(name: string): boolean {
  return /(password|passphrase|secret|token|api[-_]?key|credential)s?$/i.test(name);
}
