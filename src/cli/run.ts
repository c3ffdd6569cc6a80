import { CommanderError } from 'commander';
import { MigratorError } from '../errors.ts';
import { createContext, type Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { asInterruption, explain } from './explain.ts';
import type { IO } from './io.ts';
import { createProgram, isHelp } from './program.ts';
import { plainText } from './reporters/plain-text.ts';
import { onInterrupt } from './signals.ts';

export async function run(argv: readonly string[], io: IO): Promise<number> {
  const context = createContext(io, argv);
  const release = onInterrupt(context);
  try {
    const program = await createProgram(context, argv);
    if (argv.length === 0) {
      io.stdout.write(program.helpInformation());
      return exitCodes.usage;
    }
    await program.parseAsync(argv, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && isHelp(error)) return exitCodes.done;
    return report(error instanceof CommanderError ? usage(error) : asInterruption(error, context.signal), context);
  } finally {
    await close(context);
    release();
  }
}

/** Commander's own complaints become USAGE, so that there is one way out. */
function usage(error: CommanderError): MigratorError {
  const [first = '', ...rest] = error.message.replace(/^error: /u, '').split('\n');
  const suggestion = /Did you mean (.+)\?/u.exec(rest.join(' '))?.[1];
  return new MigratorError('USAGE', first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/u, ''), {
    hint: suggestion === undefined ? 'see migrator --help' : `did you mean ${suggestion}?`,
  });
}

function report(error: unknown, context: Context): number {
  context.stopReporter();
  const { io, redactor, globals } = context;
  const { exitCode, lines, document } = explain(error, globals);
  if (globals.json) io.stdout.write(`${JSON.stringify(redactor.redactValue(document), undefined, 2)}\n`);
  for (const line of lines) io.stderr.write(`${plainText(redactor.redact(line))}\n`);
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
