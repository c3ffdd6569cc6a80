/** Given from outside, so that packages are reproducible and tests need not wait. */
export interface Clock {
  now(): Date;
  /** Rejects with CANCELLED when the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export interface Random {
  bytes(length: number): Uint8Array;
}
