import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  emulatedProducts,
  startEmulator,
  type EmulatorOptions,
  type RunningEmulator,
} from '../../../../src/emulators/index.ts';
import { startEmulated } from '../../../../src/emulators/shared/start-emulated.ts';
import { openStore } from '../../../../src/emulators/shared/store.ts';
import { withServer } from '../../../support/with-server.ts';

let directory: string;
const running: RunningEmulator[] = [];

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'start-')));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
});

async function start(product: string, options: Partial<EmulatorOptions> = {}): Promise<RunningEmulator> {
  const emulator = await startEmulator(product, { directory, pace: 0, ...options });
  running.push(emulator);
  return emulator;
}

const stateFile = () => join(directory, 'state.sqlite');

/** What a database that was closed leaves behind: no lock, and everything in the state file itself. */
function expectNothingHeld(): void {
  const log = `${stateFile()}-wal`;
  expect(existsSync(join(directory, 'emulator.lock'))).toBe(false);
  expect(existsSync(log) ? statSync(log).size : 0).toBe(0);
}

/** Files in the directory that this process holds open, where the system tells. */
function openFiles(): readonly string[] {
  if (!existsSync('/proc/self/fd')) return [];
  return readdirSync('/proc/self/fd')
    .map((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`);
      } catch {
        return '';
      }
    })
    .filter((path) => path.startsWith(directory));
}

async function expectToStart(product: string): Promise<void> {
  const emulator = await start(product);
  expect((await fetch(emulator.url)).status).toBeGreaterThan(0);
}

describe.each(emulatedProducts)('a start of %s that fails', (product) => {
  test('because the port is taken leaves the directory free', async () => {
    await withServer(
      (_, response) => response.end(),
      (taken) => expect(() => start(product, { port: Number(new URL(taken).port) })).toThrowCode('CONFLICT'),
    );
    expectNothingHeld();
    await expectToStart(product);
  });

  test('because the state file is not a database leaves the directory free', async () => {
    await writeFile(stateFile(), randomBytes(8192));
    await expect(() => start(product)).toThrowCode('LOCAL_IO');
    expect(openFiles()).toEqual([]);
    expectNothingHeld();
    await rm(stateFile());
    await expectToStart(product);
  });

  test('because the state is of another product leaves the directory free', async () => {
    openStore(stateFile(), 'another').close();
    await expect(() => start(product)).toThrowCode('CONFLICT');
    expectNothingHeld();
    await rm(stateFile());
    await expectToStart(product);
  });

  test('because the directory is served changes nothing there', async () => {
    const work = join(directory, product === 'microstrategy' ? 'storage' : 'work');
    const first = await start(product);
    await mkdir(work, { recursive: true });
    await writeFile(join(work, '.upload-draft'), 'half of it');
    await expect(() => start(product)).toThrowCode('CONFLICT');
    expect(readdirSync(work)).toEqual(['.upload-draft']);
    expect((await fetch(first.url)).status).toBeGreaterThan(0);
  });
});

test('a Library of a version that cannot exist writes nothing', async () => {
  await expect(() => start('microstrategy', { version: 'eleven' })).toThrowCode('USAGE');
  expect(readdirSync(directory)).toEqual([]);
  await expectToStart('microstrategy');
});

describe('what a product opened', () => {
  const steps: string[] = [];
  afterEach(() => {
    steps.length = 0;
  });

  const product = (fails: boolean): Parameters<typeof startEmulated>[1] => ({
    name: 'octopus',
    furnish(server, atEnd) {
      void server.background(
        server.pause(60_000).finally(() => steps.push('background')),
        () => steps.push('a failure is reported'),
      );
      atEnd(() => steps.push(`first, store ${server.store.next('s')}`));
      atEnd(() => steps.push('second'));
      if (fails) throw new Error('the product fails');
      return {
        credentials: {},
        answer: () => Promise.resolve({ status: 204 }),
        refusal: () => ({}),
        path: '/door',
        listening: () => steps.push(`listens on ${server.origin()}`),
      };
    },
  });

  test('is closed in reverse order, before the store', async () => {
    const emulator = await startEmulated({ directory }, product(false));
    expect(emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/door$/);
    expect(steps).toEqual([`listens on ${emulator.url.replace('/door', '')}`]);
    await Promise.all([emulator.close(), emulator.close()]);
    expect(steps.slice(1)).toEqual(['background', 'second', 'first, store 1']);
    expectNothingHeld();
    await expect(fetch(emulator.url)).rejects.toThrow();
  });

  test('is closed in the same order when the start fails, and the first failure is told', async () => {
    await expect(startEmulated({ directory }, product(true))).rejects.toThrow('the product fails');
    expect(steps).toEqual(['background', 'second', 'first, store 1']);
    expectNothingHeld();
  });
});

test('a failure of background work is logged unless the caller handles it', async () => {
  const lines: string[] = [];
  const taken: unknown[] = [];
  const emulator = await startEmulated(
    { directory, log: (line) => lines.push(line) },
    {
      name: 'octopus',
      async furnish({ background }) {
        await background(Promise.reject(new Error('nobody takes this')));
        await background(Promise.reject(new Error('taken')), (error) => taken.push(error));
        return { credentials: {}, answer: () => Promise.resolve({ status: 204 }), refusal: () => ({}) };
      },
    },
  );
  await emulator.close();
  expect(lines).toEqual([expect.stringContaining('nobody takes this')]);
  expect(taken).toEqual([new Error('taken')]);
});
