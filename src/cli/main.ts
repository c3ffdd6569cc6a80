import { exitCodes } from './exit-codes.ts';
import { systemIO, type IO } from './terminal/io.ts';
import { version } from './version.ts';

/** Runs one command line and returns its exit code. It never throws and never ends the process. */
export async function main(argv: readonly string[], given?: IO): Promise<number> {
  if (given === undefined && !hasWorkingFolder()) {
    process.stderr.write('migrator: error: the working folder does not exist any more\n');
    process.stderr.write('migrator: hint: change to a folder that exists\n');
    return exitCodes.localIo;
  }
  const io = given ?? systemIO();
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.stdout.write(`${version()}\n`);
    // What could not be written is told as by any other command.
    if (await flushed(io)) return 0;
  }
  const { run } = await import('./run.ts');
  return run(argv, io);
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
