import { CommanderError } from 'commander';
import { isMigratorError } from '../errors.ts';
import { type Context, createContext } from './context.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { asInterruption, explain, type Explanation } from './explain.ts';
import { createProgram } from './program.ts';
import type { IO } from './terminal/io.ts';

export async function run(argv: readonly string[], io: IO): Promise<number> {
  const context = createContext(io, argv);
  context.commandTree = () => createProgram(context);
  const release = onInterrupt(context);
  const exitCode = await attempt(argv, context);
  try {
    return await close(context, exitCode);
  } finally {
    release();
  }
}

async function attempt(argv: readonly string[], context: Context): Promise<ExitCode> {
  try {
    const program = await createProgram(context, argv);
    if (argv.length === 0) {
      program.outputHelp();
      return exitCodes.usage;
    }
    await program.parseAsync(argv, { from: 'user' });
    for (const handle of context.globals.quiet ? [] : context.jobsLeft.endangered()) {
      const message = `${handle} runs on an embedded instance, which stops with this process`;
      context.say('warning', `${message}; serve it with "migrator emulate" to start jobs without waiting`);
    }
    return context.exitCode;
  } catch (error) {
    // Help and --version end so; commander's complaints arrive as USAGE.
    if (error instanceof CommanderError) return exitCodes.done;
    return report(asInterruption(error, context.signal), context);
  }
}

function report(error: unknown, context: Context): ExitCode {
  context.stopReporter();
  const { io, redactor, globals } = context;
  const explanation = explain(error, globals);
  if (globals.json) io.stdout.write(`${JSON.stringify(redactor.redactValue(explanation.document), undefined, 2)}\n`);
  tell(explanation, context);
  const left: readonly ExitCode[] = [exitCodes.interrupted, exitCodes.stillRunning];
  for (const message of context.partingWords(left.includes(explanation.exitCode))) context.say('notice', message);
  return explanation.exitCode;
}

function tell({ lines, document }: Explanation, context: Context): void {
  const { code, message, hint, exitCode } = document;
  context.say('error', lines, { code, message, hint, exitCode });
}

/** A result that could not be handed over is no success, whatever the work was. */
async function close(context: Context, exitCode: ExitCode): Promise<ExitCode> {
  try {
    await context.close();
    return exitCode;
  } catch (error) {
    if (exitCode === exitCodes.done && isMigratorError(error, 'LOCAL_IO')) {
      const failed = explain(error, context.globals);
      tell(failed, context);
      return failed.exitCode;
    }
    context.say('warning', `while closing: ${error instanceof Error ? error.message : String(error)}`);
    return exitCode;
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal stops the work in order and detaches from remote jobs; a second one leaves at once. */
export function onInterrupt(context: Context): () => void {
  let count = 0;
  const handler = () => {
    count += 1;
    if (count > 1) process.exit(exitCodes.interrupted);
    context.stopReporter();
    // The terminal has shown ^C; the sentence begins on a line of its own.
    if (context.io.stderrIsTTY && context.globals.progress !== 'json') context.io.stderr.write('\n');
    context.say('notice', 'stopping; once more to leave at once');
    context.abort();
  };
  for (const signal of signals) process.on(signal, handler);
  return () => {
    // Whoever was interrupted is about to leave; a second signal on the last steps ends in the same exit code.
    if (count > 0) return;
    for (const signal of signals) process.off(signal, handler);
  };
}
