import { Worker } from 'node:worker_threads';

/** Where a program gets Node's own modules from: the `process` object. */
export type ModuleSource = Pick<NodeJS.Process, 'getBuiltinModule'>;

/**
 * Prepares the work of a thread; the function that it returns answers one question, and has a slot of memory for it.
 *
 * A thread is started from the text of this function, because Node 20 starts none from a TypeScript file. So it must use
 * nothing that stands outside of it: no import, no constant, no other function.
 */
export type ThreadProgram<Question, Answer> = (
  node: ModuleSource,
) => (question: Question, memory: Uint8Array) => Answer;

/** Runs in the thread, from its text as well. */
function serve(node: ModuleSource, program: ThreadProgram<unknown, unknown>): void {
  const { parentPort } = node.getBuiltinModule('node:worker_threads');
  const answer = program(node);
  parentPort?.on('message', ({ question, memory }: { question: unknown; memory: Uint8Array }) => {
    parentPort.postMessage(answer(question, memory));
  });
}

interface Open<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that answers questions in their order, and shares memory with the caller: as many slots as questions may be
 * open at a time, each used in turn. `close` is due on every way out.
 */
export class ThreadSlots<Question, Answer> {
  readonly #slots: readonly Uint8Array[];
  readonly #worker: Worker;
  readonly #open: Open<Answer>[] = [];
  #waiting: (() => void)[] = [];
  #turn = 0;
  #failure: Error | undefined;

  /** `bytes`: the size of a slot. */
  constructor(program: ThreadProgram<Question, Answer>, count: number, bytes: number) {
    const memory = new SharedArrayBuffer(count * bytes);
    this.#slots = Array.from({ length: count }, (_, slot) => new Uint8Array(memory, slot * bytes, bytes));
    this.#worker = new Worker(`(${String(serve)})(process, ${String(program)});`, {
      eval: true,
      execArgv: [],
      // The thread handles small messages only; its heap should not grow for them.
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
    });
    this.#worker.on('message', (answer: Answer) => {
      this.#open.shift()?.resolve(answer);
      this.#wake();
    });
    this.#worker.on('error', (error) => {
      const failure = new Error(`a thread failed: ${String(error)}`, { cause: error });
      this.#failure = failure;
      for (const { reject } of this.#open.splice(0)) reject(failure);
      this.#wake();
    });
  }

  /** The slot of the next question. It must not be written to while `isFull`. */
  get memory(): Uint8Array {
    return this.#slots[this.#turn] ?? new Uint8Array(0);
  }

  /** Whether all slots belong to open questions. Also true when the thread has failed. */
  get isFull(): boolean {
    return this.#failure !== undefined || this.#open.length >= this.#slots.length;
  }

  /** Settles once a slot is free. Throws when the thread has failed. */
  async room(): Promise<void> {
    while (this.isFull) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /**
   * Hands the slot `memory` over. It belongs to the caller again with the answer, and keeps what is in it until as many
   * further questions were asked as there are slots. The answer may be ignored, also when it is a failure.
   */
  ask(question: Question): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      if (this.#failure === undefined) this.#open.push({ resolve, reject });
      else reject(this.#failure);
    });
    answer.catch(() => undefined);
    this.#worker.postMessage({ question, memory: this.memory });
    this.#turn = (this.#turn + 1) % this.#slots.length;
    return answer;
  }

  /** Questions that are still open stay without an answer. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
