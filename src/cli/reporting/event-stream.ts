import type { ServerResponse } from 'node:http';

/** How long a reader may take the last event, in milliseconds. */
const lastPatience = 500;
/** After how long a browser asks again when the stream broke, in milliseconds. */
const retry = 2000;

interface Reader {
  /** The newest event that it has missed, because it had not read those before. */
  missed?: string;
  /** It has read nothing since the last beat. */
  isStuck: boolean;
}

/**
 * The readers of a stream of server-sent events. Each event holds a whole state, so a reader that is slow misses those in between,
 * and never has more than two of them in memory here. One that reads nothing from one beat to the next is dropped.
 */
export class EventStream {
  readonly #readers = new Map<ServerResponse, Reader>();

  get hasReaders(): boolean {
    return this.#readers.size > 0;
  }

  /** Takes a request that was answered with the head of a stream. */
  add(response: ServerResponse): void {
    const reader: Reader = { isStuck: false };
    this.#readers.set(response, reader);
    response.on('close', () => this.#readers.delete(response));
    response.on('error', () => this.#readers.delete(response));
    response.on('drain', () => {
      reader.isStuck = false;
      const { missed } = reader;
      delete reader.missed;
      if (missed !== undefined && !response.writableEnded) response.write(missed);
    });
    response.write(`retry: ${String(retry)}\n\n`);
  }

  /** Tells a state to all readers. */
  tell(event: string, data: unknown): void {
    const text = textOf(event, data);
    for (const [response, reader] of this.#readers) {
      if (response.writableNeedDrain) reader.missed = text;
      else response.write(text);
    }
  }

  /** Keeps the connections open where something between closes silent ones. */
  beat(): void {
    for (const [response, reader] of this.#readers) {
      if (!response.writableNeedDrain) response.write(': alive\n\n');
      else if (reader.isStuck) response.destroy();
      else reader.isStuck = true;
    }
  }

  /** Tells the last event. Returns when all have it, or after half a second. */
  async end(event: string, data: unknown): Promise<void> {
    const text = textOf(event, data);
    const all = [...this.#readers.keys()].map(
      (response) =>
        new Promise<void>((done) => {
          response.on('close', done);
          response.end(text);
        }),
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => (timer = setTimeout(done, lastPatience)));
    await Promise.race([Promise.all(all), late]);
    clearTimeout(timer);
  }
}

/** JSON has no line feed, which would end the event. */
const textOf = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
