import assert from 'node:assert/strict';
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
  if (need(bench.target.imports, 'imports').takes === 'stored') {
    const [file] = files;
    await need(bench.target.feed, 'feed').upload(need(file, 'file in its artifact'), prepared.package, 'fail', never);
  }
  return { ref: prepared.package, files };
}

export async function prepare(bench: ContractBench, ref: PackageRef, dryRun: boolean): Promise<PreparedImport> {
  const request = { source: ref, projects: bench.projects, dryRun, options: bench.importOptions };
  return need(bench.target.imports, 'imports').prepare(request, never);
}

export async function start(
  bench: ContractBench,
  prepared: PreparedImport,
  { files }: Delivered,
  secrets: Secrets = bench.secrets,
): Promise<string> {
  const imports = need(bench.target.imports, 'imports');
  return imports.start(prepared, secrets, imports.takes === 'files' ? files : [], never);
}

export const importCases: Readonly<Record<string, Step>> = {
  'import: a package that is not stored is NOT_FOUND': async (bench) => {
    if (need(bench.target.imports, 'imports').takes !== 'stored') return;
    await failsWith('NOT_FOUND', () => prepare(bench, { id: 'No.Such.Package', version: '1.0.0' }, false));
  },

  'import: a preparation is plain data and changes nothing': async (bench, setup) => {
    const { ref } = await deliver(bench, setup);
    const before = await projectNames(bench.target);
    isPlainData(await prepare(bench, ref, false));
    assert.deepEqual(await projectNames(bench.target), before);
  },

  'import: the projects arrive': async (bench, setup) => {
    const delivered = await deliver(bench, setup);
    const before = await projectNames(bench.target);
    const id = await start(bench, await prepare(bench, delivered.ref, false), delivered);
    assert.match(id, /^\S+$/);
    const status = await watch(bench.target, id, setup);
    assert.equal(status.state, 'succeeded', JSON.stringify(status.messages));
    assert.equal(status.kind, 'import');
    assert.deepEqual(await projectNames(bench.target), [...new Set([...before, ...bench.projects])].sort());
  },

  'import: a job whose answer was lost is found, one that never began is not': async (bench, setup) => {
    const delivered = await deliver(bench, setup);
    const prepared = await prepare(bench, delivered.ref, false);
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
    const id = await start(bench, await prepare(bench, delivered.ref, false), delivered, secrets);
    const status = await watch(bench.target, id, setup);
    assert.equal(status.state, 'failed');
    assert.ok(
      status.messages.some(({ level }) => level === 'error'),
      'a failed job says why',
    );
    assert.deepEqual(await projectNames(bench.target), before);
  },
};

export const dryRunCases: Readonly<Record<string, Step>> = {
  'dry run: it changes nothing and leaves the package for the import': async (bench, setup) => {
    const delivered = await deliver(bench, setup);
    const before = await projectNames(bench.target);
    const prepared = await prepare(bench, delivered.ref, true);
    const id = await start(bench, prepared, delivered);
    const status = await watch(bench.target, id, setup);
    assert.equal(status.state, 'succeeded', JSON.stringify(status.messages));
    assert.deepEqual(await projectNames(bench.target), before);
    const real = await start(bench, await prepare(bench, delivered.ref, false), delivered);
    assert.equal((await watch(bench.target, real, setup)).state, 'succeeded');
    assert.notEqual(real, id);
  },
};

export const secrecyCases: Readonly<Record<string, Step>> = {
  'secrets: none is in what the adapters return, throw or say': async (bench, setup) => {
    const heard: unknown[] = [];
    const delivered = await deliver(bench, setup);
    const prepared = await prepare(bench, delivered.ref, false);
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
