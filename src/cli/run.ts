import { CommanderError } from 'commander';
import { createContext, type Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { asInterruption, explain } from './explain.ts';
import type { IO } from './io.ts';
import { createProgram } from './program.ts';
import { onInterrupt } from './signals.ts';

export async function run(argv: readonly string[], io: IO): Promise<number> {
  const context = createContext(io, argv);
  const release = onInterrupt(context);
  try {
    const program = await createProgram(context, argv);
    if (argv.length === 0) {
      program.outputHelp();
      return exitCodes.usage;
    }
    await program.parseAsync(argv, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    // Help and --version end so; commander's complaints arrive as USAGE.
    if (error instanceof CommanderError) return exitCodes.done;
    return report(asInterruption(error, context.signal), context);
  } finally {
    release();
    await close(context);
  }
}

function report(error: unknown, context: Context): number {
  context.stopReporter();
  const { io, redactor, globals } = context;
  const { exitCode, lines, document } = explain(error, globals);
  if (globals.json) io.stdout.write(`${JSON.stringify(redactor.redactValue(document), undefined, 2)}\n`);
  for (const line of lines) io.stderr.write(`${redactor.redact(line)}\n`);
  if (exitCode === exitCodes.interrupted) {
    for (const line of context.attachments()) io.stderr.write(`${redactor.redact(line)}\n`);
  }
  return exitCode;
}

async function close(context: Context): Promise<void> {
  try {
    await context.close();
  } catch (error) {
    context.io.stderr.write(`${context.redactor.redact(`migrator: warning: while closing: ${String(error)}`)}\n`);
  }
}
