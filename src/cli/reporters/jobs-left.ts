import type { JobStatus } from '../../ports/job.ts';

/** The jobs that a run has started and whose end nobody has seen. */
export class JobsLeft {
  /** Names of instances whose server runs in this process. */
  readonly embedded = new Set<string>();
  /** By handle, whether the job stops with this process. */
  readonly #running = new Map<string, boolean>();

  follow(handle: string, { state }: JobStatus): void {
    if (['succeeded', 'partial', 'failed', 'cancelled'].includes(state)) {
      this.#running.delete(handle);
      return;
    }
    // A job that waits for a person lies still on the server's disk.
    this.#running.set(handle, state !== 'waiting' && this.embedded.has(handle.split(':')[1] ?? ''));
  }

  /** The handles of jobs whose server is about to stop. */
  endangered(): readonly string[] {
    return [...this.#running].flatMap(([handle, stops]) => (stops ? [handle] : []));
  }

  /** A sentence for each job that is left: where it runs on, and how to see its end. */
  words(): readonly string[] {
    return [...this.#running].map(([handle, stops]) =>
      stops
        ? `${handle} runs on an embedded instance, which stops with this process: see what became of it with: migrator job show ${handle}`
        : `detached from ${handle}, which goes on; see how it ends with: migrator job wait ${handle}`,
    );
  }
}
