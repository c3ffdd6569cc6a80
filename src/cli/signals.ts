import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';

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
