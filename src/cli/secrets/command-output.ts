import { spawn } from 'node:child_process';
import { MigratorError } from '../../errors.ts';
import type { IO } from '../terminal/io.ts';
import { plainLines } from '../../plain-text.ts';

const outputLimit = 64 * 1024;
const shownErrors = 2000;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly reason: 'ended' | 'timeout' | 'too long' | 'cancelled';
}

function run(
  command: string,
  io: IO,
  directory: string,
  timeout: number,
  abort: AbortSignal | undefined,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      shell: true,
      cwd: directory,
      env: { ...io.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const out: Buffer[] = [];
    let size = 0;
    let errors = '';
    const end = (reason: Ended['reason'], code: number | null = null, signal: NodeJS.Signals | null = null): void => {
      clearTimeout(timer);
      abort?.removeEventListener('abort', onAbort);
      if (reason !== 'ended') {
        child.kill('SIGKILL');
        // Processes that the command started may keep the pipes open.
        child.stdout.destroy();
        child.stderr.destroy();
      }
      resolve({ code, signal, stdout: Buffer.concat(out), stderr: errors, reason });
    };
    const onAbort = (): void => end('cancelled');
    const timer = setTimeout(() => end('timeout'), timeout);
    abort?.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > outputLimit) end('too long');
      else out.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(0, shownErrors);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => end('ended', code, signal));
  });
}

/**
 * The output of a shell command on stdout. CONFIG_INVALID when the command fails, takes too long or prints too much.
 * The error quotes stderr, but never stdout, which holds the secret.
 */
export async function commandOutput(
  command: string,
  purpose: string,
  options: {
    readonly io: IO;
    readonly directory: string;
    /** Milliseconds. */
    readonly timeout: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Buffer> {
  const fail = (what: string, hint?: string, cause?: unknown): MigratorError =>
    new MigratorError('CONFIG_INVALID', `the command for ${purpose} ${what}`, { hint, cause });
  let ended: Ended;
  try {
    ended = await run(command, options.io, options.directory, options.timeout, options.signal);
  } catch (error) {
    throw fail('could not be started', undefined, error);
  }
  switch (ended.reason) {
    case 'cancelled':
      throw new MigratorError('CANCELLED', `interrupted while the command for ${purpose} ran`);
    case 'timeout':
      throw fail(
        `did not end within ${String(options.timeout / 1000)} s`,
        'run it in a terminal: it may wait for input',
      );
    case 'too long':
      throw fail(`printed more than ${String(outputLimit / 1024)} KiB`);
    case 'ended': {
      if (ended.code === 0) return ended.stdout;
      const how = ended.code === null ? `was ended by ${ended.signal ?? 'a signal'}` : `ended with code ${ended.code}`;
      const said = plainLines(ended.stderr.trim());
      throw fail(said === '' ? how : `${how}: ${said}`);
    }
  }
}
