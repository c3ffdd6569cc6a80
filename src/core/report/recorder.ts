import { isMigratorError } from '../../errors.ts';
import type { Event, Reporter } from '../../ports/reporter.ts';
import { parseHandle } from '../job-handle.ts';
import { isFinal } from '../steps/watch.ts';
import type { JobFacts, Span } from './report.ts';

/**
 * Listens to the events of one run, and knows afterwards which jobs ran when, and what was warned of. It passes every event on.
 */
export class RunRecorder implements Reporter {
  readonly #now: () => Date;
  readonly #to: Reporter | undefined;
  readonly #jobs = new Map<string, JobFacts>();
  readonly #warnings = new Set<string>();

  constructor(now: () => Date, to?: Reporter) {
    this.#now = now;
    this.#to = to;
  }

  report(event: Event): void {
    if (event.type === 'warning') this.#warnings.add(event.message);
    if (event.type === 'job') this.#follow(event.handle, event.status);
    this.#to?.report(event);
  }

  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /** In the order in which they were first seen. */
  get jobs(): readonly JobFacts[] {
    return [...this.#jobs.values()];
  }

  /** The jobs as the timeline of a wave shows them. */
  get spans(): readonly Span[] {
    return this.jobs.flatMap(({ instance, kind, startedAt, endedAt }) =>
      startedAt === undefined ? [] : [{ instance, what: kind, startedAt, endedAt }],
    );
  }

  #follow(handle: string, { kind, state }: Extract<Event, { type: 'job' }>['status']): void {
    const known = this.#jobs.get(handle);
    const now = this.#now().toISOString();
    this.#jobs.set(handle, {
      handle,
      instance: instanceOf(handle),
      kind,
      state,
      startedAt: known?.startedAt ?? now,
      endedAt: isFinal(state) ? (known?.endedAt ?? now) : undefined,
    });
  }
}

function instanceOf(handle: string): string {
  try {
    return parseHandle(handle).instance;
  } catch (error) {
    if (isMigratorError(error, 'USAGE')) return handle;
    throw error;
  }
}
