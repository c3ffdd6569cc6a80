/** Given from outside, so that packages are reproducible and tests need not wait. */
export interface Clock {
  now(): Date;
  /**
   * Rejects with CANCELLED when the signal aborts. `what` completes "waiting for …" and is told when the wait is long; without
   * it the caller tells the wait.
   */
  sleep(milliseconds: number, signal: AbortSignal, what?: string): Promise<void>;
}

export interface Random {
  bytes(length: number): Uint8Array;
}
