import { afterEach, describe, expect, test } from '@jest/globals';
import type { ActiveReporter } from '../../../../src/cli/reporters/active-reporter.ts';
import { createReporter, type CreateReporterOptions } from '../../../../src/cli/reporters/create-reporter.ts';
import { Redactor } from '../../../../src/cli/secrets/redactor.ts';
import type { JobStatus } from '../../../../src/ports/job.ts';
import type { Event } from '../../../../src/ports/reporter.ts';
import { Secret } from '../../../../src/secret.ts';
import { terminalScreen } from '../../../support/terminal-screen.ts';
import { testIO, type TestIO } from '../../../support/test-io.ts';

interface Stage {
  readonly io: TestIO;
  readonly reporter: ActiveReporter;
  /** Moves the clock forward, in milliseconds. */
  readonly after: (milliseconds: number) => void;
}

/** A spinner that a failed test left running would keep the process alive. */
const running: ActiveReporter[] = [];
afterEach(() => {
  for (const reporter of running.splice(0)) reporter.finish();
});

async function stage(options: Partial<CreateReporterOptions> = {}, overrides: Partial<TestIO> = {}): Promise<Stage> {
  const io = testIO(overrides);
  let now = Date.parse('2026-11-21T01:02:03Z');
  const redactor = new Redactor();
  redactor.add(new Secret('hunter2'));
  redactor.add(new Secret('line-one\nline-two-long'));
  const reporter = await createReporter(io, {
    progress: 'auto',
    color: false,
    quiet: false,
    debug: false,
    redactor,
    clock: { now: () => new Date(now) },
    ...options,
  });
  running.push(reporter);
  return { io, reporter, after: (milliseconds) => (now += milliseconds) };
}

const status = (change: Partial<JobStatus> = {}): JobStatus => ({
  id: 'ServerTasks-1',
  kind: 'export',
  state: 'running',
  wireState: 'Executing',
  messages: [],
  ...change,
});

const handle = 'octopus:lab:ServerTasks-1';
const job = (change: Partial<JobStatus> = {}): Event => ({ type: 'job', handle, status: status(change) });
const bytes = (done: number, total?: number): Event => ({ type: 'bytes', subject: 'acme.tar', done, total });

const hostile: readonly Event[] = [
  { type: 'phase', name: 'export', subject: 'evil\u001b[2J\u001b]0;title\u0007\rname\u202e' },
  job({ wireState: 'Exec\u001b[31muting', activity: 'a\nb\u009b2K\u0000', waitingFor: '\u001b[1A' }),
  { type: 'bytes', subject: 'x\u001b[2K\n', done: 1, total: 2 },
  { type: 'notice', message: 'notice \u001b[5m' },
  { type: 'warning', message: 'warn\r\nnext', hint: 'hint\u001bc' },
  { type: 'debug', message: 'debug \u001b[8m' },
];

const leaking: readonly Event[] = [
  { type: 'phase', name: 'export', subject: 'hunter2' },
  job({ activity: 'with key hunter2', wireState: 'hunter2', waitingFor: 'hunter2' }),
  { type: 'bytes', subject: 'hunter2', done: 1, total: 2 },
  { type: 'notice', message: 'password=hunter2 and line-one\nline-two-long' },
  { type: 'warning', message: 'aHVudGVyMg==', hint: 'hunter2' },
  { type: 'debug', message: 'Authorization: Basic dXNlcjpodW50ZXIy' },
];

const kinds = [
  ['animated', { progress: 'auto' }, { stderrIsTTY: true }],
  ['lines', { progress: 'plain' }, {}],
  ['json', { progress: 'json' }, {}],
  ['none', { progress: 'none' }, {}],
] as const;

describe.each(kinds)('%s', (name, options, overrides) => {
  test('shows no secret', async () => {
    const { io, reporter } = await stage({ ...options, debug: true, color: true }, overrides);
    for (const event of leaking) reporter.report(event);
    reporter.finish('done');
    expect(io.err).toContain('***');
    expect(io.err).not.toMatch(/hunter2|aHVudGVyMg|odW50ZXIy|line-two-long/);
    expect(io.out).toBe('');
  });

  test('text from a server cannot send control sequences to the terminal', async () => {
    const { io, reporter } = await stage({ ...options, debug: true }, overrides);
    for (const event of hostile) reporter.report(event);
    reporter.finish('done');
    if (name === 'animated') {
      // Throws for any sequence that a spinner does not need.
      expect(terminalScreen(io.err).join('\n')).toContain('\\x1b[2J\\x1b]0;title\\x07name\\u202e');
    } else {
      expect(io.err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });

  test('shows nothing after finish, which may be called twice', async () => {
    const { io, reporter } = await stage(options, overrides);
    reporter.report(job());
    reporter.finish();
    const before = io.err;
    for (const event of hostile) reporter.report(event);
    reporter.pause();
    reporter.resume();
    reporter.finish();
    expect(io.err).toBe(before);
  });
});

describe('lines', () => {
  test('shows one line with the time for each change, and one every ten seconds', async () => {
    const { io, reporter, after } = await stage();
    reporter.report({ type: 'phase', name: 'probe', subject: 'lab' });
    reporter.report({ type: 'phase', name: 'export', subject: '2 projects' });
    reporter.report(job({ state: 'queued', wireState: 'Queued' }));
    after(1000);
    reporter.report(job({ state: 'queued', wireState: 'Queued' }));
    after(1000);
    reporter.report(job({ fraction: 0.1 }));
    after(5000);
    reporter.report(job({ fraction: 0.2 }));
    after(5000);
    reporter.report(job({ fraction: 0.299, activity: 'exporting tenants' }));
    reporter.report(job({ state: 'waiting', wireState: 'Executing', waitingFor: 'an approval' }));
    reporter.report({ type: 'warning', message: 'two releases were skipped', hint: 'look at the log' });
    reporter.report({ type: 'debug', message: 'not shown' });
    expect(io.err.split('\n')).toEqual([
      '2026-11-21T01:02:03Z reaching lab',
      '2026-11-21T01:02:03Z exporting 2 projects',
      '2026-11-21T01:02:03Z job octopus:lab:ServerTasks-1',
      '2026-11-21T01:02:03Z octopus:lab:ServerTasks-1: Queued',
      '2026-11-21T01:02:05Z octopus:lab:ServerTasks-1: Executing, 10 %, 2 s',
      '2026-11-21T01:02:15Z octopus:lab:ServerTasks-1: Executing, 29 %, 12 s, 35 s left, exporting tenants',
      '2026-11-21T01:02:15Z octopus:lab:ServerTasks-1: Executing, 12 s, waiting for an approval',
      '2026-11-21T01:02:15Z warning: two releases were skipped',
      '2026-11-21T01:02:15Z hint: look at the log',
      '',
    ]);
  });

  test('shows a transfer at its start, every ten seconds and at its end', async () => {
    const { io, reporter, after } = await stage();
    for (let second = 0; second <= 25; second += 1) {
      reporter.report(bytes(second * 1024 * 1024, 25 * 1024 * 1024));
      after(1000);
    }
    reporter.report(bytes(25 * 1024 * 1024, 25 * 1024 * 1024));
    expect(io.err.split('\n').map((line) => line.slice(21))).toEqual([
      'acme.tar: 0 %, 0 B of 25.0 MiB',
      'acme.tar: 40 %, 10.0 MiB of 25.0 MiB, 1.0 MiB/s, 15 s left',
      'acme.tar: 80 %, 20.0 MiB of 25.0 MiB, 1.0 MiB/s, 5 s left',
      'acme.tar: 100 %, 25.0 MiB of 25.0 MiB, 1.0 MiB/s',
      '',
    ]);
  });

  test('shows one of many small files that are through at once', async () => {
    const { io, reporter, after } = await stage();
    const small = (name: string) => reporter.report({ type: 'bytes', subject: name, done: 5, total: 5 });
    for (const name of ['a.yaml', 'b.yaml', 'c.yaml']) small(name);
    after(11_000);
    small('d.yaml');
    expect(io.err.split('\n').map((line) => line.slice(21))).toEqual([
      'a.yaml: 100 %, 5 B of 5 B',
      'd.yaml: 100 %, 5 B of 5 B',
      '',
    ]);
  });

  test('shows events that come during a prompt after the prompt', async () => {
    const { io, reporter } = await stage();
    reporter.pause();
    reporter.report({ type: 'notice', message: 'later' });
    expect(io.err).toBe('');
    reporter.resume();
    expect(io.err).toContain('later');
  });
});

describe('json', () => {
  test('writes one object with the documented fields on each line', async () => {
    const { io, reporter, after } = await stage({ progress: 'json', debug: true });
    reporter.report({ type: 'phase', name: 'seal', subject: 'acme' });
    reporter.report(job({ fraction: 0.5, messages: [{ level: 'warning', text: 'w' }] }));
    reporter.report(bytes(0, 4096));
    after(500);
    reporter.report(bytes(1024, 4096));
    after(500);
    reporter.report(bytes(2048, 4096));
    reporter.report(bytes(4096, 4096));
    reporter.report({ type: 'warning', message: 'm', hint: 'h' });
    reporter.report({ type: 'debug', message: 'd' });
    const lines = io.err
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toEqual([
      { time: '2026-11-21T01:02:03.000Z', type: 'phase', name: 'seal', subject: 'acme' },
      {
        time: '2026-11-21T01:02:03.000Z',
        type: 'job',
        handle,
        kind: 'export',
        state: 'running',
        wireState: 'Executing',
        fraction: 0.5,
        messages: [{ level: 'warning', text: 'w' }],
      },
      { time: '2026-11-21T01:02:03.000Z', type: 'bytes', subject: 'acme.tar', done: 0, total: 4096 },
      {
        time: '2026-11-21T01:02:04.000Z',
        type: 'bytes',
        subject: 'acme.tar',
        done: 2048,
        total: 4096,
        rate: 2048,
        secondsLeft: 1,
      },
      {
        time: '2026-11-21T01:02:04.000Z',
        type: 'bytes',
        subject: 'acme.tar',
        done: 4096,
        total: 4096,
        rate: 4096,
        secondsLeft: 0,
      },
      { time: '2026-11-21T01:02:04.000Z', type: 'warning', message: 'm', hint: 'h' },
      { time: '2026-11-21T01:02:04.000Z', type: 'debug', message: 'd' },
    ]);
  });
});

describe('animated', () => {
  const tty = { stderrIsTTY: true, columns: 80 } as const;
  const screen = (io: TestIO): string[] => terminalScreen(io.err).map((line) => line.replace(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/u, '*'));

  test('says once that a server was reached', async () => {
    const { io, reporter } = await stage({}, tty);
    for (const subject of ['lab', 'prod', 'prod']) reporter.report({ type: 'phase', name: 'probe', subject });
    reporter.finish('done');
    expect(screen(io)).toEqual(['✔ reached lab', '✔ reached prod', '']);
  });

  test('rewrites one line, and keeps the lines of ended phases above it', async () => {
    const { io, reporter, after } = await stage({}, tty);
    reporter.report({ type: 'phase', name: 'probe', subject: 'lab' });
    expect(screen(io)).toEqual(['* reaching lab']);
    reporter.report({ type: 'phase', name: 'export', subject: 'acme' });
    reporter.report(job({ fraction: 0.42, activity: 'tenants' }));
    await new Promise((wait) => setTimeout(wait, 200));
    expect(screen(io)).toEqual([
      '✔ reached lab',
      '  job octopus:lab:ServerTasks-1',
      '* exporting acme: Executing, 42 %, tenants',
    ]);
    reporter.report(job({ state: 'succeeded', wireState: 'Success' }));
    reporter.report({ type: 'phase', name: 'seal', subject: 'acme.tar' });
    reporter.report(bytes(0, 2 * 1024 * 1024));
    after(1000);
    reporter.report(bytes(1024 * 1024, 2 * 1024 * 1024));
    await new Promise((wait) => setTimeout(wait, 200));
    expect(screen(io).at(-1)).toBe('* sealing acme.tar: ██████░░░░░░░ 50 %, 1.0 MiB of 2.0 MiB, 1.0 MiB/s, 1 s left');
    reporter.report({ type: 'bytes', subject: `${'long'.repeat(12)}.tar`, done: 1, total: 2 });
    await new Promise((wait) => setTimeout(wait, 200));
    expect(screen(io).at(-1)).toHaveLength(79);
    expect(screen(io).at(-1)).toMatch(/…$/);
    reporter.finish('done');
    expect(screen(io)).toEqual([
      '✔ reached lab',
      '  job octopus:lab:ServerTasks-1',
      '✔ exported acme',
      '✔ sealed acme.tar',
      '',
    ]);
    expect(io.err.lastIndexOf('\u001b[?25h')).toBeGreaterThan(io.err.lastIndexOf('\u001b[?25l'));
  });

  test('does not show a failed phase as done', async () => {
    const { io, reporter } = await stage({}, tty);
    reporter.report({ type: 'phase', name: 'import', subject: 'acme' });
    reporter.report({ type: 'warning', message: 'it went wrong', hint: 'look' });
    reporter.report({ type: 'phase', name: 'clean-up', subject: '' });
    reporter.finish();
    expect(screen(io)).toEqual(['⚠ warning: it went wrong', '  hint: look', '']);
  });

  test.each([
    ['succeeded', 'Success', 'import', '✔ imported acme'],
    ['partial', 'Success', 'import', '⚠ imported acme, with warnings'],
    ['failed', 'Failed', 'import', '✖ importing acme: Failed'],
    ['cancelled', 'Canceled', 'import', '✖ importing acme: Canceled'],
    ['cancelled', 'Canceled', 'cancel', '✔ cancelled acme'],
    ['failed', 'Failed', 'wait', '✔ waited for acme'],
    ['queued', 'started', 'import', '› importing acme: started'],
  ] as const)('for a job that is %s (%s), shows how the phase %s ended', async (state, wireState, name, line) => {
    for (const ends of ['by its result', 'by another phase']) {
      const { io, reporter } = await stage({}, tty);
      reporter.report({ type: 'phase', name, subject: 'acme' });
      reporter.report(job({ state, wireState }));
      if (ends === 'by its result') reporter.finish('done');
      else reporter.report({ type: 'phase', name: 'check', subject: 'prod' });
      expect(screen(io)[1]).toBe(line);
    }
  });

  test('cuts a long name to leave room for the progress', async () => {
    const { io, reporter } = await stage({}, tty);
    const subject = 'Octopus.Space.Migration 1.0.0-20261121T020832-f4ad6d2c into production';
    reporter.report({ type: 'phase', name: 'import', subject });
    reporter.report(job({ fraction: 0.42, activity: 'Importing documents' }));
    await new Promise((wait) => setTimeout(wait, 200));
    expect(screen(io).at(-1)).toHaveLength(79);
    expect(screen(io).at(-1)).toMatch(/^\* importing Octopus\.Space\..*…: Executing, 42 %, Importing documents$/u);
  });

  test('does not write to the terminal during a prompt', async () => {
    const { io, reporter } = await stage({}, tty);
    reporter.report({ type: 'phase', name: 'prepare', subject: 'acme' });
    reporter.pause();
    const before = io.err;
    reporter.report({ type: 'notice', message: 'meanwhile' });
    reporter.report({ type: 'phase', name: 'export', subject: 'acme' });
    await new Promise((wait) => setTimeout(wait, 150));
    expect(io.err).toBe(before);
    expect(screen(io)).toEqual(['']);
    reporter.resume();
    expect(screen(io)).toEqual(['  meanwhile', '✔ prepared acme', '* exporting acme']);
    reporter.finish();
  });

  test.each([
    [true, /\u001b\[36m/],
    [false, undefined],
  ])('uses colours: %s', async (color, expected) => {
    const { io, reporter } = await stage({ color }, tty);
    reporter.report({ type: 'phase', name: 'probe', subject: 'lab' });
    reporter.finish('done');
    if (expected === undefined) expect(io.err).not.toMatch(/\u001b\[\d*m/);
    else expect(io.err).toMatch(expected);
  });

  test('uses ASCII on a console without Unicode', async () => {
    const { io, reporter } = await stage({}, { ...tty, platform: 'win32' });
    reporter.report({ type: 'phase', name: 'seal', subject: 'a' });
    reporter.report(bytes(1, 2));
    reporter.report({ type: 'warning', message: 'w' });
    reporter.finish('done');
    expect(terminalScreen(io.err).join('')).toMatch(/^[\u0020-\u007e]*$/);
    expect(io.err).toContain('############------------');
  });
});

describe('createReporter', () => {
  const animatedBytes = '\u001b[?25l';
  test.each([
    ['a terminal', {}, { stderrIsTTY: true }, true],
    ['no terminal', {}, {}, false],
    ['a build server', {}, { stderrIsTTY: true, env: { CI: 'true' } }, false],
    ['CI=false', {}, { stderrIsTTY: true, env: { CI: 'false' } }, true],
    ['a dumb terminal', {}, { stderrIsTTY: true, env: { TERM: 'dumb' } }, false],
    ['--progress plain', { progress: 'plain' }, { stderrIsTTY: true }, false],
  ] as const)('animates only on a capable terminal: %s', async (_, options, overrides, animates) => {
    const { io, reporter } = await stage(options, overrides);
    reporter.report({ type: 'phase', name: 'probe', subject: 'lab' });
    reporter.finish();
    expect(io.err.includes(animatedBytes)).toBe(animates);
    if (!animates) expect(io.err).toContain('reaching lab');
  });

  test('--quiet shows nothing; --progress none shows notices, warnings and handles only', async () => {
    const quiet = await stage({ quiet: true }, { stderrIsTTY: true });
    const none = await stage({ progress: 'none' });
    const events: readonly Event[] = [
      { type: 'phase', name: 'probe', subject: 'lab' },
      job(),
      job({ wireState: 'Other' }),
      bytes(1, 2),
      { type: 'warning', message: 'careful' },
    ];
    for (const event of events) {
      quiet.reporter.report(event);
      none.reporter.report(event);
    }
    expect(quiet.io.err).toBe('');
    expect(none.io.err).not.toMatch(/reaching|acme\.tar|Other/);
    expect(none.io.err).toMatch(/job octopus:lab:ServerTasks-1[^]*careful/);
  });
});

describe('the order of the story', () => {
  const terminal = { stderrIsTTY: true, columns: 80, env: { TERM: 'xterm' } };
  const shown = ({ io }: Stage): readonly string[] => terminalScreen(io.err).filter((line) => line.trim() !== '');

  test('a phase that has ended is ticked off before what was learned in it is told', async () => {
    const all = await stage({}, terminal);
    all.reporter.report({ type: 'phase', name: 'probe', subject: 'prod' });
    all.reporter.report({ type: 'phase-end' });
    all.reporter.report({ type: 'notice', message: 'project "Web Shop" on prod: create' });
    all.reporter.report({ type: 'phase', name: 'export', subject: 'Web Shop' });
    all.reporter.finish('failed');
    expect(shown(all)).toEqual(['✔ reached prod', '  project "Web Shop" on prod: create', '✖ exporting Web Shop']);
  });

  test('a failure is red where there are colours', async () => {
    const { io, reporter } = await stage({ color: true }, terminal);
    reporter.report({ type: 'phase', name: 'export', subject: 'Web Shop' });
    reporter.finish('failed');
    expect(io.err).toContain('\u001b[31m✖\u001b[39m exporting Web Shop');
  });

  test('a dumb terminal and an old console get no sign that they cannot show', async () => {
    const old = await stage({}, { ...terminal, platform: 'win32', env: {} });
    old.reporter.report({ type: 'phase', name: 'export', subject: 'Web Shop' });
    old.reporter.finish('failed');
    expect(old.io.err).toContain('x exporting Web Shop');
    expect(old.io.err).not.toContain('✖');
    const dumb = await stage({}, { ...terminal, env: { TERM: 'dumb' } });
    dumb.reporter.report({ type: 'phase', name: 'export', subject: 'Web Shop' });
    dumb.reporter.finish('failed');
    expect(dumb.io.err).toBe('2026-11-21T01:02:03Z exporting Web Shop\n');
  });

  test.each([40, 80, 120])('no line of it is wider than %d columns, but for a command to copy', async (columns) => {
    const all = await stage({}, { ...terminal, columns });
    all.reporter.report({
      type: 'phase',
      name: 'export',
      subject: 'a project with a rather long name '.repeat(4).trim(),
    });
    all.reporter.report(job({ fraction: 0.5, activity: 'exporting tenants and all that belongs to them, one by one' }));
    const hint = `so the job goes on; ${'wait '.repeat(10)}with: migrator job wait octopus:lab:ServerTasks-1`;
    all.reporter.report({ type: 'warning', message: 'the server is slow '.repeat(9).trim(), hint });
    all.reporter.finish();
    const lines = shown(all);
    expect(lines.some((line) => line.trim() === 'migrator job wait octopus:lab:ServerTasks-1')).toBe(true);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(columns, 47));
  });
});

describe('time', () => {
  const at = (fraction: number) => job({ fraction });

  test('a job tells how long it takes, and by its pace how much longer it will', async () => {
    const { io, reporter, after } = await stage({ progress: 'json' });
    reporter.report(at(0.1));
    after(2000);
    reporter.report(at(0.2));
    after(8000);
    reporter.report(at(0.6));
    const lines = io.err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { secondsLeft?: number });
    // After ten seconds for a half, two fifths are left. Two seconds alone tell nothing.
    expect(lines.map(({ secondsLeft }) => secondsLeft)).toEqual([undefined, undefined, 8]);
  });

  test('the log of a long job stays short', async () => {
    const { io, reporter, after } = await stage({ progress: 'plain' });
    for (let second = 0; second <= 3600; second += 2) {
      reporter.report(job());
      after(2000);
    }
    const lines = io.err.trim().split('\n').length;
    expect(lines).toBeGreaterThan(20);
    expect(lines).toBeLessThan(60);
  });

  const waiting: Event = { type: 'wait', what: 'prod.example, which answered 503', milliseconds: 12_000 };

  test('a long wait says what it waits for', async () => {
    const plain = await stage({ progress: 'plain' });
    plain.reporter.report(waiting);
    plain.reporter.report(waiting);
    expect(plain.io.err).toBe('2026-11-21T01:02:03Z waiting for prod.example, which answered 503, 12 s\n');
    const json = await stage({ progress: 'json' });
    json.reporter.report(waiting);
    expect(JSON.parse(json.io.err)).toMatchObject({ type: 'wait', what: waiting.what, milliseconds: 12_000 });
    const terminal = await stage({}, { stderrIsTTY: true, env: { TERM: 'xterm' } });
    terminal.reporter.report({ type: 'phase', name: 'probe', subject: 'prod' });
    terminal.reporter.report(waiting);
    // A line above draws the spinner anew.
    terminal.reporter.report({ type: 'notice', message: 'so far' });
    expect(terminal.io.err).toContain('reaching prod: waiting for prod.example, which answered 503, 12 s');
    const none = await stage({ progress: 'none' });
    none.reporter.report(waiting);
    expect(none.io.err).toBe('');
  });
});
