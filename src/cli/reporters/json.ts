import type { Event } from '../../ports/reporter.ts';
import type { Output } from '../terminal/io.ts';
import type { ActiveReporter } from './active-reporter.ts';
import { addSample, JobTimes, rateOf, timeLeft, type Sample } from './rates.ts';

export interface JsonTools {
  readonly redactValue: (value: unknown) => unknown;
  readonly now: () => Date;
  readonly debug: boolean;
}

/** The least time between two `bytes` events of one subject, in milliseconds. The last event is always written. */
const interval = 1000;

/**
 * `--progress json`: one JSON object on each line. Every line has `time` (ISO 8601) and `type`. The other fields depend
 * on the type:
 * - `phase`: `name`, `subject`
 * - `job`: `handle`, `kind`, `state`, `wireState`, and where known `fraction` (0 to 1), `secondsLeft`, `activity`, `waitingFor`,
 *   `queuedAt`, `startedAt`, `finishedAt`, `messages` (`level`, `text`), `items` (`kind`, `name`, `action`, `reason`)
 * - `bytes`: `subject`, `done`, and where known `total` (bytes), `rate` (bytes per second), `secondsLeft`
 * - `instance`: `name`, `product`, `version`, `url`
 * - `wait`: `what`, and where known `milliseconds`
 * - `item`: `item`, `state`, and where known `reason`, `milliseconds`
 * - `items`: `ended`, `total`, `began`, and where known `left` (milliseconds)
 * - `notice` and `debug`: `message`
 * - `warning`: `message`, `hint`
 *
 * In a wave, each of them has the `item` that it is about.
 */
export class JsonReporter implements ActiveReporter {
  readonly #output: Output;
  readonly #tools: JsonTools;
  readonly #samples = new Map<string, readonly Sample[]>();
  readonly #told = new Map<string, { readonly at: number; readonly done: number }>();
  readonly #times = new JobTimes();
  #ended = false;

  constructor(output: Output, tools: JsonTools) {
    this.#output = output;
    this.#tools = tools;
  }

  report(event: Event): void {
    if (this.#ended) return;
    switch (event.type) {
      case 'job': {
        const { messages, items, ...status } = event.status;
        const { left } = this.#times.look(event.handle, this.#tools.now().getTime(), status);
        this.#write('job', {
          item: event.item,
          handle: event.handle,
          ...status,
          // The handle already contains it.
          id: undefined,
          secondsLeft: left === undefined ? undefined : Math.round(left / 1000),
          messages: messages.length === 0 ? undefined : messages,
          items: items === undefined || items.length === 0 ? undefined : items,
        });
        return;
      }
      case 'bytes':
        this.#bytes(event);
        return;
      case 'wait':
        if (event.over !== true)
          this.#write('wait', { item: event.item, what: event.what, milliseconds: event.milliseconds });
        return;
      case 'phase-end':
        // The next phase tells the same to a program.
        return;
      case 'debug':
        if (this.#tools.debug) this.#write('debug', { item: event.item, message: event.message });
        return;
      default: {
        const { type, ...fields } = event;
        this.#write(type, fields);
      }
    }
  }

  finish(): void {
    this.#ended = true;
  }

  /** A program reads this stream, so a prompt does not disturb it. */
  pause(): void {
    return;
  }

  resume(): void {
    return;
  }

  #bytes({ item, subject, done, total }: Extract<Event, { readonly type: 'bytes' }>): void {
    const at = this.#tools.now().getTime();
    const samples = addSample(this.#samples.get(subject) ?? [], { time: at, done });
    this.#samples.set(subject, samples);
    const before = this.#told.get(subject);
    if (before?.done === done || (before !== undefined && done !== total && at - before.at < interval)) return;
    this.#told.set(subject, { at, done });
    const rate = rateOf(samples);
    const left = timeLeft(done, total, rate);
    this.#write('bytes', {
      item,
      subject,
      done,
      total,
      rate: rate === undefined ? undefined : Math.round(rate),
      secondsLeft: left === undefined ? undefined : Math.round(left / 1000),
    });
  }

  #write(type: Event['type'], fields: Readonly<Record<string, unknown>>): void {
    const line = { time: this.#tools.now().toISOString(), type, ...(this.#tools.redactValue(fields) as object) };
    // JSON does not escape DEL and the C1 controls, and a terminal that shows the stream would obey them.
    const text = JSON.stringify(line).replace(
      /[\u007f-\u009f]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    this.#output.write(`${text}\n`);
  }
}
