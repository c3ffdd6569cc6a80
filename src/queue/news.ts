import type { Job } from 'bullmq';
import type { Event } from '../ports/reporter.ts';
import type { WorkPorts } from './hands.ts';
import type { PartData, PartNews, PartResult } from './jobs.ts';

export type PartJob = Job<PartData, PartResult>;

/** How many events a job keeps for those who watch it, and how often they are written, in milliseconds. */
const mostEvents = 20;
const newsRhythm = 1000;

/** The events of an item, for the coordinator. A slow queue does not slow down the work. */
export class News {
  readonly #job: PartJob;
  readonly #ports: WorkPorts;
  readonly #timer: NodeJS.Timeout;
  #events: readonly Event[] = [];
  #last = 0;
  #sent = 0;
  #sending = false;

  constructor(job: PartJob, ports: WorkPorts) {
    this.#job = job;
    this.#ports = ports;
    this.#timer = setInterval(() => void this.#send(), newsRhythm);
  }

  add(event: Event): void {
    if (event.type === 'bytes' || event.type === 'debug') return;
    this.#last += 1;
    this.#events = [...this.#events, event].slice(-mostEvents);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #send(): Promise<void> {
    if (this.#sending || this.#sent === this.#last) return;
    this.#sending = true;
    this.#sent = this.#last;
    const news: PartNews = { host: this.#ports.host, last: this.#last, events: this.#events };
    // What is lost here is told by the end of the job.
    await this.#job.updateProgress(this.#ports.mask(news)).catch(() => undefined);
    this.#sending = false;
  }
}
