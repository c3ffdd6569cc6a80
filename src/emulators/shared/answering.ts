import { stackOf } from './error-members.ts';
import type { Call, Reply } from './server.ts';

/** An answer of 400 and above, thrown by a handler. Each product adds what its error documents carry. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Turns what a handler throws into the product's answer. What is not a refusal is a mistake of the emulator: it is
 * logged.
 */
export const answering =
  (
    log: (line: string) => void,
    handle: (call: Call) => Reply | Promise<Reply>,
    replyTo: (error: unknown, call: Call) => Reply,
  ) =>
  async (call: Call): Promise<Reply> => {
    try {
      return await handle(call);
    } catch (error) {
      if (!(error instanceof Refusal)) log(`${call.method} ${call.path} failed: ${stackOf(error)}`);
      return replyTo(error, call);
    }
  };
