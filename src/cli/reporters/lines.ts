import type { Event } from '../../ports/reporter.ts';
import type { Output } from '../terminal/io.ts';
import type { ActiveReporter, ReporterTools } from './active-reporter.ts';
import { addSample, rateOf, type Sample } from './rates.ts';
import { bytesProgress, doing, jobHandle, jobProgress } from './wording.ts';

/** The time between two lines about a subject whose state does not change, in milliseconds. */
const interval = 10_000;

/** When the last line about a subject was written, and its state then. */
interface Told {
  readonly at: number;
  readonly state: string;
}

/** For logs and pipes: a line with the time for each change of state, and every ten seconds. No control characters. */
export class LineReporter implements ActiveReporter {
  readonly #output: Output;
  readonly #tools: ReporterTools;
  readonly #told = new Map<string, Told>();
  readonly #samples = new Map<string, readonly Sample[]>();
  #held: string[] | undefined;
  #ended = false;

  constructor(output: Output, tools: ReporterTools) {
    this.#output = output;
    this.#tools = tools;
  }

  report(event: Event): void {
    if (this.#ended) return;
    const { safe } = this.#tools;
    switch (event.type) {
      case 'phase':
        this.#line(doing(event.name, event.subject, safe));
        return;
      case 'phase-end':
        return;
      case 'job': {
        const { handle, status } = event;
        if (!this.#told.has(handle)) this.#line(jobHandle(handle, safe));
        const waiting = status.waitingFor ?? '';
        if (this.#due(handle, `${status.state} ${status.wireState} ${waiting}`)) {
          this.#line(`${safe(handle)}: ${jobProgress(status, safe)}`);
        }
        return;
      }
      case 'bytes': {
        const { subject, done, total } = event;
        const sample = { time: this.#tools.now().getTime(), done };
        const samples = addSample(this.#samples.get(subject) ?? [], sample);
        this.#samples.set(subject, samples);
        if (this.#due(`bytes ${subject}`, done === total ? 'complete' : 'running')) {
          this.#line(`${safe(subject)}: ${bytesProgress(done, total, rateOf(samples))}`);
        }
        return;
      }
      case 'notice':
        this.#line(safe(event.message));
        return;
      case 'warning':
        this.#line(`warning: ${safe(event.message)}`);
        if (event.hint !== undefined) this.#line(`hint: ${safe(event.hint)}`);
        return;
      case 'debug':
        if (this.#tools.debug) this.#line(`debug: ${safe(event.message)}`);
    }
  }

  finish(): void {
    this.resume();
    this.#ended = true;
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) this.#output.write(line);
  }

  #due(subject: string, state: string): boolean {
    const at = this.#tools.now().getTime();
    const before = this.#told.get(subject);
    if (before?.state === state && (at - before.at < interval || state === 'complete')) return false;
    this.#told.set(subject, { at, state });
    return true;
  }

  #line(text: string): void {
    const time = `${this.#tools.now().toISOString().slice(0, 19)}Z`;
    const line = `${time} ${this.#tools.redact(text)}\n`;
    if (this.#held === undefined) this.#output.write(line);
    else this.#held.push(line);
  }
}
