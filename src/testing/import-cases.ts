import assert from 'node:assert/strict';
import { MigratorError } from '../errors.ts';
import type { ArtifactFile, PackageRef } from '../ports/artifact.ts';
import type { PreparedImport } from '../ports/importer.ts';
import type { Secrets } from '../ports/options.ts';
import { Secret } from '../secret.ts';
import {
  failsWith,
  isPlainData,
  need,
  never,
  projectNames,
  read,
  startExport,
  watch,
  type ContractBench,
  type ContractSetup,
  type Step,
} from './workbench.ts';

export interface Delivered {
  readonly ref: PackageRef;
  readonly files: readonly ArtifactFile[];
}

/** An export of the bench's projects, put where the target's importer takes it from. */
export async function deliver(bench: ContractBench, setup: ContractSetup): Promise<Delivered> {
  const { id, prepared } = await startExport(bench);
  assert.equal((await watch(bench.source, id, setup)).state, 'succeeded');
  const { files } = await need(bench.source.exports, 'exports').fetch(id, prepared, never);
  if (need(bench.target.imports, 'imports').takes === 'files')
    return { ref: prepared.package, files: await Promise.all(files.map(kept)) };
  const [file] = files;
  await need(bench.target.feed, 'feed').upload(need(file, 'file in its artifact'), prepared.package, 'fail', never);
  return { ref: prepared.package, files };
}

/** A file as it comes from a package: it can be read in parts. */
async function kept(file: ArtifactFile): Promise<ArtifactFile> {
  const bytes = await read(file);
  const part = async function* (start: number, end: number) {
    await Promise.resolve();
    yield bytes.subarray(start, end);
  };
  return {
    ...file,
    size: bytes.length,
    open: () => part(0, bytes.length),
    range: (start, length) => part(start, start + length),
  };
}

export async function prepare(
  bench: ContractBench,
  { ref, files }: Pick<Delivered, 'ref'> & Partial<Delivered>,
  dryRun: boolean,
): Promise<PreparedImport> {
  const imports = need(bench.target.imports, 'imports');
  const request = { source: ref, projects: bench.projects, dryRun, options: bench.importOptions };
  return imports.prepare(imports.takes === 'files' && files !== undefined ? { ...request, files } : request, never);
}

export async function start(
  bench: ContractBench,
  prepared: PreparedImport,
  { files }: Delivered,
  secrets: Secrets = bench.secrets,
): Promise<string> {
  const imports = need(bench.target.imports, 'imports');
  if (imports.takes === 'stored') return imports.start(prepared, secrets, [], never);
  await imports.stage?.(prepared, files, never, secrets);
  return imports.start(prepared, secrets, files, never);
}

export const importCases: Readonly<Record<string, Step>> = {
  'import: a package that is not stored is NOT_FOUND': async (bench) => {
    if (need(bench.target.imports, 'imports').takes !== 'stored') return;
    await failsWith('NOT_FOUND', () => prepare(bench, { ref: { id: 'No.Such.Package', version: '1.0.0' } }, false));
  },

  'import: a preparation is plain data and changes nothing': async (bench, setup) => {
    const delivered = await deliver(bench, setup);
    const before = await projectNames(bench.target);
    isPlainData(await prepare(bench, delivered, false));
    assert.deepEqual(await projectNames(bench.target), before);
  },

  'import: the projects arrive': async (bench, setup) => {
    const delivered = await deliver(bench, setup);
    const before = await projectNames(bench.target);
    const id = await start(bench, await prepare(bench, delivered, false), delivered);
    assert.match(id, /^\S+$/);
    const status = await watch(bench.target, id, setup);
    assert.equal(status.state, 'succeeded', JSON.stringify(status.messages));
    assert.equal(status.kind, 'import');
    assert.deepEqual(await projectNames(bench.target), [...new Set([...before, ...bench.projects])].sort());
  },

  'import: a job whose answer was lost is found, one that never began is not': async (bench, setup) => {
    const delivered = await deliver(bench, setup);
    const prepared = await prepare(bench, delivered, false);
    const imports = need(bench.target.imports, 'imports');
    const startedAfter = new Date();
    assert.equal(await imports.find(prepared, startedAfter, never), undefined);
    const id = await start(bench, prepared, delivered);
    assert.equal(await imports.find(prepared, startedAfter, never), id);
    await watch(bench.target, id, setup);
    assert.equal(await imports.find(prepared, startedAfter, never), id);
  },

  'import: a wrong password fails the job and changes nothing': async (bench, setup) => {
    if (!need(bench.target.imports, 'imports').requiredSecrets.includes('password')) return;
    const delivered = await deliver(bench, setup);
    const before = await projectNames(bench.target);
    const secrets = { ...bench.secrets, password: new Secret('not the one it was exported with') };
    const prepared = await prepare(bench, delivered, false);
    // A server that looks into files before it imports them refuses the password then, and no job begins.
    const started = await start(bench, prepared, delivered, secrets).catch((error: unknown) => {
      assert.ok(error instanceof MigratorError, String(error));
      return undefined;
    });
    if (started !== undefined) {
      const status = await watch(bench.target, started, setup);
      assert.equal(status.state, 'failed');
      assert.ok(
        status.messages.some(({ level }) => level === 'error'),
        'a failed job says why',
      );
    }
    assert.deepEqual(await projectNames(bench.target), before);
  },
};

export const dryRunCases: Readonly<Record<string, Step>> = {
  'dry run: it changes nothing and leaves the package for the import': async (bench, setup) => {
    const delivered = await deliver(bench, setup);
    const before = await projectNames(bench.target);
    const prepared = await prepare(bench, delivered, true);
    const id = await start(bench, prepared, delivered);
    const status = await watch(bench.target, id, setup);
    assert.equal(status.state, 'succeeded', JSON.stringify(status.messages));
    assert.deepEqual(await projectNames(bench.target), before);
    const real = await start(bench, await prepare(bench, delivered, false), delivered);
    assert.equal((await watch(bench.target, real, setup)).state, 'succeeded');
    assert.notEqual(real, id);
  },
};

export const secrecyCases: Readonly<Record<string, Step>> = {
  'secrets: none is in what the adapters return, throw or say': async (bench, setup) => {
    const heard: unknown[] = [];
    const delivered = await deliver(bench, setup);
    const prepared = await prepare(bench, delivered, false);
    const id = await start(bench, prepared, delivered);
    heard.push(delivered, prepared, id, await watch(bench.target, id, setup), await bench.target.probe(never));
    heard.push(await bench.stranger.probe(never).catch((error: unknown) => [String(error), error]));
    const text = JSON.stringify([heard, bench.lines]);
    for (const secret of bench.planted) {
      for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
        assert.ok(!text.includes(form), 'a secret was returned, thrown or said');
      }
    }
  },
};
