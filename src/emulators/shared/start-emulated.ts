// Starts an emulated server of any product. What was opened is closed in reverse order: at the end, and also when a
// later step of the start fails, so that the directory is free for the next start.
import { setMaxListeners } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MigratorError } from '../../errors.ts';
import type { EmulatorOptions, RunningEmulator } from './emulator.ts';
import { stackOf } from './error-members.ts';
import { createFaults, type Faults } from './faults.ts';
import { lockDirectory } from './lock.ts';
import { listen, type ListenOptions } from './server.ts';
import { openStore, type Store } from './store.ts';

/** What every emulated server has. */
export interface EmulatedServer {
  readonly store: Store;
  readonly faults: Faults;
  /** Holds the state file and the product's own folders. */
  readonly directory: string;
  /** Milliseconds that one step of slow work takes. */
  readonly pace: number;
  readonly log: (line: string) => void;
  /** `http://127.0.0.1:<port>`; empty until the server listens. */
  readonly origin: () => string;
  /** Waits; rejects as soon as the server ends. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /**
   * Work that goes on after the answer. The server waits for it when it ends. A failure is logged, or given to
   * `failed`; work that fails because the server ends is not reported.
   */
  readonly background: (work: Promise<unknown>, failed?: (error: unknown) => void) => Promise<void>;
}

type End = () => unknown;

/** A product's server, ready to listen. */
interface Service extends Pick<ListenOptions, 'answer' | 'refusal'> {
  readonly credentials: Readonly<Record<string, string>>;
  /** Other forms of the same path, so that a fault for one form hits all of them. Default: none. */
  readonly spellings?: ListenOptions['spellings'];
  /** The rest of the server's URL after the origin. Default: nothing. */
  readonly path?: string;
  /** Called once the server listens. */
  readonly listening?: () => void;
}

interface Product {
  readonly name: string;
  /** Whether ids and names in the store differ by case. */
  readonly caseSensitive?: boolean;
  /** Makes the server. `atEnd` takes what must be closed before the store is closed. */
  readonly furnish: (server: EmulatedServer, atEnd: (end: End) => void) => Promise<Service> | Service;
}

const defaultPace = 150;

async function closeAll(ends: End[]): Promise<void> {
  const end = ends.pop();
  if (end === undefined) return;
  try {
    await end();
  } finally {
    await closeAll(ends);
  }
}

/** For work that makes or fills the product's folders: every failure becomes LOCAL_IO. */
export async function onDisk<Result>(directory: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw new MigratorError('LOCAL_IO', `the embedded instance in "${directory}" cannot be made or written`, { cause });
  }
}

/**
 * Serves on 127.0.0.1 with the state in a directory. CONFLICT when a live process serves the directory or the port is
 * taken, LOCAL_IO when the directory cannot be used.
 */
export async function startEmulated(options: EmulatorOptions, product: Product): Promise<RunningEmulator> {
  const { directory, log = () => undefined, pace = defaultPace, port = 0 } = options;
  await onDisk(directory, () => mkdir(directory, { recursive: true }));
  const ends: End[] = [];
  try {
    ends.push(lockDirectory(directory));
    const { name, caseSensitive = false } = product;
    const store = openStore(join(directory, 'state.sqlite'), name, { caseSensitive });
    ends.push(() => store.close());
    const productEnds: End[] = [];
    ends.push(() => closeAll(productEnds));
    const background = createBackground(log);
    ends.push(() => background.stop());
    const faults = createFaults(options.faults);
    let origin = '';
    const server: EmulatedServer = {
      store,
      faults,
      directory,
      pace,
      log,
      origin: () => origin,
      pause: background.pause,
      background: background.run,
    };
    const service = await product.furnish(server, (end) => productEnds.push(end));
    const { answer, refusal, spellings = () => [], credentials, path = '' } = service;
    const listener = await listen({ port, faults, answer, spellings, refusal, log });
    ends.push(() => listener.close());
    origin = listener.url;
    service.listening?.();
    let closing: Promise<void> | undefined;
    return { url: `${origin}${path}`, credentials, product: name, faults, close: () => (closing ??= closeAll(ends)) };
  } catch (error) {
    // The first failure is the one to report.
    await closeAll(ends).catch(() => undefined);
    throw error;
  }
}

function createBackground(log: (line: string) => void) {
  const ending = new AbortController();
  // Every pause adds a listener.
  setMaxListeners(0, ending.signal);
  const running = new Set<Promise<void>>();
  const report = (error: unknown) => log(`in the background: ${stackOf(error)}`);
  const run = (work: Promise<unknown>, failed = report): Promise<void> => {
    const done = work
      .then(
        () => undefined,
        (error: unknown) => {
          if (!ending.signal.aborted) failed(error);
        },
      )
      .finally(() => running.delete(done));
    running.add(done);
    return done;
  };
  return {
    run,
    pause: (milliseconds: number) => sleep(milliseconds, undefined, { signal: ending.signal }),
    async stop() {
      ending.abort();
      await Promise.all(running);
    },
  };
}
