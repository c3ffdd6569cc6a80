import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rename, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { createJournal, type JournalOptions } from '../../../../src/cli/state/journal.ts';
import { acquireLock } from '../../../../src/cli/state/lock.ts';
import { partialName } from '../../../../src/files/partial-name.ts';
import type { ClosingJournal } from '../../../../src/journal/run-journal.ts';
import { Secret } from '../../../../src/secret.ts';
import { journalCases } from '../../../support/journal-cases.ts';
import { testIO } from '../../../support/test-io.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();

function journalIn(folder: string, options: JournalOptions = {}): ClosingJournal {
  return createJournal(testIO({ env: { MIGRATOR_STATE_DIR: folder } }), options);
}

const again = { fresh: false };

describe('a run', () => {
  journalCases(async () => {
    const folder = await tempDir();
    return (options) => journalIn(folder, options);
  });

  test('files and folders are private, and facts are kept as they are', async () => {
    const folder = await tempDir();
    const journal = journalIn(folder);
    const { run } = await journal.begin('k', 'import', again);
    const facts = { 'backup.file': '/home/admin/backup.tar', 'import.job': 'import/admin-tools' };
    await run.note(facts);
    const [name] = await readdir(join(folder, 'runs'));
    const path = join(folder, 'runs', name!);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ facts });
    if (process.platform !== 'win32') {
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect((await stat(join(folder, 'runs'))).mode & 0o777).toBe(0o700);
    }
    await run.finish('done');
  });

  test('a secret does not fit any fact', async () => {
    const { run } = await journalIn(await tempDir()).begin('k', 'import', again);
    // @ts-expect-error: the type of a fact is text
    await run.note({ 'import.job': new Secret('hunter2') });
    // @ts-expect-error: what an adapter prepares is plain data
    await run.note({ 'import.prepared': { settled: { password: new Secret('hunter2') } } });
    expect(JSON.stringify(run.record.facts)).not.toContain('hunter2');
    await run.finish('done');
  });

  test('a half-written file of a killed run is removed after a minute, by the next run that ends', async () => {
    const folder = await tempDir();
    const journal = journalIn(folder);
    const { run } = await journal.begin('k', 'import', again);
    for (const place of ['runs', 'locks']) {
      const [old, fresh] = ['old', 'fresh'].map((name) => join(folder, place, basename(partialName(name))));
      for (const path of [old!, fresh!]) await writeFile(path, '{"id"');
      await utimes(old!, Date.now() / 1000 - 61, Date.now() / 1000 - 61);
    }
    await run.finish('done');
    for (const place of ['runs', 'locks']) {
      const partials = (await readdir(join(folder, place))).filter((name) => name.endsWith('.partial'));
      expect(partials).toEqual([expect.stringMatching(/^\.fresh\./)]);
    }
  });

  test('a damaged record is renamed, with a warning', async () => {
    const folder = await tempDir();
    const warnings: string[] = [];
    const journal = journalIn(folder, { onWarning: (message) => warnings.push(message) });
    for (const [index, text] of ['', '{"id":', '{}', 'null', '[]'].entries()) {
      const { run } = await journal.begin(`k${String(index)}`, 'import', again);
      await run.finish('done');
      const name = (await readdir(join(folder, 'runs'))).find((file) => file.startsWith(run.record.id));
      await writeFile(join(folder, 'runs', name!), text);
    }
    await writeFile(join(folder, 'runs', 'notes.txt'), 'not ours');
    expect(await journal.list()).toEqual([]);
    expect(warnings).toHaveLength(5);
    expect((await readdir(join(folder, 'runs'))).filter((name) => name.endsWith('.damaged'))).toHaveLength(5);
    expect((await journal.begin('k0', 'import', again)).resumed).toBe(false);
    await journal.close();
  });

  test('a state folder that cannot be created is LOCAL_IO, with a hint', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'file'), '');
    const journal = journalIn(join(folder, 'file', 'state'));
    await expect(journal.begin('k', 'import', again)).rejects.toMatchObject({
      code: 'LOCAL_IO',
      hint: expect.stringContaining('MIGRATOR_STATE_DIR'),
    });
    expect(await journalIn(join(folder, 'missing')).list()).toEqual([]);
  });
});

/** A real process that begins a run and prints the result, then waits until it is killed or told to continue. */
function begin(folder: string, key: string, act = ''): ChildProcess {
  const module = pathToFileURL(resolve('dist/cli/state/journal.js')).href;
  const io = pathToFileURL(resolve('dist/cli/terminal/io.js')).href;
  const script = `
    import { createJournal } from ${JSON.stringify(module)};
    import { systemIO } from ${JSON.stringify(io)};
    const journal = createJournal(systemIO());
    try {
      const { run, resumed } = await journal.begin(${JSON.stringify(key)}, 'import', { fresh: false });
      await run.job('octopus:prod:42');
      await run.note({ pid: process.pid });
      ${act}
      console.log(JSON.stringify({ resumed, id: run.record.id, pid: process.pid }));
      setInterval(() => undefined, 1000);
    } catch (error) {
      console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint, pid: process.pid }));
    }`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, MIGRATOR_STATE_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

interface Answer {
  readonly resumed?: boolean;
  readonly id?: string;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
  readonly pid: number;
}

async function answer(child: ChildProcess): Promise<Answer> {
  const [data] = (await once(child.stdout!, 'data')) as [Buffer];
  return JSON.parse(data.toString()) as Answer;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('processes', () => {
  test('a second process learns who does the work; after a kill -9 it takes over, with the jobs', async () => {
    const folder = await tempDir();
    const first = begin(folder, 'k');
    const began = await answer(first);
    const second = begin(folder, 'k');
    const refused = await answer(second);
    expect(refused.code).toBe('CONFLICT');
    expect(refused.message).toContain(`process ${String(began.pid)}`);
    expect(refused.hint).toContain('migrator job wait octopus:prod:42');
    const other = begin(folder, 'another key');
    expect((await answer(other)).resumed).toBe(false);

    await kill(first);
    const third = begin(folder, 'k');
    expect(await answer(third)).toMatchObject({ resumed: true, id: began.id });
    for (const child of [second, third, other]) await kill(child);
  });

  test('exactly one of many processes takes over from a dead process', async () => {
    const folder = await tempDir();
    const dead = begin(folder, 'k');
    const { id } = await answer(dead);
    await kill(dead);
    const children = Array.from({ length: 5 }, () => begin(folder, 'k'));
    const answers = await Promise.all(children.map(answer));
    expect(answers.filter(({ resumed }) => resumed === true).map((taken) => taken.id)).toEqual([id]);
    expect(answers.filter(({ code }) => code === 'CONFLICT')).toHaveLength(4);
    for (const child of children) await kill(child);
  });

  test('a process that is killed while it writes leaves the last complete record', async () => {
    const folder = await tempDir();
    const act =
      'console.log(JSON.stringify({ pid: process.pid })); for (let n = 0; ; n += 1) await run.note({ n, text: "x".repeat(5000) });';
    for (let round = 0; round < 3; round += 1) {
      const writer = begin(folder, 'k', act);
      await answer(writer);
      await new Promise((wait) => setTimeout(wait, 30 + round * 20));
      await kill(writer);
      const warnings: string[] = [];
      const [record] = await journalIn(folder, { onWarning: (message) => warnings.push(message) }).list();
      expect(record?.jobs).toEqual(['octopus:prod:42']);
      expect(warnings).toEqual([]);
    }
  });
});

describe('locks', () => {
  const timing = { heartbeat: 20, stale: 200 };
  const here = { pid: process.pid, host: 'here' };
  const there = { pid: 1, host: 'there' };

  test('a process on another machine keeps its lock while it sends heartbeats', async () => {
    const folder = await tempDir();
    const acquired = await acquireLock(folder, 'k', there, timing);
    if (!('lock' in acquired)) throw new Error('expected the lock');
    await new Promise((wait) => setTimeout(wait, 300));
    expect(await acquireLock(folder, 'k', here, timing)).toMatchObject({ owner: { host: 'there' } });
    await acquired.lock.release();
    expect(await acquireLock(folder, 'k', here, timing)).toHaveProperty('lock');
  });

  test('a process on another machine keeps its lock even if its clock is far behind', async () => {
    const folder = await tempDir();
    await acquireLock(folder, 'k', there, { ...timing, heartbeat: 1e6 });
    const file = join(folder, 'k.1.lock');
    const past = Date.now() / 1000 - 3600;
    let tick = 0;
    await utimes(file, past, past);
    const beating = setInterval(() => void utimes(file, past + (tick += 1), past + tick), 10);
    const attempt = await acquireLock(folder, 'k', here, timing);
    clearInterval(beating);
    expect(attempt).toMatchObject({ owner: { host: 'there' } });
  });

  test('a lock with a time in the future is taken over when there is no heartbeat', async () => {
    const folder = await tempDir();
    await acquireLock(folder, 'k', there, { ...timing, heartbeat: 1e6 });
    const future = Date.now() / 1000 + 330 * 86_400;
    await utimes(join(folder, 'k.1.lock'), future, future);
    expect(await acquireLock(folder, 'k', here, timing)).toHaveProperty('lock');
  });

  test('a process in another container with this host name is judged by its heartbeat, not by its id', async () => {
    const folder = await tempDir();
    const owner = { pid: 2 ** 30, host: 'here', since: new Date().toISOString(), processSpace: 'boot pid:[1]' };
    const file = join(folder, 'k.1.lock');
    await writeFile(file, JSON.stringify(owner));
    expect(await acquireLock(folder, 'k', here, timing)).toMatchObject({ owner: { pid: 2 ** 30 } });
    await utimes(file, 1, 1);
    expect(await acquireLock(folder, 'k', here, timing)).toHaveProperty('lock');
  });

  test('heartbeats go on after one has failed', async () => {
    const folder = await tempDir();
    const file = join(folder, 'k.1.lock');
    const acquired = await acquireLock(folder, 'k', there, timing);
    await rename(file, `${file}.away`);
    await new Promise((wait) => setTimeout(wait, 60));
    await rename(`${file}.away`, file);
    await utimes(file, 1, 1);
    await new Promise((wait) => setTimeout(wait, 100));
    expect((await stat(file)).mtimeMs).toBeGreaterThan(1e6);
    if ('lock' in acquired) await acquired.lock.release();
  });

  test('the lock of a process without heartbeats is taken over, and that process notices it', async () => {
    const folder = await tempDir();
    const silent = await acquireLock(folder, 'k', there, { ...timing, heartbeat: 1e6 });
    if (!('lock' in silent)) throw new Error('expected the lock');
    await utimes(join(folder, 'k.1.lock'), 1, 1);
    const taken = await acquireLock(folder, 'k', here, timing);
    expect(taken).toHaveProperty('lock');
    expect(await silent.lock.held()).toBe(false);
    await silent.lock.release();
    expect(await acquireLock(folder, 'k', there, timing)).toMatchObject({ owner: { host: 'here' } });
    if ('lock' in taken) await taken.lock.release();
  });

  test('a process id that now belongs to another process holds no lock', async () => {
    const folder = await tempDir();
    const owner = { ...here, since: '2001-01-01T00:00:00.000Z', processStart: '1', released: false };
    await writeFile(join(folder, 'k.1.lock'), JSON.stringify(owner));
    expect(await acquireLock(folder, 'k', here, timing)).toHaveProperty('lock');
  });

  test('a damaged lock counts as released', async () => {
    const folder = await tempDir();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'k.1.lock'), '{"pid"');
    expect(await acquireLock(folder, 'k', here, timing)).toHaveProperty('lock');
  });

  test.each(['k.1.lock', 'k.49.lock'])('a folder at the place of a lock is LOCAL_IO and named: %s', async (name) => {
    const folder = await tempDir();
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, 'k.2.lock'), '{"released":true}');
    await expect(acquireLock(folder, 'k', here, timing)).rejects.toMatchObject({
      code: 'LOCAL_IO',
      message: expect.stringContaining(join(folder, name)),
    });
  });

  test('a number that cannot be counted on is no lock', async () => {
    const folder = await tempDir();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'k.99999999999999999999999.lock'), '{}');
    const acquired = await acquireLock(folder, 'k', here, timing);
    if (!('lock' in acquired)) throw new Error('expected the lock');
    await acquired.lock.release();
    expect((await readdir(folder)).sort()).toEqual(['k.1.lock', 'k.99999999999999999999999.lock']);
  });

  test('a run whose lock was taken over cannot write any more', async () => {
    const folder = await tempDir();
    const journal = journalIn(folder, { timing: { heartbeat: 1e6, stale: 60_000 } });
    const { run } = await journal.begin('k', 'import', again);
    const [name] = await readdir(join(folder, 'locks'));
    await writeFile(join(folder, 'locks', name!.replace('.1.lock', '.2.lock')), '{}');
    await expect(() => run.note({ 'a.job': '1' })).toThrowCode('CONFLICT');
    await expect(() => run.keep('a.result', 1)).toThrowCode('CONFLICT');
    expect(await run.kept('a.result')).toBeUndefined();
    await journal.close();
  });
});
