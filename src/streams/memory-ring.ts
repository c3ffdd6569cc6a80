/**
 * Pieces of memory of one size that take turns. New memory for every megabyte would have to be mapped, cleared and collected, which
 * takes longer than what is done with it. Whoever hands pieces on says how long they are good for.
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
