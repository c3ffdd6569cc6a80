import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(new URL('../../bin/migrator.mjs', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when stderr or stdout matches. Rejects when the process ends first. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface BinaryOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
}

/** Starts the real binary, as a user's shell would. */
export function startBinary(args: readonly string[], { cwd, env, input }: BinaryOptions): Started {
  const child = spawn(process.execPath, [binary, ...args], {
    cwd,
    env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    for (const listener of listeners) listener();
  });
  if (input !== undefined) child.stdin?.end(input);
  const finished = new Promise<Finished>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
  const seen = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((done, fail) => {
      const look = () => {
        const match = pattern.exec(stderr) ?? pattern.exec(stdout);
        if (match === null) return;
        listeners.delete(look);
        done(match);
      };
      listeners.add(look);
      look();
      void finished.then((end) =>
        fail(
          new Error(
            `ended (${end.code ?? end.signal ?? ''}) before ${String(pattern)} was seen:\n${end.stdout}\n${end.stderr}`,
          ),
        ),
      );
    });
  return { child, finished, seen };
}

export function runBinary(args: readonly string[], options: BinaryOptions): Promise<Finished> {
  return startBinary(args, options).finished;
}
