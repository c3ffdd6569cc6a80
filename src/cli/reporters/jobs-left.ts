import type { JobStatus } from '../../ports/job.ts';

/** The jobs that a run has started and that have not ended yet, as far as the run has seen. */
export class JobsLeft {
  /** The names of instances whose server runs in this process. */
  readonly embedded = new Set<string>();
  /** By handle: true when the job stops together with this process. */
  readonly #running = new Map<string, boolean>();

  follow(handle: string, { state }: JobStatus): void {
    if (['succeeded', 'partial', 'failed', 'cancelled'].includes(state)) {
      this.#running.delete(handle);
      return;
    }
    // A job that waits for a person is stored on the disk of the server, so it survives the process.
    this.#running.set(handle, state !== 'waiting' && this.embedded.has(handle.split(':')[1] ?? ''));
  }

  /** The handles of jobs that stop together with this process. */
  endangered(): readonly string[] {
    return [...this.#running].flatMap(([handle, stops]) => (stops ? [handle] : []));
  }

  /** One sentence for each job that is left: where it runs, and how to see its end. */
  words(): readonly string[] {
    return [...this.#running].map(([handle, stops]) =>
      stops
        ? `${handle} runs on an embedded instance, which stops together with this process; see its state with: migrator job show ${handle}`
        : `detached from ${handle}, which continues on the server; wait for it with: migrator job wait ${handle}`,
    );
  }
}
