import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { collect, failsWith, isPlainData, need, never, read, startExport, watch, type Step } from './workbench.ts';

export const exportCases: Readonly<Record<string, Step>> = {
  'export: all missing names are reported in one NOT_FOUND': async ({ source, projects }) => {
    const wanted = [...projects, 'no such project', 'nor this one'];
    const exports = need(source.exports, 'exports');
    const error = await failsWith('NOT_FOUND', () => exports.prepare({ projects: wanted, options: {} }, never));
    assert.deepEqual(error.details['missing'], ['no such project', 'nor this one']);
  },

  'export: a preparation is plain data with a new version each time, and starts nothing': async (bench) => {
    const exports = need(bench.source.exports, 'exports');
    const request = { projects: bench.projects, options: bench.exportOptions };
    const jobs = await collect(bench.source.jobs.list({ all: false, limit: 100 }, never));
    const first = await exports.prepare(request, never);
    const second = await exports.prepare(request, never);
    isPlainData(first);
    assert.deepEqual(first.projects.map(({ name }) => name).sort(), [...bench.projects].sort());
    assert.notEqual(first.package.version, second.package.version);
    assert.deepEqual(await collect(bench.source.jobs.list({ all: false, limit: 100 }, never)), jobs);
  },

  'export: projects are known by their ids too': async (bench) => {
    const items = await collect(bench.source.inventory.list('project', never));
    const ids = bench.projects.map((name) => items.find((item) => item.name === name)?.id ?? name);
    const request = { projects: ids, options: bench.exportOptions };
    const prepared = await need(bench.source.exports, 'exports').prepare(request, never);
    assert.deepEqual(prepared.projects.map(({ name }) => name).sort(), [...bench.projects].sort());
  },

  'export: a version that is given is used': async (bench) => {
    const request = { projects: bench.projects, packageVersion: '1.0.0-given', options: bench.exportOptions };
    const prepared = await need(bench.source.exports, 'exports').prepare(request, never);
    assert.equal(prepared.package.version, '1.0.0-given');
  },

  'export: a secret that is required and missing is USAGE, and nothing starts': async (bench) => {
    const exports = need(bench.source.exports, 'exports');
    if (exports.requiredSecrets.length === 0) return;
    const prepared = await exports.prepare({ projects: bench.projects, options: bench.exportOptions }, never);
    await failsWith('USAGE', () => exports.start(prepared, {}, undefined, never));
    assert.deepEqual(await collect(bench.source.jobs.list({ all: false, limit: 100 }, never)), []);
  },

  'export: it ends in success and stays so': async (bench, setup) => {
    const { id } = await startExport(bench);
    assert.match(id, /^\S+$/, 'a job id can be pasted');
    const status = await watch(bench.source, id, setup);
    assert.equal(status.state, 'succeeded', JSON.stringify(status.messages));
    assert.equal(status.kind, 'export');
    isPlainData(status);
    assert.equal((await bench.source.jobs.status(id, never)).state, 'succeeded');
  },

  'export: a job whose answer was lost is found, one that never began is not': async (bench, setup) => {
    const exports = need(bench.source.exports, 'exports');
    const idle = await exports.prepare({ projects: bench.projects, options: bench.exportOptions }, never);
    const { id, prepared, startedAfter } = await startExport(bench);
    assert.equal(await exports.find(prepared, startedAfter, never), id);
    await watch(bench.source, id, setup);
    assert.equal(await exports.find(prepared, startedAfter, never), id);
    const later = setup.exportsLookAlike === true ? new Date(Date.now() + 60_000) : startedAfter;
    assert.equal(await exports.find(idle, later, never), undefined);
  },

  'export: the artifact is read with the job id alone, and as often as needed': async (bench, setup) => {
    const { id, prepared } = await startExport(bench);
    await watch(bench.source, id, setup);
    const exports = need(bench.source.exports, 'exports');
    const { files } = await exports.fetch(id, undefined, never);
    assert.ok(files.length > 0, 'an artifact has files');
    for (const file of files) {
      assert.match(file.path, /^(native|objects|files)\/[^/]/);
      const bytes = await read(file);
      assert.ok((await read(file)).equals(bytes), `${file.path} reads the same again`);
      if (file.size !== undefined) assert.equal(bytes.length, file.size);
      if (file.digest !== undefined) {
        assert.equal(createHash(file.digest.algorithm).update(bytes).digest('hex'), file.digest.hex);
      }
    }
    const again = await exports.fetch(id, prepared, never);
    assert.deepEqual(
      again.files.map(({ path }) => path),
      files.map(({ path }) => path),
    );
  },
};

export const pushCases: Readonly<Record<string, Step>> = {
  'push: the server leaves its package in the destination': async (bench, setup) => {
    const exports = need(bench.source.exports, 'exports');
    const feed = need(bench.target.feed, 'feed');
    const destination = await need(feed.destination?.(never), 'feed.destination');
    const prepared = await exports.prepare({ projects: bench.projects, options: bench.exportOptions }, never);
    const id = await exports.start(prepared, bench.secrets, destination, never);
    const status = await watch(bench.source, id, setup);
    assert.equal(status.state, 'succeeded', JSON.stringify(status.messages));
    assert.notEqual(await feed.stat(prepared.package, never), undefined);
  },
};
