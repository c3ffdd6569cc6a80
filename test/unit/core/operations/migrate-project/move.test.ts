import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { move } from '../../../../../src/core/operations/migrate-project/move.ts';
import type {
  MigrateInput,
  MigratePorts,
  MigrateReport,
  Undelivered,
} from '../../../../../src/core/operations/migrate-project/route.ts';
import { MigratorError } from '../../../../../src/errors.ts';
import type { Run } from '../../../../../src/ports/journal.ts';
import { manualClock, memoryRun, recordingReporter } from '../../../../support/ports.ts';
import { info, river, type River } from '../../../../support/moving-adapter.ts';

const never = new AbortController().signal;

function carry(
  source: River,
  {
    run = memoryRun(),
    agrees = true,
    answerable = true,
    ...input
  }: Partial<MigrateInput> & { run?: Run; agrees?: boolean; answerable?: boolean } = {},
): Promise<MigrateReport | Undelivered> {
  const ports: MigratePorts = {
    source: { name: 'lab', adapter: source.adapter },
    target: { name: 'prod', adapter: river().adapter },
    secrets: {},
    own: () => Promise.resolve({}),
    backup: undefined,
    consent: () => Promise.resolve(agrees),
    requireAnswerable: () => {
      if (!answerable) throw new MigratorError('USAGE', 'nobody is there');
    },
    staging: undefined as never,
    clock: manualClock(),
    random: { bytes: (length) => randomBytes(length) },
    reporter: recordingReporter(),
    run,
  };
  return move(
    {
      request: { projects: ['Shop'], options: {} },
      importOptions: {},
      route: 'auto',
      dryRun: false,
      overwrites: false,
      ignoreVersion: false,
      wait: true,
      timeout: undefined,
      pollInterval: 1,
      ...input,
    },
    ports,
    info,
    never,
  );
}

describe('a move', () => {
  test('prepares, starts, advances before each look at the job, and reports the result for each object', async () => {
    const lab = river({ plan: [{ kind: 'project', name: 'Shop', action: 'create' }] });
    const items = [{ kind: 'File', name: 'a', action: 'created' }] as const;
    lab.looks.push({ state: 'running' }, { state: 'succeeded', items });
    const report = await carry(lab);
    expect(lab.asked).toEqual([
      'prepare Shop',
      'start Shop to prod',
      'advance job-Shop',
      'look job-Shop',
      'advance job-Shop',
      'look job-Shop',
    ]);
    expect(report).toMatchObject({
      outcome: 'done',
      route: 'move',
      jobs: ['river:lab:job-Shop'],
      plan: [{ name: 'Shop', action: 'create' }],
      items,
    });
  });

  test('of several projects moves none of them when one needs an answer that nobody can give', async () => {
    const plan = [{ kind: 'File', name: 'a', action: 'overwrite' }] as const;
    const lab = river({ plan });
    const refused = carry(lab, { request: { projects: ['Shop', 'Billing'], options: {} }, answerable: false });
    await expect(() => refused).toThrowCode('USAGE');
    expect(lab.asked).toEqual(['prepare Shop', 'prepare Billing']);
  });

  test('of several projects that stops tells what became of each of them', async () => {
    const lab = river();
    lab.looks.push({ state: 'succeeded' }, { state: 'failed', messages: [{ level: 'error', text: 'no room' }] });
    const request = { projects: ['One', 'Two', 'Three'], options: {} };
    await expect(carry(lab, { request, route: 'move' })).rejects.toMatchObject({
      code: 'JOB_FAILED',
      message: expect.stringMatching(/^"Two": .*no room; moved or started before: "One"; not started: "Three"$/u),
      details: {
        each: [
          { project: 'One', outcome: 'done', handle: 'river:lab:job-One' },
          {
            project: 'Two',
            outcome: 'failed',
            handle: 'river:lab:job-Two',
            reason: expect.stringContaining('no room'),
          },
          { project: 'Three', outcome: 'not-started' },
        ],
      },
    });
  });

  test('of several projects that is interrupted tells the handle of the job that goes on', async () => {
    const lab = river();
    const run = memoryRun();
    lab.looks.push({ state: 'succeeded' }, ...Array.from({ length: 5 }, () => ({ state: 'running' as const })));
    const request = { projects: ['One', 'Two'], options: {} };
    await expect(carry(lab, { request, route: 'move', run, timeout: 1 })).rejects.toMatchObject({
      code: 'STILL_RUNNING',
      details: { each: [{ outcome: 'done' }, { project: 'Two', outcome: 'started', handle: 'river:lab:job-Two' }] },
    });
  });

  test('without projects is one move of what belongs to no project', async () => {
    const lab = river();
    expect(await carry(lab, { request: { projects: [], options: {} } })).toMatchObject({
      projects: ['what belongs to none'],
      jobs: ['river:lab:job-what belongs to none'],
    });
  });

  test('moves one project after another', async () => {
    const lab = river();
    const report = await carry(lab, { request: { projects: ['Shop', 'Billing'], options: {} } });
    expect(lab.asked.filter((what) => what.startsWith('start'))).toEqual([
      'start Shop to prod',
      'start Billing to prod',
    ]);
    expect(report).toMatchObject({ jobs: ['river:lab:job-Shop', 'river:lab:job-Billing'] });
  });

  test('that would destroy something asks first, and starts nothing when the answer is no', async () => {
    const lab = river({ consent: 'really?' });
    await expect(() => carry(lab, { agrees: false })).toThrowCode('CANCELLED');
    expect(lab.asked).toEqual(['prepare Shop']);
    await carry(lab);
    expect(lab.asked).toContain('start Shop to prod');
  });

  test('that shall end at an approval leaves the job waiting', async () => {
    const lab = river();
    lab.looks.push({ state: 'running' }, { state: 'waiting', waitingFor: 'an administrator' });
    expect(await carry(lab, { untilApproval: true })).toMatchObject({ outcome: 'started' });
  });

  test('that shall not end at an approval keeps waiting for the job', async () => {
    const lab = river();
    lab.looks.push({ state: 'waiting' }, { state: 'succeeded' });
    expect(await carry(lab)).toMatchObject({ outcome: 'done' });
  });

  test('that failed is JOB_FAILED, and one that finished with failures is partial', async () => {
    const bad = river();
    bad.looks.push({ state: 'failed', messages: [{ level: 'error', text: 'no room' }] });
    await expect(() => carry(bad)).toThrowCode('JOB_FAILED');
    const half = river();
    half.looks.push({ state: 'partial' });
    expect(await carry(half)).toMatchObject({ outcome: 'partial' });
  });

  test('that is resumed after a crash is not prepared again and not started twice', async () => {
    const lab = river();
    const run = memoryRun({ 'move:Shop.prepared': { project: 'Shop', notes: [] }, 'move:Shop.job': 'job-7' });
    expect(await carry(lab, { run })).toMatchObject({ jobs: ['river:lab:job-7'] });
    expect(lab.asked).toEqual(['advance job-7', 'look job-7']);
  });

  test('whose start may have arrived asks the server before it starts again', async () => {
    const lab = river();
    const run = memoryRun({
      'move:Shop.prepared': { project: 'Shop', notes: [] },
      'move:Shop.intendedAt': '2026-01-02T03:00:00.000Z',
    });
    await carry(lab, { run });
    expect(lab.asked.slice(0, 2)).toEqual(['find Shop', 'start Shop to prod']);
  });
});

describe('a project that the source cannot deliver', () => {
  test('ends the move as undelivered, and the projects after it are not started', async () => {
    const lab = river();
    lab.looks.push({ state: 'failed', undelivered: true });
    const answer = await carry(lab, { request: { projects: ['Shop', 'Billing'], options: {} } });
    expect(answer).toEqual({ undelivered: 'lab could not deliver "Shop" to prod' });
    expect(lab.asked.filter((what) => what.startsWith('start'))).toEqual(['start Shop to prod']);
  });

  test('fails the move when the user asked for this route', async () => {
    const lab = river();
    lab.looks.push({ state: 'failed', undelivered: true });
    await expect(() => carry(lab, { route: 'move' })).toThrowCode('JOB_FAILED');
  });
});

describe('a dry run of a move', () => {
  test('that is only a plan starts nothing', async () => {
    const lab = river({ plan: [{ kind: 'File', name: 'a', action: 'overwrite' }] }, 'plan');
    expect(await carry(lab, { dryRun: true })).toMatchObject({ outcome: 'done', jobs: [], plan: [{ name: 'a' }] });
    expect(lab.asked).toEqual(['prepare Shop']);
  });

  test('on the server is cleaned up, also when it fails', async () => {
    const good = river();
    await carry(good, { dryRun: true });
    expect(good.asked.at(-1)).toBe('discard job-Shop');
    const bad = river();
    bad.looks.push({ state: 'failed' });
    await expect(() => carry(bad, { dryRun: true })).toThrowCode('JOB_FAILED');
    expect(bad.asked.at(-1)).toBe('discard job-Shop');
  });

  test('that was removed offers no log and no handle, and one that the server kept offers both', async () => {
    const plan = [{ kind: 'File', name: 'a', action: 'create' }] as const;
    expect(await carry(river({ plan: [...plan] }), { dryRun: true })).toMatchObject({ jobs: [], logOf: undefined });
    const kept = river({ plan: [...plan] });
    delete (kept.adapter.moves as { discard?: unknown }).discard;
    const handle = 'river:lab:job-Shop';
    expect(await carry(kept, { dryRun: true })).toMatchObject({ jobs: [handle], logOf: handle });
    const bad = river({ plan: [...plan] });
    bad.looks.push({ state: 'failed' });
    const failure = carry(bad, { dryRun: true });
    await expect(failure).rejects.toMatchObject({ hint: expect.not.stringContaining('job log') });
  });
});

test('what a move leaves is told of the target only when the target has it', async () => {
  const left = async (state: 'waiting' | 'succeeded') => {
    const lab = river();
    lab.looks.push({ state });
    const report = await carry(lab, { untilApproval: true });
    return 'left' in report ? report.left.map(({ remove }) => remove) : [];
  };
  expect(await left('waiting')).toEqual(['migrator package delete of-job-Shop --from lab']);
  expect(await left('succeeded')).toEqual(
    ['lab', 'prod'].map((name) => `migrator package delete of-job-Shop --from ${name}`),
  );
});
