import { runReport, waveReport } from '../../src/core/report/make.ts';
import { zeros } from '../../src/core/report/facts.ts';
import type { Change, ItemState, Report, RunFacts, WaveItem } from '../../src/core/report/report.ts';

const begin = Date.parse('2026-11-28T22:00:00Z');
const minute = 60_000;
const at = (minutes: number): string => new Date(begin + minutes * minute).toISOString();

/** A name that a server may have, and that no page may take for markup. */
export const hostile = '<script>alert(1)</script> & "Söhne" | `x` \u202egnp.exe';

export interface MadeUp {
  readonly items: number;
}

/** The report of a wave of made-up projects. Every 25th fails, the one after it needs it and is skipped, and the last ones are late. */
export function madeUpWave({ items: count }: MadeUp): Report {
  const free = [0, 0, 0, 0];
  const items = Array.from({ length: count }, (_, index): WaveItem => {
    const project = index === 3 ? hostile : `${names[index % names.length]!} ${index + 1}`;
    const state = stateOf(index, count);
    const base = {
      id: index % 40 === 7 ? `item-${index}` : project,
      project,
      wave: index < count / 3 ? 'shared' : 'shop',
      owner: index % 10 === 0 ? 'finance' : undefined,
      from: 'lab',
      to: 'prod',
      state,
    };
    if (state === 'skipped')
      return { ...base, reason: `it needs ${names[(index - 1) % names.length]!} ${index}`, spans: [] };
    if (state === 'postponed') return { ...base, reason: 'no item starts after 04:00', spans: [] };
    const worker = free.indexOf(Math.min(...free));
    const start = free[worker]!;
    const [exported, imported] = [start + 0.6 + (index % 5) / 10, start + 1.9 + (index % 7) / 5];
    free[worker] = imported;
    const failed = state === 'failed';
    return {
      ...base,
      error: failed
        ? {
            code: 'JOB_FAILED',
            message: `the import octopus:prod:ServerTasks-${index} failed: the feed is full`,
            hint: 'free some space',
          }
        : undefined,
      startedAt: at(start),
      endedAt: at(imported),
      spans: [
        { instance: 'lab', what: 'export', startedAt: at(start), endedAt: at(exported) },
        { instance: 'prod', what: 'import', startedAt: at(exported), endedAt: at(imported) },
      ],
      run: runOf(index, project, failed),
    };
  });
  return waveReport(
    {
      migrator: '0.1.0',
      verb: 'wave run',
      outcome: 'partial',
      exitCode: 8,
      dryRun: false,
      by: 'erika@night-shift',
      startedAt: at(0),
      endedAt: at(Math.max(...free)),
      from: { name: 'lab', product: 'octopus', version: '2025.4.1', url: 'https://octopus.lab.example' },
      to: { name: 'prod', product: 'octopus', version: '2025.4.1', url: 'https://octopus.example' },
    },
    { name: 'spring-move', items },
    ['prod is already in maintenance mode'],
  );
}

const names = [
  'Web Shop',
  'Billing',
  'Identity',
  'Order Intake for the Northern Warehouses',
  'api-gateway',
  'Invoice-Printing_with_a_very_long_name_without_blanks',
];

function stateOf(index: number, count: number): ItemState {
  if (index % 25 === 12) return 'failed';
  if (index % 25 === 13) return 'skipped';
  if (index >= count - 6) return 'postponed';
  return index % 30 === 17 ? 'partial' : 'done';
}

function runOf(index: number, project: string, failed: boolean): RunFacts {
  const counts = {
    ...zeros(),
    created: failed ? 0 : 12 + (index % 9),
    overwritten: failed ? 0 : index % 4,
    failed: failed ? 1 : 0,
  };
  const handle = `octopus:prod:ServerTasks-${index}`;
  return {
    projects: [{ name: project }],
    route: 'push',
    jobs: [
      {
        handle,
        instance: 'prod',
        kind: 'import',
        state: failed ? 'failed' : 'succeeded',
        startedAt: at(0),
        endedAt: at(1),
      },
    ],
    tiles: { basis: 'seen', counts: index % 30 === 17 ? { ...counts, skipped: 1 } : counts },
    changes:
      index % 30 === 17
        ? [{ kind: 'libraryVariableSet', name: 'Shared', became: 'skipped', reason: 'the source has another one' }]
        : [],
    warnings: index % 20 === 5 ? ['2 runbooks have a published snapshot, which does not travel'] : [],
    left: [],
    undo: failed ? [] : [`migrator job undo ${handle}`],
  };
}

const changes: readonly Change[] = [
  { kind: 'project', name: 'Billing', planned: 'create', became: 'failed', reason: 'the name is taken | by `another`' },
  { kind: 'project', name: hostile, planned: 'overwrite', became: 'overwritten' },
  { kind: 'environment', name: 'Test', planned: 'keep', became: 'skipped', wanted: true },
  {
    kind: 'environment',
    name: 'Prod\u0000\u001b[31m',
    planned: 'keep',
    became: 'skipped',
    reason: 'the source has another one',
  },
  { kind: 'variable', name: 'Web Shop/Site.Host', planned: 'create', became: 'created' },
];

/** The report of one run in which everything has a hostile name, and every part is there. */
export function madeUpRun(more: Partial<Report> = {}, also: readonly Change[] = []): Report {
  const handle = 'octopus:prod:ServerTasks-7';
  const facts: RunFacts = {
    projects: [{ name: hostile }, { name: 'Billing', outcome: 'failed', reason: `because of ${hostile}` }],
    route: 'push',
    via: { name: 'migration-api', reason: 'the first choice, and it is possible' },
    jobs: [{ handle, instance: 'prod', kind: 'import', state: 'partial', startedAt: at(0), endedAt: at(3) }],
    package: {
      id: 'Octopus.Space.Migration',
      version: '1.0.0',
      file: hostile,
      size: 26112,
      contentSha256: 'a1'.repeat(32),
      createdAt: at(0),
      signer: { keyId: '9041498F41F08E29', name: hostile, trustedBy: 'the rc file' },
      encryption: 'recipients',
      recipients: [{ recipient: 'age1qyqszqgpqyqszqgpqyqszqgp', you: false, groups: [hostile] }],
    },
    tiles: { basis: 'seen', counts: { ...zeros(), created: 1, overwritten: 1, skipped: 2, failed: 1 } },
    changes: [...changes, ...also],
    comparison: {
      equal: 12,
      differences: [{ kind: 'variable', name: hostile, difference: 'differs', fields: [hostile] }],
      blind: [`passwords of ${hostile}`],
    },
    warnings: [`a warning about ${hostile}`, 'see https://tracker.example/?a=1&b=2 and ask @erika'],
    left: [{ instance: 'lab', what: `package ${hostile}`, remove: 'migrator package delete A@1 --from lab' }],
    backup: '/backups/prod.tar',
    undo: [`migrator job undo ${handle}`],
  };
  return {
    ...runReport(
      {
        migrator: '0.1.0',
        verb: 'migrate-project',
        outcome: 'partial',
        exitCode: 3,
        dryRun: false,
        by: `erika@${hostile}`,
        startedAt: at(0),
        endedAt: at(4),
        from: { name: 'lab', product: 'octopus', version: '2025.4.1', url: `https://octopus.lab.example/${hostile}` },
        to: { name: 'prod', product: 'octopus', version: '2025.4.1', url: 'https://octopus.example' },
        error: { code: 'JOB_FAILED', message: `the import failed: ${hostile}`, hint: 'see the log' },
      },
      { facts },
    ),
    ...more,
  };
}
