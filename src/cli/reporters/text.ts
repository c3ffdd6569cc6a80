import type { ChalkInstance } from 'chalk';
import type { Ora } from 'ora';
import type { JobStatus } from '../../ports/job.ts';
import type { Event, Phase } from '../../ports/reporter.ts';
import { foldedLine } from '../terminal/folded.ts';
import type { Output } from '../terminal/io.ts';
import type { ActiveReporter, ReporterTools } from './active-reporter.ts';
import { itemLine, ItemsAtWork } from './items-at-work.ts';
import { addSample, JobTimes, rateOf, type Sample } from './rates.ts';
import { bytesProgress, done, doing, jobHandle, jobProgress, waitProgress } from './wording.ts';

// The palette. A colour means one thing:
//   cyan    at work now           green   done
//   yellow  a warning             dim     detail that may be skipped
//   red     failed

const widestBar = 24;
const narrowestBar = 6;
/** More items at work than this are counted: what is rewritten must fit the window. */
const mostItems = 12;

export interface Display extends ReporterTools {
  readonly output: Output;
  readonly spinner: Ora;
  readonly chalk: ChalkInstance;
  readonly unicode: boolean;
  /** Called for each line, because the window may be resized. */
  readonly columns: () => number;
}

interface Running {
  readonly phase: Phase;
  readonly subject: string;
  readonly since: number;
  /** The last status of its job. A phase is not done if its job failed or was only started. */
  readonly job?: JobStatus;
}

/**
 * For a terminal: one line shows the current phase and its progress and is rewritten. Lines of ended phases stay above.
 */
export class TextReporter implements ActiveReporter {
  readonly #display: Display;
  readonly #handles = new Set<string>();
  readonly #reached = new Set<string>();
  #running: Running | undefined;
  #transfer: { readonly subject: string; readonly samples: readonly Sample[] } | undefined;
  readonly #times = new JobTimes();
  readonly #items = new ItemsAtWork();
  #ticking: ReturnType<typeof setInterval> | undefined;
  /** Tells the progress as it is now. Undefined when the line shows nothing that changes with the time. */
  #detail: (() => string) | undefined;
  #held: string[] | undefined;
  #ended = false;

  constructor(display: Display) {
    this.#display = display;
  }

  report(event: Event): void {
    if (this.#ended) return;
    const { chalk, safe } = this.#display;
    if (event.item !== undefined || event.type === 'items') {
      this.#wave(event);
      return;
    }
    switch (event.type) {
      case 'phase':
        this.#begin(event.name, event.subject);
        return;
      case 'phase-end':
        this.#settle();
        this.#stop();
        return;
      case 'instance':
        return;
      case 'job':
        if (!this.#handles.has(event.handle)) {
          this.#handles.add(event.handle);
          this.#line(chalk.dim(`  ${jobHandle(event.handle, safe)}`));
        }
        this.#transfer = undefined;
        if (this.#running !== undefined) this.#running = { ...this.#running, job: event.status };
        this.#tell(() => {
          const { handle: its, status } = event;
          return jobProgress(status, safe, this.#times.look(its, this.#display.now().getTime(), status));
        });
        return;
      case 'wait':
        if (event.over === true) this.#tell(undefined);
        else if (this.#running === undefined) this.#line(chalk.dim(`  ${waitProgress(event, safe)}`));
        else this.#tell(() => waitProgress(event, safe));
        return;
      case 'bytes':
        this.#bytes(event.subject, event.done, event.total);
        return;
      case 'notice':
        this.#line(`  ${safe(event.message)}`);
        return;
      case 'warning':
        this.#line(`${chalk.yellow(`${this.#sign('⚠', '!')} warning:`)} ${safe(event.message)}`);
        if (event.hint !== undefined) this.#line(chalk.dim(`  hint: ${safe(event.hint)}`));
        return;
      case 'debug':
        if (this.#display.debug) this.#line(chalk.dim(`  ${safe(event.message)}`));
        return;
      case 'item': // Told above.
        return;
    }
  }

  /** One line for each item at work; what has ended, and what people must know, stays above. */
  #wave(event: Event): void {
    const { chalk, safe, now, debug } = this.#display;
    this.#items.follow(event, safe, now());
    if (this.#items.any) {
      this.#tell(() => this.#items.lines(safe, now(), mostItems).join('\n'));
      if (this.#held === undefined) this.#start();
    }
    if (event.type === 'item' && event.state !== 'running')
      this.#line(`${this.#mark(event.state)} ${itemLine(event, safe)}`);
    const about = event.item === undefined ? '' : `${safe(event.item)}: `;
    if (event.type === 'warning')
      this.#line(`${chalk.yellow(`${this.#sign('⚠', '!')} warning:`)} ${about}${safe(event.message)}`);
    if (debug && (event.type === 'notice' || event.type === 'debug'))
      this.#line(chalk.dim(`  ${about}${safe(event.message)}`));
  }

  #mark(state: string): string {
    const { chalk } = this.#display;
    if (state === 'done') return chalk.green(this.#sign('✔', '+'));
    if (state === 'failed') return chalk.red(this.#sign('✖', 'x'));
    return chalk.yellow(this.#sign('›', '>'));
  }

  finish(outcome?: 'done' | 'failed'): void {
    if (this.#ended) return;
    this.#stop();
    if (outcome === 'failed' && this.#running !== undefined && this.#running.job === undefined)
      this.#fail(this.#running);
    else if (outcome !== undefined) this.#settle();
    this.#running = undefined;
    this.resume();
    this.#ended = true;
  }

  pause(): void {
    if (this.#ended) return;
    this.#held ??= [];
    this.#stop();
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) this.#display.output.write(line);
    if (this.#running !== undefined) this.#start();
  }

  #start(): void {
    this.#display.spinner.start();
    this.#ticking ??= setInterval(() => {
      if (this.#detail !== undefined) this.#show(this.#detail());
    }, 1000);
    this.#ticking.unref();
  }

  /** Shows a detail, and again each second, because it may hold a time. */
  #tell(detail: (() => string) | undefined): void {
    this.#detail = detail;
    this.#show(detail?.() ?? '');
  }

  /** A spinner that never ran must not be stopped: stopping writes the sequence that shows the cursor. */
  #stop(): void {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    if (this.#display.spinner.isSpinning) this.#display.spinner.stop();
  }

  #begin(phase: Phase, subject: string): void {
    const undoing = phase === 'cancel' || phase === 'clean-up';
    // A new phase means that the one before is done, unless the new phase cancels it or cleans up after it.
    if (!undoing) this.#settle();
    this.#running = { phase, subject, since: this.#display.now().getTime() };
    this.#transfer = undefined;
    this.#tell(undefined);
    if (this.#held === undefined) this.#start();
  }

  #fail({ phase, subject }: Running): void {
    const { chalk, safe } = this.#display;
    this.#running = undefined;
    this.#line(`${chalk.red(this.#sign('✖', 'x'))} ${doing(phase, subject, safe)}`);
  }

  #settle(): void {
    if (this.#running === undefined) return;
    const { phase, subject, job } = this.#running;
    this.#running = undefined;
    const { chalk, safe } = this.#display;
    // A run may reach a server more than once, and needs to say so only once.
    if (phase === 'probe' && this.#reached.size === this.#reached.add(subject).size) return;
    const over = done(phase, subject, safe);
    const stands = job === undefined ? '' : `${doing(phase, subject, safe)}: ${jobProgress(job, safe)}`;
    const line = {
      done: () => `${chalk.green(this.#sign('✔', '+'))} ${over}`,
      warned: () => `${chalk.yellow(this.#sign('⚠', '!'))} ${over}, with warnings`,
      failed: () => `${chalk.red(this.#sign('✖', 'x'))} ${stands}`,
      open: () => `${chalk.cyan(this.#sign('›', '>'))} ${stands}`,
    }[ending(phase, job)];
    this.#line(line());
  }

  #bytes(subject: string, count: number, total: number | undefined): void {
    const before = this.#transfer?.subject === subject ? this.#transfer.samples : [];
    const samples = addSample(before, { time: this.#display.now().getTime(), done: count });
    this.#transfer = { subject, samples };
    const name = this.#running?.subject === subject ? '' : `${this.#display.safe(subject)} `;
    this.#detail = undefined;
    const text = `${name}${bytesProgress(count, total, rateOf(samples))}`;
    const room = this.#width() - this.#head().length - 2 - text.length - 1;
    const bar = total === undefined || total === 0 ? '' : this.#bar(Math.min(1, count / total), room);
    this.#show(`${bar}${text}`);
  }

  /** The bar uses only the space that the numbers leave. */
  #bar(fraction: number, room: number): string {
    const width = Math.min(widestBar, room);
    if (width < narrowestBar) return '';
    const full = Math.floor(fraction * width);
    return `${this.#sign('█', '#').repeat(full)}${this.#sign('░', '-').repeat(width - full)} `;
  }

  #head(): string {
    return this.#running === undefined ? '' : doing(this.#running.phase, this.#running.subject, this.#display.safe);
  }

  /** The width for text. The spinner and a space come before it, and a line that wraps cannot be rewritten cleanly. */
  #width(): number {
    return this.#display.columns() - 3;
  }

  #show(detail: string): void {
    const { spinner, redact } = this.#display;
    const end = this.#sign('…', '~');
    const width = this.#width();
    const head = redact(this.#head());
    if (detail === '' || head === '') {
      // Of a wave there are several lines.
      const shown = (head === '' ? redact(detail) : head).split('\n');
      spinner.text = shown.map((line) => cut(line, width, end)).join('\n');
      return;
    }
    // The progress is more useful than the end of a long name, so the name is cut.
    const told = redact(detail);
    const room = Math.max(Math.ceil(width / 2), width - Array.from(told).length - 2);
    spinner.text = cut(`${cut(head, room, end)}: ${told}`, width, end);
  }

  /** Writes a line above the line that is rewritten. */
  #line(text: string): void {
    if (this.#held !== undefined) {
      this.#held.push(`${this.#display.redact(text)}\n`);
      return;
    }
    const { spinner, output, redact } = this.#display;
    const spinning = spinner.isSpinning;
    if (spinning) spinner.clear();
    output.write(`${foldedLine(redact(text), this.#display.columns()).join('\n')}\n`);
    if (spinning) spinner.render();
  }

  #sign(unicode: string, ascii: string): string {
    return this.#display.unicode ? unicode : ascii;
  }
}

/** How a phase ended, from the last status of its job. */
function ending(phase: Phase, job: JobStatus | undefined): 'done' | 'warned' | 'failed' | 'open' {
  switch (job?.state) {
    case undefined:
    case 'succeeded':
      return 'done';
    case 'partial':
      return phase === 'wait' ? 'done' : 'warned';
    case 'failed':
      return phase === 'wait' ? 'done' : 'failed';
    case 'cancelled':
      return phase === 'wait' || phase === 'cancel' ? 'done' : 'failed';
    default:
      return 'open';
  }
}

function cut(text: string, width: number, end: string): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : characters.slice(0, Math.max(0, width - 1)).join('') + end;
}
