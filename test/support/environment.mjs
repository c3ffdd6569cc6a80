// The environment of every test file: that of Node.js, in which a file that leaves something open fails. Without this
// check nobody would notice: Jest ends the processes of the tests, whatever still runs in them.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as pause } from 'node:timers/promises';
import { TestEnvironment } from 'jest-environment-node';

/** How long connections, processes and threads may take to end after the last test, in milliseconds. */
const patience = 8000;

export default class extends TestEnvironment {
  /** @type {readonly string[]} */
  #before = [];
  #threads = new Set();
  #began = (/** @type {unknown} */ message) => {
    const { worker } = /** @type {{ worker: import('node:worker_threads').Worker }} */ (message);
    this.#threads.add(worker);
    worker.once('exit', () => this.#threads.delete(worker));
  };

  async setup() {
    await super.setup();
    // The first access to these streams opens their pipes. The tests must not be blamed for it.
    void [process.stdin, process.stdout, process.stderr];
    this.#before = process.getActiveResourcesInfo();
    subscribe('worker_threads', this.#began);
  }

  async teardown() {
    const until = Date.now() + patience;
    while (this.#left().length > 0 && Date.now() < until) await pause(20);
    const left = this.#left();
    unsubscribe('worker_threads', this.#began);
    await super.teardown();
    if (left.length > 0) throw new Error(`the tests of this file left open: ${left.join(', ')}`);
  }

  /** What was opened since the tests began and is still open: servers, sockets, timers, child processes and threads. */
  #left() {
    const rest = [...this.#before];
    const opened = process.getActiveResourcesInfo().filter((name) => {
      const at = rest.indexOf(name);
      if (at !== -1) rest.splice(at, 1);
      return at === -1;
    });
    return [...opened, ...Array.from(this.#threads, () => 'Worker')];
  }
}
