import type { Event } from '../../ports/reporter.ts';
import type { Output } from '../terminal/io.ts';
import type { ActiveReporter, ReporterTools } from './active-reporter.ts';
import { itemLine, itemsProgress } from './items-at-work.ts';
import { addSample, JobTimes, rateOf, type Sample } from './rates.ts';
import { bytesProgress, doing, jobHandle, jobProgress, waitProgress } from './wording.ts';

/**
 * The least time between two lines about a subject whose state does not change, in milliseconds. It grows with the time that
 * the subject takes, so that the log of a long job stays short.
 */
const interval = 10_000;

/** When the first and the last line about a subject were written, and its state then. */
interface Told {
  readonly since: number;
  readonly at: number;
  readonly state: string;
}

/** For logs and pipes: a line with the time for each change of state, and every ten seconds. No control characters. */
export class LineReporter implements ActiveReporter {
  readonly #output: Output;
  readonly #tools: ReporterTools;
  readonly #told = new Map<string, Told>();
  readonly #samples = new Map<string, readonly Sample[]>();
  readonly #times = new JobTimes();
  /** When a line told of a file that was through at the first look. */
  #completed = Number.NEGATIVE_INFINITY;
  #held: string[] | undefined;
  #ended = false;

  constructor(output: Output, tools: ReporterTools) {
    this.#output = output;
    this.#tools = tools;
  }

  report(event: Event): void {
    if (this.#ended) return;
    const { safe } = this.#tools;
    // Of a wave, each line is about one of many items.
    const about = event.item === undefined || event.type === 'item' ? '' : `${safe(event.item)}: `;
    switch (event.type) {
      case 'item':
        this.#line(itemLine(event, safe));
        return;
      case 'items':
        if (this.#due('items', String(event.ended))) this.#line(itemsProgress(event, this.#tools.now()));
        return;
      case 'phase':
        this.#line(about + doing(event.name, event.subject, safe));
        return;
      case 'phase-end':
      case 'instance':
        return;
      case 'wait':
        if (event.over !== true && this.#due(`wait ${about}${event.what}`, 'waiting'))
          this.#line(about + waitProgress(event, safe));
        return;
      case 'job': {
        const { handle, status } = event;
        if (!this.#told.has(handle)) this.#line(about + jobHandle(handle, safe));
        const times = this.#times.look(handle, this.#tools.now().getTime(), status);
        const waiting = status.waitingFor ?? '';
        if (this.#due(handle, `${status.state} ${status.wireState} ${waiting}`)) {
          this.#line(`${about}${safe(handle)}: ${jobProgress(status, safe, times)}`);
        }
        return;
      }
      case 'bytes': {
        const { subject, done, total } = event;
        const sample = { time: this.#tools.now().getTime(), done };
        const samples = addSample(this.#samples.get(subject) ?? [], sample);
        this.#samples.set(subject, samples);
        if (done === total && this.#isSmall(`bytes ${subject}`)) return;
        if (this.#due(`bytes ${subject}`, done === total ? 'complete' : 'running')) {
          this.#line(`${about}${safe(subject)}: ${bytesProgress(done, total, rateOf(samples))}`);
        }
        return;
      }
      case 'notice':
        this.#line(about + safe(event.message));
        return;
      case 'warning':
        this.#line(`warning: ${about}${safe(event.message)}`);
        if (event.hint !== undefined) this.#line(`hint: ${safe(event.hint)}`);
        return;
      case 'debug':
        if (this.#tools.debug) this.#line(`debug: ${about}${safe(event.message)}`);
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

  /** A file that is through at the first look, just after another one: hundreds of lines would tell nothing. */
  #isSmall(subject: string): boolean {
    const at = this.#tools.now().getTime();
    if (this.#told.has(subject)) return false;
    const follows = at - this.#completed < interval;
    this.#completed = follows ? this.#completed : at;
    return follows;
  }

  #due(subject: string, state: string): boolean {
    const at = this.#tools.now().getTime();
    const before = this.#told.get(subject);
    const since = before?.since ?? at;
    const least = Math.max(interval, (at - since) / 10);
    if (before?.state === state && (at - before.at < least || state === 'complete')) return false;
    this.#told.set(subject, { since, at, state });
    return true;
  }

  #line(text: string): void {
    const time = `${this.#tools.now().toISOString().slice(0, 19)}Z`;
    const line = `${time} ${this.#tools.redact(text)}\n`;
    if (this.#held === undefined) this.#output.write(line);
    else this.#held.push(line);
  }
}
