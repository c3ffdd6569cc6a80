import type { Command } from 'commander';

/** Flags of commands that work with a queue on Redis. `what` says what is there. */
export function withQueue(command: Command, what: string): Command {
  return command
    .option('--queue <url>', `${what}: redis://host:6379, rediss:// for TLS, or a reference to its URL`)
    .option('--volatile-queue', 'take a Redis that may forget: without its append-only file, or with eviction');
}
