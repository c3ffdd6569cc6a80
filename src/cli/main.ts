import { systemIO, type IO } from './terminal/io.ts';
import { version } from './version.ts';

/** Runs one command line and returns its exit code. It never throws and never ends the process. */
export async function main(argv: readonly string[], io: IO = systemIO()): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.stdout.write(`${version()}\n`);
    // What could not be written is told as by any other command.
    if (await flushed(io)) return 0;
  }
  const { run } = await import('./run.ts');
  return run(argv, io);
}

function flushed({ stdout }: IO): Promise<boolean> {
  return Promise.resolve(stdout.flush?.()).then(
    () => true,
    () => false,
  );
}
