import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lockDirectory } from '../../../../src/emulators/shared/lock.ts';
import { openStore } from '../../../../src/emulators/shared/store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (id: string, name = id) => ({ kind: 'Things', id, container: 'A', name, body: { Id: id } });

describe('the store', () => {
  test('keeps entries, sequences, settings and lines', () => {
    const file = join(folder, 'state.sqlite');
    const first = openStore(file, 'octopus');
    first.put(entry('One', 'First'));
    first.put({ ...entry('Two'), container: undefined });
    first.put({ ...entry('One', 'Renamed'), body: { Id: 'One', changed: true } });
    expect(first.next('s')).toBe(1);
    first.keep('k', 'v');
    first.append('stream', { n: 1 });
    first.close();
    const store = openStore(file, 'octopus');
    expect(store.all('Things').map(({ id }) => id)).toEqual(['One', 'Two']);
    expect(store.get('Things', 'oNE')?.body).toEqual({ Id: 'One', changed: true });
    expect(store.named('Things', 'A', 'renamed')?.id).toBe('One');
    expect(store.named('Things', undefined, 'Two')?.id).toBe('Two');
    expect(store.next('s')).toBe(2);
    expect(store.setting('k')).toBe('v');
    expect(store.lines('stream')).toEqual([{ n: 1 }]);
    expect([store.remove('Things', 'One'), store.remove('Things', 'One')]).toEqual([true, false]);
    store.close();
  });

  test('writes all of a transaction or nothing', () => {
    const store = openStore(join(folder, 'state.sqlite'), 'octopus');
    const broken = () =>
      store.atomically(() => {
        store.put(entry('One'));
        store.next('s');
        store.atomically(() => store.put(entry('Two')));
        throw new Error('broken');
      });
    expect(broken).toThrow('broken');
    expect(store.all('Things')).toEqual([]);
    expect(store.next('s')).toBe(1);
    store.close();
  });

  test('returns the result of a trial and undoes its writes', () => {
    const store = openStore(join(folder, 'state.sqlite'), 'octopus');
    const seen = store.tryAndUndo(() => {
      store.put(entry('One'));
      return store.all('Things').length;
    });
    expect([seen, store.all('Things').length]).toEqual([1, 0]);
    store.close();
  });

  test('refuses a file with an instance of another product', async () => {
    const file = join(folder, 'state.sqlite');
    const store = openStore(file, 'octopus');
    store.put(entry('One'));
    store.close();
    await expect(() => openStore(file, 'enms')).toThrowCode('CONFLICT');
    const again = openStore(file, 'octopus');
    expect(again.get('Things', 'One')).toBeDefined();
    again.close();
  });

  test('refuses a file that is not a database', async () => {
    const file = join(folder, 'state.sqlite');
    writeFileSync(file, 'not a database, but long enough to be looked at as one '.repeat(100));
    await expect(() => openStore(file, 'octopus')).toThrowCode('LOCAL_IO');
  });
});

const emulators = new URL('../../../../dist/emulators/index.js', import.meta.url).href;

describe('the lock', () => {
  test('can be held only once', async () => {
    const unlock = lockDirectory(folder);
    await expect(() => lockDirectory(folder)).toThrowCode('CONFLICT');
    unlock();
    lockDirectory(folder)();
  });

  /** A process that tries to lock the folder, prints `got` or `busy`, and goes on until it is killed. */
  const contender = (start: number) => {
    const code = `const { startEmulator } = await import(${JSON.stringify(emulators)});
      await new Promise((resolve) => setTimeout(resolve, ${start} - Date.now()));
      try { await startEmulator('octopus', { directory: process.argv[1], sample: false }); console.log('got'); }
      catch (error) { console.log(error.code); }
      setTimeout(() => {}, 60000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code, folder]);
    const word = new Promise<string>((resolve) => {
      child.stdout.once('data', (text: Buffer) => resolve(String(text).trim()));
    });
    return { child, word };
  };

  test('goes to one of several processes, is kept while that one lives, and is free after its kill', async () => {
    // Two rounds: the second one finds what the first one left.
    for (let round = 0; round < 2; round += 1) {
      const all = Array.from({ length: 4 }, () => contender(Date.now() + 600));
      try {
        const words = await Promise.all(all.map(({ word }) => word));
        expect(words.sort()).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT', 'got']);
        await expect(() => lockDirectory(folder)).toThrowCode('CONFLICT');
      } finally {
        const ended = all.map(({ child }) => once(child, 'exit'));
        for (const { child } of all) child.kill('SIGKILL');
        await Promise.all(ended);
      }
      lockDirectory(folder)();
    }
  });
});
