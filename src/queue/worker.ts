import { Floor } from './floor.ts';
import { usualWorkTiming, type WorkInput, type WorkPorts } from './hands.ts';
import { pairQueue, type PartData, type PartResult, queuePrefix } from './jobs.ts';
import { queuePackages } from './packages.ts';

/** Takes jobs and does them, until the signal. What is at work then is left with its jobs: another worker goes on with it. */
export async function workOff(input: WorkInput, ports: WorkPorts, signal: AbortSignal): Promise<void> {
  const { bullmq } = await queuePackages();
  const timing = ports.timing ?? usualWorkTiming;
  const names = [...input.serves, ...input.pairs.map(([from, to]) => pairQueue(from, to))];
  const workers = names.map(
    (name) =>
      new bullmq.Worker<PartData, PartResult>(name, null, {
        connection: ports.connection.redis,
        prefix: queuePrefix,
        autorun: false,
        skipVersionCheck: true,
        lockDuration: timing.lock,
        stalledInterval: timing.lock,
        // A job that was interrupted is gone on with, however often: the journal knows what it has begun.
        maxStalledCount: 1_000_000,
      }),
  );
  const floor = new Floor(ports, timing, signal);
  try {
    for (const worker of workers) {
      worker.on('error', () => undefined);
      await worker.startStalledCheckTimer();
    }
    while (!signal.aborted) {
      const took = await floor.fill(workers, input.concurrency);
      if (!took) await floor.idle();
    }
  } finally {
    await floor.empty();
    for (const worker of workers) await worker.close(true);
  }
}
