import { homedir, hostname, userInfo } from 'node:os';
import type { Writable } from 'node:stream';
import { MigratorError } from '../../errors.ts';

export interface Output {
  /** Never throws and never waits. `flush` reports failures. */
  write(chunk: string | Uint8Array): void;
  /** Resolves when everything is written. LOCAL_IO when that fails (a full disk). A closed reader is not a failure. */
  flush?(): Promise<void>;
  /** True once the reader has closed its end. */
  left?(): boolean;
}

/** The terminal and the process. No other code reads `process`, so that tests can give their own values. */
export interface IO {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly stdinIsTTY: boolean;
  readonly stdoutIsTTY: boolean;
  readonly stderrIsTTY: boolean;
  /** The current width of the terminal; 80 without a terminal. */
  readonly columns: number;
  readonly pid: number;
  readonly host: string;
  readonly home: string;
  /** The user id, on platforms that have one. */
  readonly uid: number | undefined;
  /** The name of the account. Absent where it has none. */
  readonly user?: string | undefined;
}

/**
 * After a reader closes its end (`migrator … | head`), output is dropped without an error. `flush` reports other
 * errors.
 */
export function createOutput(stream: Writable, name: string): Output {
  let failure: Error | undefined;
  let closed = false;
  const onError = (error: NodeJS.ErrnoException): void => {
    closed = true;
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') failure ??= error;
  };
  stream.on('error', onError);
  return {
    left: () => closed,
    write: (chunk) => {
      if (!closed) stream.write(chunk);
    },
    flush: async () => {
      if (!closed) {
        await new Promise<void>((resolve) => {
          stream.write('', (error) => {
            if (error) onError(error);
            resolve();
          });
        });
      }
      if (failure !== undefined) {
        throw new MigratorError('LOCAL_IO', `could not write to ${name}: ${failure.message}`, { cause: failure });
      }
    },
  };
}

function homeDirectory(): string {
  try {
    return homedir();
  } catch {
    // A user id without an account (a container with --user) has no home folder. The working directory is the best
    // substitute.
    return process.cwd();
  }
}

function accountName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // As above: a user id without an account.
    return undefined;
  }
}

/** The property is absent, not false, for pipes and files. */
const isTerminal = (stream: { readonly isTTY?: boolean }): boolean => stream.isTTY === true;

let system: IO | undefined;

export function systemIO(): IO {
  system ??= {
    stdin: process.stdin,
    stdout: createOutput(process.stdout, 'standard output'),
    stderr: createOutput(process.stderr, 'standard error'),
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
    stdinIsTTY: isTerminal(process.stdin),
    stdoutIsTTY: isTerminal(process.stdout),
    stderrIsTTY: isTerminal(process.stderr),
    get columns() {
      const columns = [process.stderr, process.stdout].map((stream) => stream.columns as number | undefined);
      return columns.find((width) => width !== undefined && width > 0) ?? 80;
    },
    pid: process.pid,
    host: hostname(),
    home: homeDirectory(),
    uid: process.getuid?.(),
    user: accountName(),
  };
  return system;
}
