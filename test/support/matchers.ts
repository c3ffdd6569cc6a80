import { expect } from '@jest/globals';
import { MigratorError, type ErrorCode } from '../../src/errors.ts';

declare module 'expect' {
  interface Matchers<R> {
    /** The promise or function fails with a MigratorError of this code. Tests compare codes and not messages. */
    toThrowCode(code: ErrorCode): Promise<R>;
  }
}

async function caught(received: unknown): Promise<unknown> {
  try {
    await (typeof received === 'function' ? (received as () => unknown)() : received);
    return undefined;
  } catch (error) {
    return error;
  }
}

expect.extend({
  async toThrowCode(received: unknown, code: ErrorCode) {
    const error = await caught(received);
    const actual = error instanceof MigratorError ? error.code : undefined;
    return {
      pass: actual === code,
      message: () =>
        error === undefined
          ? `expected a failure with ${code}, but nothing failed`
          : `expected ${code}, got ${actual ?? typeof error}: ${error instanceof Error ? (error.stack ?? error.message) : ''}`,
    };
  },
});
