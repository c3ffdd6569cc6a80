import { expect, test } from '@jest/globals';
import { importPackage, type ImportPorts } from '../../../../src/core/operations/import-package.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import type { ArtifactFile } from '../../../../src/ports/artifact.ts';
import type { Importer } from '../../../../src/ports/importer.ts';
import { manualClock, memoryRun, recordingReporter } from '../../../support/ports.ts';
import { river } from '../../../support/moving-adapter.ts';

const never = new AbortController().signal;
const ref = { id: 'acme', version: '' };
const file: ArtifactFile = {
  path: 'native/acme.mmp',
  size: 1,
  mediaType: 'application/octet-stream',
  open: async function* () {
    yield await Promise.resolve(Buffer.from('a'));
  },
};

/** A server that imports packages from its feed. */
function dam(imports: Partial<Importer>) {
  const { adapter, asked } = river();
  const ask = <T>(what: string, answer: T): Promise<T> => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  const whole: Adapter = {
    ...adapter,
    feed: {
      list: async function* () {
        // The feed is empty.
      },
      stat: () => Promise.resolve(undefined),
      upload: () => ask('upload', { stored: { ...ref, fileName: 'acme.mmp', size: 1 }, outcome: 'created' as const }),
      download: () => Promise.reject(new Error('nobody asked for it')),
      parseFileName: () => ref,
      delete: () => Promise.resolve('absent'),
    },
    imports: {
      takes: 'stored',
      dryRuns: 'plan',
      requiredSecrets: [],
      prepare: ({ source, dryRun }) => ask('prepare', { source, dryRun, settled: {}, notes: [] }),
      start: () => ask('import', 'in-1'),
      find: () => ask('find', undefined),
      ...imports,
    },
  };
  return { asked, adapter: whole };
}

function bring({ adapter }: ReturnType<typeof dam>, more: { dryRun?: boolean; wait?: boolean; log?: boolean } = {}) {
  const ports: ImportPorts = {
    target: { name: 'prod', adapter },
    source: { kind: 'raw', name: 'acme.mmp', file, ref },
    secrets: {},
    backup: undefined,
    consent: () => Promise.resolve(true),
    clock: manualClock(),
    random: { bytes: (length) => new Uint8Array(length) },
    reporter: recordingReporter(),
    run: memoryRun(),
  };
  const waiting = { wait: false, timeout: undefined, pollInterval: 1 };
  const input = { dryRun: false, onConflict: 'keep', overwrites: false, ignoreVersion: false, options: {} } as const;
  return importPackage({ ...input, ...waiting, ...more }, ports, never);
}

test('an account that may not import is refused before its file is sent to the server', async () => {
  const refused = () => Promise.reject(new MigratorError('AUTH_REFUSED', 'the account may not import packages'));
  const prod = dam({ check: refused });
  await expect(() => bring(prod)).toThrowCode('AUTH_REFUSED');
  expect(prod.asked).toEqual([]);
});

test('an account that may import sends its file to the server', async () => {
  const prod = dam({ check: () => Promise.resolve() });
  expect(await bring(prod)).toMatchObject({ outcome: 'started', upload: 'created' });
  expect(prod.asked).toEqual(['upload', 'prepare', 'import']);
});

test('a package that stays is told when nobody waits for the import, with its removal', async () => {
  const prepare: Importer['prepare'] = ({ source, dryRun }) =>
    Promise.resolve({ source, dryRun, settled: {}, notes: [], keepsPackage: true });
  const remove = expect.stringMatching(/^migrator package delete acme.* --from prod$/);
  expect(await bring(dam({ prepare }))).toMatchObject({ outcome: 'started', left: [{ instance: 'prod', remove }] });
  expect(await bring(dam({}))).toMatchObject({ outcome: 'started', left: [] });
});

test('a dry run without a plan says so, and one whose plan is empty does not', async () => {
  const told = async (plan: readonly [] | undefined) => {
    const prepare: Importer['prepare'] = ({ source, dryRun }) =>
      Promise.resolve({ source, dryRun, plan, settled: {}, notes: [] });
    return (await bring(dam({ takes: 'files', prepare }), { dryRun: true })).warnings;
  };
  expect(await told(undefined)).toEqual([expect.stringContaining('cannot tell what would change on prod')]);
  expect(await told([])).toEqual([]);
});

test('a dry run of the server tells what else the import overwrites, and where the names are', async () => {
  const log = async function* () {
    yield await Promise.resolve({ level: 'info', depth: 0, text: 'a line' } as const);
  };
  const beyond = (unplanned: string | undefined, lines: boolean, dryRun = true) => {
    const prepare: Importer['prepare'] = ({ source }) =>
      Promise.resolve({ source, dryRun, settled: {}, notes: [], unplanned });
    const { asked, adapter } = dam({ dryRuns: 'server', prepare });
    const jobs = lines ? { ...adapter.jobs, log } : adapter.jobs;
    return bring({ asked, adapter: { ...adapter, jobs } }, { dryRun, wait: true });
  };
  const warning =
    /^the plan names projects alone; the import into prod also overwrites what is shared; .* migrator job log river:prod:in-1$/;
  expect((await beyond('overwrites what is shared', false)).warnings).toEqual([expect.stringMatching(warning)]);
  expect((await beyond('overwrites what is shared', true)).warnings).toEqual([]);
  expect((await beyond('overwrites what is shared', false, false)).warnings).toEqual([]);
  expect((await beyond(undefined, false)).warnings).toEqual([]);
});
