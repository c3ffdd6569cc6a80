/**
 * Pieces of memory of one size that are used in turn. New memory for every megabyte would be mapped, cleared and
 * collected, which takes longer than the work on it. Whoever passes a piece on must say how long it keeps its bytes.
 */
export class MemoryRing {
  readonly #pieces: Uint8Array[] = [];
  readonly #count: number;
  readonly #bytes: number;
  #turn = 0;

  constructor(count: number, bytes: number) {
    this.#count = count;
    this.#bytes = bytes;
  }

  /** The piece that was handed out `count` calls ago. */
  next(): Uint8Array {
    const turn = this.#turn;
    this.#turn = (turn + 1) % this.#count;
    return (this.#pieces[turn] ??= Buffer.allocUnsafeSlow(this.#bytes));
  }
}
