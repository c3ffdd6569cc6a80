import { fileURLToPath } from 'node:url';
import { isMigratorError, MigratorError } from '../errors.ts';
import { namedByItself } from '../files/local-error.ts';
import { exitCodeOfError, exitCodes, type ExitCode } from './exit-codes.ts';
import { version } from './version.ts';

export interface Explanation {
  readonly exitCode: ExitCode;
  /** For stderr, one line each. */
  readonly lines: readonly string[];
  /** For stdout under `--json`. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** Turns the error that stopped a run into lines of text, a JSON document and an exit code. */
export function explain(error: unknown, { debug }: { readonly debug: boolean }): Explanation {
  if (!isMigratorError(error)) {
    const named = namedByItself(error);
    return isMigratorError(named) ? explain(named, { debug }) : bug(error);
  }
  const exitCode = exitCodeOfError(error);
  const lines = [`migrator: error: ${error.message}`];
  if (error.hint !== undefined) lines.push(`migrator: hint: ${error.hint}`);
  if (debug) lines.push(...causes(error));
  const { code, message, hint, details } = error;
  return { exitCode, lines, document: { document: 'migrator/error/1', code, message, hint, details, exitCode } };
}

/** After an abort, an error of the platform is an interruption and not a bug. */
export function asInterruption(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted || isMigratorError(error)) return error;
  return new MigratorError('CANCELLED', 'interrupted', { cause: error });
}

function bug(error: unknown): Explanation {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = error instanceof Error ? error.message : String(error);
  return {
    exitCode: exitCodes.bug,
    lines: [
      `migrator: error: unexpected: ${message}`,
      ...stack.split('\n').slice(1),
      `migrator: hint: ${whoseBug(stack)}; report it with the lines above`,
    ],
    document: { document: 'migrator/error/1', code: 'BUG', message, details: {}, exitCode: exitCodes.bug },
  };
}

const root = new URL('../../', import.meta.url).href;

/** The first file of the stack: code that the rc file names, such as an adapter, is not migrator's. */
function whoseBug(stack: string): string {
  const file = /file:\/\/.*?(?=:\d+:\d+)/u.exec(stack)?.[0];
  const release = `migrator ${version()} (Node ${process.version}, ${process.platform})`;
  return file === undefined || file.startsWith(root)
    ? `this is a bug in ${release}`
    : `this is a bug in ${fileURLToPath(file)}, which ${release} has loaded`;
}

function causes(error: Error): string[] {
  const lines: string[] = (error.stack ?? '').split('\n').slice(1);
  for (let cause = error.cause; cause !== undefined && lines.length < 80;) {
    const inner: unknown = cause;
    if (!(inner instanceof Error)) break;
    lines.push(`caused by: ${inner.stack ?? inner.message}`);
    cause = inner.cause;
  }
  return lines;
}
