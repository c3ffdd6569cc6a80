import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { runImport, type ImportResult } from '../../../../src/core/steps/import.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import type { ArtifactFile } from '../../../../src/ports/artifact.ts';
import type { PreparedImport } from '../../../../src/ports/importer.ts';
import { MemorySink } from '../../../support/memory-bytes.ts';
import { manualClock, memoryRun, recordingReporter } from '../../../support/ports.ts';
import { info, river } from '../../../support/moving-adapter.ts';

const never = new AbortController().signal;
const ref = { id: 'Acme', version: '1.0.0' };
const file: ArtifactFile = {
  path: 'native/a.yaml',
  size: 1,
  mediaType: 'text/yaml',
  open: async function* () {
    yield await Promise.resolve(Buffer.from('a'));
  },
};

/** A server that imports files, has no undo, and can export its content. */
function lake(prepared: Partial<PreparedImport>, dryRuns: 'server' | 'plan' = 'plan') {
  const { adapter, asked } = river();
  const ask = <T>(what: string, answer: T): Promise<T> => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  const whole: Adapter = {
    ...adapter,
    imports: {
      takes: 'files',
      dryRuns,
      requiredSecrets: [],
      prepare: ({ source, dryRun }) => ask('prepare', { source, dryRun, settled: {}, notes: [], ...prepared }),
      stage: (_, files) => ask(`stage ${files.map(({ path }) => path).join()}`, undefined),
      start: () => ask('import', 'in-1'),
      find: () => ask('find', undefined),
    },
    exports: {
      pushes: false,
      requiredSecrets: [],
      prepare: () => ask('prepare backup', { package: ref, projects: [], settled: {}, notes: [] }),
      start: () => ask('export', 'out-1'),
      find: () => ask('find export', undefined),
      fetch: () => ask('fetch', { package: ref, files: [file], notes: [] }),
    },
  };
  return { asked, adapter: whole };
}

const backup: PreparedImport['backup'] = { request: { projects: ['all'], options: {} }, restoreWith: { empty: true } };

function bring(
  target: ReturnType<typeof lake>,
  { run = memoryRun(), agrees = true, dryRun = false, keeps = true, restores = false, answerable = true } = {},
): Promise<ImportResult & { readonly sink: MemorySink }> {
  const sink = new MemorySink();
  const output = {
    settings: {
      createdBy: 'test',
      compression: 'none',
      encryption: undefined,
      signer: undefined,
      privateManifest: false,
    },
    name: () => '/backups/prod.tar',
    create: () => Promise.resolve(sink),
    spool: () => Promise.reject(new Error('the size is known')),
  } as const;
  return runImport(
    {
      target: { name: 'prod', adapter: target.adapter },
      info,
      request: { source: ref, dryRun, options: {}, files: [file] },
      secrets: {},
      backup: keeps
        ? {
            named: false,
            output: (replaces) => {
              target.asked.push(`backup file, instead of ${String(replaces)}`);
              return Promise.resolve(output);
            },
            holds: () => Promise.resolve(true),
            secrets: () => Promise.resolve({}),
          }
        : undefined,
      restores,
      overwrites: false,
      plan: [],
      step: 'import',
      waiting: { wait: true, timeout: undefined, pollInterval: 1 },
    },
    {
      clock: manualClock(),
      random: { bytes: (length) => randomBytes(length) },
      reporter: recordingReporter(),
      run,
      consent: ({ text }) => {
        target.asked.push(`ask "${text}"`);
        return Promise.resolve(agrees);
      },
      requireAnswerable: () => {
        if (!answerable) throw new MigratorError('USAGE', 'nobody is there');
      },
    },
    never,
  ).then((result) => ({ ...result, sink }));
}

describe('an import that destroys something', () => {
  test('starts after the files are on the server, the backup is taken and the user agreed, in this order', async () => {
    const prod = lake({ backup, consent: 'delete 12 rows?' });
    const run = memoryRun();
    const result = await bring(prod, { run });
    expect(prod.asked.filter((what) => !/^(advance|look)/.test(what))).toEqual([
      'prepare',
      'stage native/a.yaml',
      'backup file, instead of undefined',
      'prepare backup',
      'export',
      'fetch',
      'ask "delete 12 rows?"',
      'import',
    ]);
    expect(result).toMatchObject({ backup: '/backups/prod.tar', status: { state: 'succeeded' } });
    expect(result.sink.state).toBe('committed');
    expect(run.record.facts).toMatchObject({
      'backup.file': '/backups/prod.tar',
      'backup.restoreWith': { empty: true },
    });
  });

  test('brings nothing to the server and takes no backup when nobody can agree', async () => {
    const prod = lake({ backup, consent: 'delete 12 rows?' });
    await expect(() => bring(prod, { answerable: false })).toThrowCode('USAGE');
    expect(prod.asked).toEqual(['prepare']);
  });

  test('does not start when the answer is no', async () => {
    const prod = lake({ backup, consent: 'sure?' });
    await expect(() => bring(prod, { agrees: false })).toThrowCode('CANCELLED');
    expect(prod.asked).not.toContain('import');
  });

  test('takes no backup only when the user refused it', async () => {
    const prod = lake({ backup });
    expect((await bring(prod, { keeps: false })).backup).toBeUndefined();
    expect(prod.asked).not.toContain('export');
    expect(prod.asked).toContain('import');
  });

  test('and restores a backup asks no question and takes no backup', async () => {
    const prod = lake({ backup, consent: 'sure?' });
    await bring(prod, { restores: true, agrees: false });
    expect(prod.asked.slice(0, 3)).toEqual(['prepare', 'stage native/a.yaml', 'import']);
  });

  test('and is resumed after its start does not ask, stage or take a backup again', async () => {
    const prod = lake({ backup, consent: 'sure?' });
    const prepared = { source: ref, dryRun: false, settled: {}, notes: [], backup, consent: 'sure?' };
    const run = memoryRun({
      'import.prepared': JSON.parse(JSON.stringify(prepared)) as never,
      'import.job': 'in-1',
      'backup.file': '/backups/prod.tar',
    });
    expect(await bring(prod, { run })).toMatchObject({ backup: '/backups/prod.tar' });
    expect(prod.asked.filter((what) => !/^(advance|look)/.test(what))).toEqual([]);
  });

  test('and is resumed after its backup takes another one, because the target may have changed', async () => {
    const prod = lake({ backup });
    const run = memoryRun({
      'backup.file': '/backups/prod.tar',
      'backup.prepared': { package: { ...ref }, projects: [], settled: {}, notes: [] },
      'backup.intendedAt': '2026-11-20T01:02:03.000Z',
      'backup.job': 'out-of-yesterday',
    });
    expect((await bring(prod, { run })).backup).toBe('/backups/prod.tar');
    expect(prod.asked.filter((what) => /backup|export/.test(what))).toEqual([
      'backup file, instead of /backups/prod.tar',
      'prepare backup',
      'export',
    ]);
    expect(run.record.facts).toMatchObject({ 'backup.job': 'out-1' });
  });
});

describe('a dry run', () => {
  test('that is only a plan writes nothing', async () => {
    const plan = [{ kind: 'device', name: 'r1', action: 'delete' }] as const;
    const prod = lake({ plan, backup, consent: 'sure?' });
    expect(await bring(prod, { dryRun: true })).toMatchObject({ job: undefined, prepared: { plan } });
    expect(prod.asked).toEqual(['prepare']);
  });
});
