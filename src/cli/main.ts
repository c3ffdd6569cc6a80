import { exitCodes } from './exit-codes.ts';
import { systemIO, type IO } from './terminal/io.ts';
import { version } from './version.ts';

/** Runs one command line and returns its exit code. It never throws and never ends the process. */
export async function main(argv: readonly string[], given?: IO): Promise<number> {
  if (given === undefined && !hasWorkingFolder()) {
    return failed(argv, 'the working folder does not exist any more', 'change to a folder that exists');
  }
  const io = given ?? systemIO();
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.stdout.write(`${version()}\n`);
    // What could not be written is told as by any other command.
    if (await flushed(io)) return 0;
  }
  try {
    const { run } = await import('./run.ts');
    return await run(argv, io);
  } catch (error) {
    // Only the loading of the program fails here: one of its files is missing, or too few files may be open.
    const reason = error instanceof Error ? error.message : 'unknown reason';
    return failed(argv, `cannot start: ${reason}`, 'raise the limit of open files, or install migrator again');
  }
}

/** Tells of a failure before the rest of the program is there: in the form of any other error. */
function failed(argv: readonly string[], message: string, hint: string): number {
  process.stderr.write(`migrator: error: ${message}\nmigrator: hint: ${hint}\n`);
  const exitCode = exitCodes.localIo;
  const told = { document: 'migrator/error/1', code: 'LOCAL_IO', message, hint, details: {}, exitCode };
  if (argv.includes('--json')) process.stdout.write(`${JSON.stringify(told, undefined, 2)}\n`);
  return exitCode;
}

function hasWorkingFolder(): boolean {
  try {
    return process.cwd() !== '';
  } catch {
    return false;
  }
}

function flushed({ stdout }: IO): Promise<boolean> {
  return Promise.resolve(stdout.flush?.()).then(
    () => true,
    () => false,
  );
}
