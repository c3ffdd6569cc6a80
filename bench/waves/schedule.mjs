// Measures what the schedule of a wave costs: plans of 1,000 and 10,000 items that take no time themselves, with a ledger in
// memory. Run: npm run build && node --expose-gc bench/waves/schedule.mjs
import { runWave } from '../../dist/core/operations/wave/index.js';

/** @param {number} count @param {number} servers @param {number} most How many waves. */
function planOf(count, servers, most) {
  const items = Array.from({ length: count }, (_, n) => ({
    id: `item ${n}`,
    project: `item ${n}`,
    wave: `wave ${Math.floor((n * most) / count)}`,
    from: 'lab',
    to: `prod ${n % servers}`,
    // Each tenth needs the one before it.
    needs: n % 10 === 9 ? [`item ${n - 1}`] : [],
    owner: undefined,
    flags: [],
    line: 1,
  }));
  const waves = Array.from({ length: most }, (_, n) => ({
    name: `wave ${n}`,
    needs: n > 0 ? [`wave ${n - 1}`] : [],
    line: 1,
  }));
  return {
    name: 'bench',
    from: 'lab',
    to: 'prod',
    limits: { workers: 8, instances: {} },
    onFailure: 'continue',
    waves,
    items,
  };
}

/** @param {number} count @param {number} waves */
async function measure(count, waves) {
  const plan = planOf(count, 4, waves);
  const entries = new Map();
  const ledger = {
    all: async () => entries,
    get: async (/** @type {string} */ name) => entries.get(name),
    put: async (/** @type {string} */ name, /** @type {unknown} */ value) => void entries.set(name, value),
    release: async () => undefined,
  };
  const runner = {
    keyOf: async () => 'key',
    slotsOf: async (/** @type {{ to: string }} */ { to }) => [{ of: to, most: 2 }],
    run: async () => ({ outcome: 'done', jobs: [] }),
  };
  /** @param {number} milliseconds @param {AbortSignal} signal */
  const sleep = (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(new Error('interrupted'));
      });
    });
  const clock = { now: () => new Date(), sleep };
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const { user, system } = process.cpuUsage();
  const chosen = new Set(plan.items.map(({ id }) => id));
  // With one worker each item costs a step of its own.
  const input = { plan, chosen, workers: 1, onFailure: 'continue', until: undefined };
  const ports = /** @type {never} */ ({ runner, ledger, reporter: { report: () => undefined }, clock });
  await runWave(/** @type {never} */ (input), new Map(), ports, new AbortController().signal);
  const used = process.cpuUsage({ user, system });
  globalThis.gc?.();
  const kept = process.memoryUsage().heapUsed - before;
  return { count, perItem: (used.user + used.system) / 1000 / count, keptPerItem: kept / count };
}

await measure(1000, 10);
for (const waves of [10, 1]) {
  for (const count of [1000, 10_000]) {
    const { perItem, keptPerItem } = await measure(count, waves);
    const kept = (keptPerItem / 1024).toFixed(1);
    console.log(`${count} items in ${waves} waves: ${perItem.toFixed(3)} ms of CPU and ${kept} KiB for an item`);
  }
}
