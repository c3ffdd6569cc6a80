import { CommanderError } from 'commander';
import { isMigratorError, type MigratorError } from '../errors.ts';
import { type Context, createContext } from './context.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { endsFor, helpRequest, sectionsAsked } from './help/sections.ts';
import { asInterruption, explain, type Explanation } from './explain.ts';
import { createProgram, refuseUnknownWords } from './program.ts';
import type { IO } from './terminal/io.ts';

export async function run(argv: readonly string[], io: IO): Promise<number> {
  const context = createContext(io, argv);
  context.commandTree = (words) => createProgram(context, words);
  context.productOptions = async () => context.once((await import('./servers/adapter-modules.ts')).productTable);
  context.problemsOfCode = async (given) => (await import('./commands/rc-problems.ts')).problemsOfCode(given, context);
  const release = [onInterrupt(context), onUncaught(context)];
  const exitCode = await attempt(argv, context);
  try {
    return await close(context, exitCode);
  } finally {
    for (const off of release) off();
  }
}

async function attempt(given: readonly string[], context: Context): Promise<ExitCode> {
  try {
    const help = helpRequest(given);
    const argv = help?.argv ?? given;
    if (help !== undefined) {
      context.helpSections = await sectionsAsked(help, context);
      context.helpEnds = await endsFor(argv, context.io);
    }
    const program = await createProgram(context, argv);
    if (help !== undefined) refuseUnknownWords(program, argv);
    if (argv.length === 0) {
      program.outputHelp();
      return exitCodes.usage;
    }
    await program.parseAsync(argv, { from: 'user' });
    for (const handle of context.globals.quiet ? [] : context.jobsLeft.endangered()) {
      const message = `${handle} runs on an embedded instance, which stops together with this process`;
      context.say('warning', `${message}; to start jobs without waiting, run the instance with "migrator emulate"`);
    }
    return context.exitCode;
  } catch (error) {
    // Only --help and --version end this way. Commander's errors have become USAGE.
    if (error instanceof CommanderError) return exitCodes.done;
    return await report(asInterruption(error, context.signal), context);
  }
}

/** The last handler. It cannot fail: when the error cannot be told, it says that and quotes nothing of it. */
async function report(error: unknown, context: Context): Promise<ExitCode> {
  try {
    return await tellAll(error, context);
  } catch {
    const { exitCode, code } = explain(error, context.globals).document as { exitCode: ExitCode; code: string };
    context.io.stderr.write(`migrator: error: ${code}, and its text could not be shown\n`);
    return exitCode;
  }
}

async function tellAll(error: unknown, context: Context): Promise<ExitCode> {
  context.stopReporter(isMigratorError(error, 'CANCELLED', 'USAGE') ? undefined : 'failed');
  const { io, redactor, globals } = context;
  const explanation = explain(error, globals);
  context.askedReport?.failed(error, explanation);
  redactor.keepFacts(explanation.document['details']);
  if (globals.json) io.stdout.write(`${JSON.stringify(redactor.redactValue(explanation.document), undefined, 2)}\n`);
  tell(explanation, context);
  if (isMigratorError(error) && error.details['left'] !== undefined) await tellLeft(error, context);
  const left: readonly ExitCode[] = [exitCodes.interrupted, exitCodes.stillRunning];
  for (const message of context.partingWords(left.includes(explanation.exitCode))) context.say('notice', message);
  return explanation.exitCode;
}

/** What a failed run leaves on servers is told with --quiet too. */
async function tellLeft(error: MigratorError, context: Context): Promise<void> {
  const [{ leftIn }, { describeLeft }] = await Promise.all([
    import('../core/steps/clean-up.ts'),
    import('./commands/summary.ts'),
  ]);
  for (const line of describeLeft(leftIn(error))) context.say('warning', line);
}

function tell({ lines, document }: Explanation, context: Context): void {
  const { code, message, hint, exitCode } = document;
  context.say('error', lines, { code, message, hint, exitCode });
}

/** If the result could not be written, the run is not a success, even if its work succeeded. */
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

/** The first signal stops the work and detaches from remote jobs. A second signal ends the process at once. */
export function onInterrupt(context: Context): () => void {
  let count = 0;
  const handler = () => {
    count += 1;
    if (count > 1) leaveAtOnce(release);
    context.stopReporter();
    // The terminal shows ^C. The message begins on a new line.
    if (context.io.stderrIsTTY && context.globals.progress !== 'json') context.io.stderr.write('\n');
    context.say('notice', 'stopping; press Ctrl-C again to exit at once');
    context.abort();
  };
  const release = () => {
    for (const signal of signals) process.off(signal, handler);
  };
  for (const signal of signals) process.on(signal, handler);
  return () => {
    // After an interruption the handler stays, so that a second signal during the last steps gives the same exit code.
    if (count === 0) release();
  };
}

/**
 * A call of the system that does not return, such as the opening of a pipe, keeps process.exit waiting for ever. Then
 * the signal itself ends the process, which a shell shows as the same exit code.
 */
function leaveAtOnce(release: () => void): void {
  if (process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'))) {
    release();
    process.kill(process.pid, 'SIGINT');
  } else {
    process.exit(exitCodes.interrupted);
  }
}

/** Without this, Node.js prints an error that nobody caught as it is, with any secret in it. */
function onUncaught(context: Context): () => void {
  // A handler that fails would be called again with its own error, for ever.
  const handler = (error: unknown) =>
    void report(error, context).then(
      (code) => process.exit(code),
      () => process.exit(exitCodes.bug),
    );
  process.on('uncaughtException', handler);
  return () => process.off('uncaughtException', handler);
}
