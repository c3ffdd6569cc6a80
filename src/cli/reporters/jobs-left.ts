import type { JobStatus } from '../../ports/job.ts';

/** The jobs that a run has started and that have not ended yet, as far as the run has seen. */
export class JobsLeft {
  /** The names of instances whose server runs in this process. */
  readonly embedded = new Set<string>();
  /**
   * By handle. `stops`: the job stops together with this process. `isOurs`: its next call is migrator's own, so it stands
   * still until a process goes on with it.
   */
  readonly #running = new Map<string, { readonly stops: boolean; readonly isOurs: boolean }>();

  follow(handle: string, { state, attended }: Pick<JobStatus, 'state' | 'attended'>): void {
    const isOver = ['succeeded', 'partial', 'failed', 'cancelled'].includes(state);
    const isOurs = attended === true;
    if (isOver && !isOurs) {
      this.#running.delete(handle);
      return;
    }
    // A job that waits for a person is stored on the disk of the server, so it survives the process.
    const stops = !isOver && state !== 'waiting' && this.embedded.has(handle.split(':')[1] ?? '');
    this.#running.set(handle, { stops, isOurs });
  }

  /** The handles of jobs that stop together with this process. */
  endangered(): readonly string[] {
    return [...this.#running].flatMap(([handle, { stops }]) => (stops ? [handle] : []));
  }

  /** One sentence for each job that is left: where it runs, and how to see its end. */
  words(): readonly string[] {
    return [...this.#running].map(([handle, { stops, isOurs }]) =>
      stops
        ? `${handle} runs on an embedded instance, which stops together with this process; see its state with: migrator job show ${handle}`
        : isOurs
          ? `detached from ${handle}, which needs calls of migrator to go on, such as the import; to make them without a question: migrator job wait ${handle}`
          : `detached from ${handle}, which continues on the server; wait for it with: migrator job wait ${handle}`,
    );
  }
}
