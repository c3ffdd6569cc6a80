import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { Report } from '../../src/core/report/report.ts';
import { documentSchema } from '../support/documents.ts';
import { sharedWorkshop } from '../support/shared-workshop.ts';
import { password } from '../support/workshop.ts';

// One workshop for all: each test takes up what the ones before it left.
const { here, run } = sharedWorkshop();

const text = (name: string): Promise<string> => readFile(here().path(name), 'utf8');

/** The report as JSON, which fits its published schema. */
async function reportOf(name: string): Promise<Report> {
  const value: unknown = JSON.parse(await text(name));
  expect(documentSchema('report').safeParse(value).error).toBeUndefined();
  return value as Report;
}

const move = ['migrate-project', 'Web Shop', '--from', 'lab', '--to', 'prod'];

describe('--report', () => {
  test('of a dry run tells the plan, who made it, and both servers with their releases', async () => {
    const { code, stderr } = await run([...move, '--dry-run', '--report', 'dry.json']);
    expect(code).toBe(0);
    expect(stderr).toContain('migrator: wrote the report dry.json\n');
    const report = await reportOf('dry.json');
    expect(report).toMatchObject({
      verb: 'migrate-project',
      outcome: 'done',
      exitCode: 0,
      dryRun: true,
      by: expect.stringMatching(/@test-host$/u),
      from: { name: 'lab', product: 'octopus', url: here().lab.url, version: expect.stringMatching(/^20\d\d\./u) },
      to: { name: 'prod', product: 'octopus', url: here().prod.url, version: expect.stringMatching(/^20\d\d\./u) },
      tiles: { basis: 'planned', counts: { created: 1 } },
      run: {
        projects: [{ name: 'Web Shop' }],
        changes: [{ kind: 'project', name: 'Web Shop', planned: 'create' }],
        undo: [],
      },
    });
  });

  test('of an export has the package: its sum, its signer and its recipients', async () => {
    const line = [
      'partial-export',
      '--from',
      'lab',
      '--project',
      'Web Shop',
      '--package-version',
      '1.0.0',
      '-o',
      'shop.tar',
    ];
    const { code } = await run([...line, '--password', 'env:MOVE_PASSWORD', '--report', 'export.json']);
    expect(code).toBe(0);
    const { run: facts } = await reportOf('export.json');
    expect(facts?.package).toMatchObject({
      id: 'Octopus.Space.Migration',
      version: '1.0.0',
      file: 'shop.tar',
      contentSha256: expect.stringMatching(/^[0-9a-f]{64}$/u),
      signer: { keyId: expect.stringMatching(/^[0-9A-F]{16}$/u), name: 'your own key' },
      encryption: 'recipients',
      recipients: [{ you: true }],
    });
    expect(facts?.jobs).toMatchObject([{ instance: 'lab', kind: 'export', state: 'succeeded' }]);
    const verify = await run(['package', 'verify', 'shop.tar', '--report', 'verify.json']);
    expect(verify.code).toBe(0);
    const verified = (await reportOf('verify.json')).run?.package;
    expect(verified?.contentSha256).toBe(facts?.package?.contentSha256);
    expect(verified?.signer?.trustedBy).toBeDefined();
  });

  test('of an import tells what became of the target, and replaces the report of the run before', async () => {
    const line = ['import', 'shop.tar', '--to', 'prod', '--password', 'env:MOVE_PASSWORD', '--report', 'import.json'];
    expect((await run([...line, '--dry-run'])).code).toBe(0);
    expect((await reportOf('import.json')).dryRun).toBe(true);
    const { code, stdout } = await run([...line, '--json', '--quiet']);
    expect(code).toBe(0);
    const report = await reportOf('import.json');
    const printed = JSON.parse(stdout) as { result: { counts: object } };
    expect(report.dryRun).toBe(false);
    expect(report.tiles).toEqual({ basis: 'seen', counts: printed.result.counts });
    expect(report.run?.changes).toContainEqual(
      expect.objectContaining({ kind: 'project', name: 'Web Shop', became: 'created' }),
    );
    expect(report.run?.package?.contentSha256).toMatch(/^[0-9a-f]{64}$/u);
    const { jobs = [] } = report.run ?? {};
    const waited = await run(['job', 'wait', jobs.at(-1)!.handle, '--report', 'wait.md']);
    expect(waited.code).toBe(0);
    expect(await text('wait.md')).toContain('Waited for octopus:prod:');
  });

  test('of an import that overwrites names the command that takes it back', async () => {
    const line = [
      'import',
      'shop.tar',
      '--to',
      'prod',
      '--password',
      'env:MOVE_PASSWORD',
      '--overwrite-existing',
      '--yes',
    ];
    expect((await run([...line, '--fresh', '--report', 'again.json'])).code).toBe(0);
    const report = await reportOf('again.json');
    expect(report.run?.backup).toBeDefined();
    const [undo = ''] = report.run?.undo ?? [];
    expect(undo).toMatch(/^migrator job undo octopus:prod:/u);
    const undone = await run([...undo.split(' ').slice(1), '--yes', '--report', 'undo.xml']);
    expect({ code: undone.code, stderr: undone.stderr }).toMatchObject({ code: 0 });
    expect(await text('undo.xml')).toContain('name="Undid octopus:prod:');
  });

  test('of a failure and of a refusal is written too, with the error and what to do next', async () => {
    const failed = await run(['migrate-project', 'Nope', '--from', 'lab', '--to', 'prod', '--report', 'fail.json']);
    expect(failed.code).toBe(2);
    const report = await reportOf('fail.json');
    expect(report).toMatchObject({
      outcome: 'failed',
      exitCode: 2,
      error: { code: 'NOT_FOUND', message: expect.stringContaining('Nope') },
      tiles: { basis: 'none' },
      run: { projects: [{ name: 'Nope' }], jobs: [] },
    });
    expect(report.next[0]?.text).toBe(report.error?.hint);
    await writeFile(here().path('bad.yaml'), 'instances: { lab: { product: nothing } }\n');
    const refused = await run([...move, '--config', 'bad.yaml', '--report', 'refused.json']);
    expect(refused.code).toBe(2);
    expect(await reportOf('refused.json')).toMatchObject({ outcome: 'failed', error: { code: 'CONFIG_INVALID' } });
  });

  test('that cannot be written stops the command before it asks a server', async () => {
    const asked = async () => (await readdir(here().folder)).length;
    const before = await asked();
    await writeFile(here().path('notes.md'), 'mine');
    for (const [name, code] of [
      ['run.pdf', 2],
      ['no/run.html', 2],
      ['notes.md', 7],
    ] as const) {
      const ended = await run([...move, '--report', name]);
      expect([name, ended.code]).toEqual([name, code]);
      expect(ended.stderr).not.toContain('reaching');
    }
    const same = await run([
      'partial-export',
      '--from',
      'lab',
      '--project',
      'Web Shop',
      '-o',
      'x.json',
      '--report',
      './x.json',
    ]);
    expect([same.code, same.stderr]).toEqual([2, expect.stringContaining('name one file')]);
    expect(await text('notes.md')).toBe('mine');
    expect(await asked()).toBe(before + 1);
  });

  test('that cannot be written at the end does not hide the result, and ends with exit code 10', async () => {
    // Somebody puts a file there while the run is at work: here the server that is called at its end.
    const other = createServer((_, response) => {
      void writeFile(here().path('late.md'), 'mine').then(() => response.end());
    });
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    try {
      const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
      const line = ['migrate-project', 'Billing', '--from', 'lab', '--to', 'prod', '--success-callback', url, '--json'];
      const { code, stdout, stderr } = await run([...line, '--report', 'late.md']);
      expect(stderr).toContain('the report was not written');
      expect([code, (JSON.parse(stdout) as { outcome: string }).outcome]).toEqual([10, 'done']);
      expect(await text('late.md')).toBe('mine');
    } finally {
      await new Promise((closed) => other.close(closed));
    }
  });

  test('may come from the environment, and a comparison has one too', async () => {
    const line = ['compare', '--from', 'lab', '--to', 'prod', '--project', 'Web Shop'];
    const { env } = here();
    const { code } = await run(line, { env: { ...env, MIGRATOR_REPORT: 'compare.json' } });
    const report = await reportOf('compare.json');
    expect(report.exitCode).toBe(code);
    expect(report.run?.comparison?.equal).toBeGreaterThan(0);
  });

  test('shows no secret, in no form', async () => {
    const { env } = here();
    const files = (await readdir(here().folder)).filter((name) => /\.(json|md|xml|html)$/u.test(name));
    expect(files.length).toBeGreaterThan(7);
    for (const name of files) {
      const written = await text(name);
      for (const secret of [password, env['LAB_KEY']!, env['PROD_KEY']!]) expect(written).not.toContain(secret);
    }
  });
});
