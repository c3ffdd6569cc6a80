import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { startEmulator, type RunningEmulator } from '../../src/emulators/index.ts';
import { zipOf } from '../support/zip.ts';
import { startBinary } from '../support/binary.ts';
import { commandLine, type Ended } from '../support/command-line.ts';
import { hurried } from '../support/workshop.ts';

jest.setTimeout(120_000);

interface Site {
  readonly us: RunningEmulator;
  readonly eu: RunningEmulator;
  readonly run: (args: readonly string[], state?: string) => Promise<Ended>;
  readonly start: (args: readonly string[]) => ReturnType<typeof startBinary>;
  /** Makes a file on that machine and returns its path. */
  readonly file: (name: string, content: string | Buffer) => Promise<string>;
  /** The assets of a project, read without migrator: `Type name`. */
  readonly assets: (server: RunningEmulator, path: string) => Promise<readonly string[]>;
}

/** A user's machine and two control planes; the instances `dev`, `test` and `prod` are environments of the first. */
async function withSite<T>(work: (site: Site) => Promise<T>, pace = 1): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  const plane = (name: string, sample: 'source' | 'target') =>
    startEmulator('snaplogic', { directory: join(folder, name), sample, pace });
  const us = await plane('us', 'source');
  const eu = await plane('eu', 'target');
  const instance = (server: RunningEmulator, org: string, secret: string) =>
    `{ product: snaplogic, url: "${server.url}", org: ${org}, username: "${server.credentials['username'] ?? ''}", password: "env:${secret}" }`;
  try {
    await writeFile(
      join(folder, '.migratorrc.yaml'),
      `${hurried}instances:
  dev: ${instance(us, 'Acme-Dev', 'US_PASSWORD')}
  test: ${instance(us, 'Acme-Test', 'US_PASSWORD')}
  prod: ${instance(us, 'Acme-Prod', 'US_PASSWORD')}
  eu: ${instance(eu, 'Acme-EU', 'EU_PASSWORD')}
`,
    );
    const options = (state: string) => ({
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        TMPDIR: folder,
        MIGRATOR_STATE_DIR: join(folder, state),
        MIGRATOR_CONFIG_DIR: join(folder, 'config'),
        US_PASSWORD: us.credentials['password'],
        EU_PASSWORD: eu.credentials['password'],
      },
    });
    const assets = async ({ url, credentials: { username = '', password = '' } }: RunningEmulator, path: string) => {
      const found: string[] = [];
      for (let offset = 0; ; offset += 100) {
        const answer = await fetch(`${url}/api/1/rest/asset/list${encodeURI(path)}?limit=100&offset=${offset}`, {
          headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
        });
        const { response_map: map } = (await answer.json()) as {
          response_map: { entries?: readonly { asset_type: string; name: string }[] };
        };
        const entries = map.entries ?? [];
        found.push(...entries.map(({ asset_type: type, name }) => `${type} ${name}`));
        if (entries.length < 100) return found.sort();
      }
    };
    return await work({
      us,
      eu,
      run: (args, state = 'state') => commandLine(args, { ...options(state), host: hostname() }),
      start: (args) => startBinary(args, options('state')),
      file: async (name, content) => {
        await writeFile(join(folder, name), content);
        return name;
      },
      assets,
    });
  } finally {
    await us.close();
    await eu.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const invoices = '/Acme-Dev/Finance/Invoices';
const within = ['migrate-project', invoices, '--from', 'dev', '--to', 'test'];

interface Report {
  readonly route: string;
  readonly plan: readonly { readonly kind: string; readonly name: string; readonly action: string }[];
  readonly items: readonly { readonly name: string; readonly action: string; readonly reason?: string }[];
  readonly jobs: readonly string[];
}
const reported = ({ stdout }: Ended): Report => JSON.parse(stdout) as Report;

describe('within a control plane', () => {
  test('a dry run changes nothing, a move copies all assets, and a second move needs consent', async () => {
    await withSite(async ({ us, run, assets }) => {
      const dryRun = await run([...within, '--dry-run', '--json']);
      expect(dryRun).toMatchObject({ code: 0 });
      expect(reported(dryRun).plan.map(({ action }) => action)).toEqual(Array(10).fill('create'));
      expect(await assets(us, '/Acme-Test/Finance/Invoices')).toEqual([]);

      const moved = await run([...within, '--json']);
      expect(moved).toMatchObject({ code: 0 });
      expect(reported(moved)).toMatchObject({ route: 'move' });
      expect(reported(moved).items).toHaveLength(10);
      expect(moved.stderr).toContain('trusted environment');
      expect(await assets(us, '/Acme-Test/Finance/Invoices')).toEqual(await assets(us, invoices));

      expect(await run(within)).toMatchObject({ code: 7, stderr: expect.stringContaining('--no-duplicate-check') });
      const asked = await run([...within, '--no-duplicate-check']);
      expect(asked.code).not.toBe(0);
      const again = await run([...within, '--no-duplicate-check', '--yes', '--json']);
      expect(again).toMatchObject({ code: 0 });
      const kept = reported(again).plan.filter(({ action }) => action === 'keep');
      expect(kept.map(({ kind }) => kind).sort()).toEqual(['Account', 'Job', 'Job', 'Job']);
      expect(reported(again).items).toHaveLength(6);
      const named = await run([...within, '--no-duplicate-check', '--asset-type', 'Account', '--yes', '--json']);
      expect(reported(named).items).toMatchObject([{ name: 'erp_account', action: 'done' }]);
    });
  });

  test('a move that fails in part ends with 3 and the reasons, and one that fails whole ends with 8', async () => {
    await withSite(async ({ us, run }) => {
      const partial = await run(['migrate-project', invoices, '--from', 'dev', '--to', 'prod']);
      expect(partial.code).toBe(3);
      expect(partial.stdout).toMatch(/erp_account.*403/);
      us.faults.add({ type: 'named', name: 'failed', values: {} });
      const failed = await run(within);
      expect(failed.code).toBe(8);
    });
  });

  test('--dest-path alone names the target, and --create-space creates its space', async () => {
    await withSite(async ({ us, run, assets }) => {
      const line = ['migrate-project', invoices, '--from', 'dev', '--dest-path', '/Acme-Test/Made/Invoices'];
      expect(await run(line)).toMatchObject({ code: 2, stderr: expect.stringContaining('--create-space') });
      expect(await run([...line, '--create-space'])).toMatchObject({ code: 0 });
      expect(await assets(us, '/Acme-Test/Made/Invoices')).toHaveLength(10);
    });
  });

  test('another machine can wait for a move that was killed, with its handle alone', async () => {
    await withSite(async ({ us, run, start, assets }) => {
      const line = ['migrate-project', '/Acme-Dev/Sales EMEA/Bulk', '--from', 'dev', '--to', 'test'];
      const started = start(line);
      const [handle] = await started.seen(/snaplogic:dev:move,[\w,./%+-]+/);
      started.child.kill('SIGKILL');
      await started.finished;
      const waited = await run(['job', 'wait', handle, '--json'], 'state-elsewhere');
      expect(waited).toMatchObject({ code: 0 });
      expect(await assets(us, '/Acme-Test/Sales EMEA/Bulk')).toHaveLength(230);
      // The first machine resumes its own run and starts nothing.
      expect(await run(line)).toMatchObject({ code: 0 });
    }, 5);
  });
});

describe('between control planes', () => {
  test('an export is tried in a dry run, imported, skipped the second time, and imported as a copy', async () => {
    await withSite(async ({ eu, run, assets }) => {
      const sealed = ['--unsigned', '--unencrypted'];
      const exporting = ['partial-export', '--from', 'dev', '--project', '/Acme-Dev/Sales EMEA/CRM Sync', ...sealed];
      expect(await run([...exporting, '-o', 'crm.tar'])).toMatchObject({ code: 0 });
      const importing = ['import', 'crm.tar', '--allow-unsigned', '--to', 'eu'];

      expect(await run(importing)).toMatchObject({ code: 7, stderr: expect.stringContaining('--on-duplicate') });
      const before = await assets(eu, '/Acme-EU/Sales EMEA/CRM Sync');
      const overwriting = [...importing, '--on-duplicate', 'overwrite'];
      const dryRun = await run([...overwriting, '--dry-run', '--json']);
      expect(dryRun).toMatchObject({ code: 0 });
      expect(reported(dryRun).plan.map(({ kind, action }) => `${action} ${kind}`)).toEqual(
        expect.arrayContaining(['overwrite Pipeline', 'keep Account', 'create Pipeline']),
      );
      expect(await assets(eu, '/Acme-EU/Sales EMEA/CRM Sync')).toEqual(before);

      const elsewhere = ['--dest-path', '/Acme-EU/Finance/CRM'];
      const imported = await run([...importing, ...elsewhere, '--json']);
      // The other plane cannot read the environment of the accounts, so there is a warning for each account.
      expect(imported.code).toBe(3);
      expect(imported.stdout).toContain('crm_login');
      expect(await assets(eu, '/Acme-EU/Finance/CRM')).toContain('Pipeline sync_orders');

      const skipped = await run([...importing, ...elsewhere, '--on-duplicate', 'skip', '--json']);
      expect(skipped).toMatchObject({ code: 0 });
      expect(reported(skipped).items.every(({ action }) => action === 'skipped')).toBe(true);
      const copied = await run([...importing, ...elsewhere, '--on-duplicate', 'create-new']);
      expect(copied.stderr).toContain('/Acme-EU/Finance/CRM 1');
    });
  });

  test('migrate-project goes through this machine, and --rename-account renames accounts', async () => {
    await withSite(async ({ eu, run, assets }) => {
      const line = ['migrate-project', '/Acme-Dev/Sales EMEA/CRM Sync', '--from', 'dev', '--to', 'eu'];
      const there = ['--dest-path', '/Acme-EU/Finance/CRM', '--rename-account', 'crm_login=P_crm_login'];
      const moved = await run([...line, ...there, '--json']);
      expect(reported(moved)).toMatchObject({ route: 'relay' });
      expect(moved.stderr).toContain('"crm_login" arrives as "P_crm_login"');
      expect(await assets(eu, '/Acme-EU/Finance/CRM')).toContain('Account P_crm_login');
      expect(await run([...line, '--route', 'move'])).toMatchObject({
        stderr: expect.stringContaining('one control plane only'),
      });
    });
  });

  test('expression files are imported too, and another machine reads the result from the handle', async () => {
    await withSite(async ({ eu, run, assets, file }) => {
      const [rates, zip] = [
        await file('rates.expr', '{ eur: 1 }'),
        await file('more.zip', zipOf({ 'lib/more.expr': '{}' })),
      ];
      const line = ['migrate-project', '/Acme-Dev/Finance/Payroll', '--asset-type', 'File', '--from', 'dev'];
      const over = ['--to', 'eu', '--dest-path', '/Acme-EU/Finance/Payroll', '--json'];
      const moved = await run([...line, ...over, '--expression-file', rates]);
      expect(moved).toMatchObject({ code: 0 });
      expect(await assets(eu, '/Acme-EU/Finance/Payroll')).toEqual(['File calendar.txt', 'File rates.expr']);
      const handle = reported(moved).jobs.at(-1)!;
      const shown = await run(['job', 'wait', handle, '--json'], 'state-elsewhere');
      expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('2 done, 0 failed') });

      // The second time the file exists, and nobody agreed to overwrite it.
      const again = [...line, ...over, '--on-duplicate', 'skip', '--expression-file', rates];
      expect((await run(again)).code).not.toBe(0);
      expect(await run([...line, ...over, '--on-duplicate', 'skip', '--expression-file', zip])).toMatchObject({
        code: 0,
      });
      expect(await assets(eu, '/Acme-EU/Finance/Payroll')).toContain('File more.expr');

      const within = await run([...line, '--to', 'test', '--expression-file', rates]);
      expect(within).toMatchObject({ code: 2, stderr: expect.stringContaining('--route relay') });
      const relayed = await run([...line, '--to', 'test', '--route', 'relay', '--expression-file', rates]);
      expect(relayed).toMatchObject({ code: 0 });
    });
  });

  test('two projects cannot have the same --dest-path', async () => {
    await withSite(async ({ us, run, assets }) => {
      const two = ['migrate-project', invoices, '/Acme-Dev/Finance/Payroll', '--from', 'dev', '--to', 'test'];
      const there = [...two, '--dest-path', '/Acme-Test/Finance/Both', '--no-duplicate-check', '--yes'];
      expect(await run(there)).toMatchObject({ code: 2, stderr: expect.stringContaining('--dest-path') });
      expect(await assets(us, '/Acme-Test/Finance/Both')).toEqual([]);
    });
  });

  test('an import over existing assets needs consent, and its backup restores them', async () => {
    await withSite(async ({ eu, run, assets }) => {
      const project = '/Acme-Dev/Sales EMEA/CRM Sync';
      const there = '/Acme-EU/Sales EMEA/CRM Sync';
      const before = await assets(eu, there);
      expect(await run(['key', 'generate'])).toMatchObject({ code: 0 });
      expect(await run(['partial-export', '--from', 'dev', '--project', project, '-o', 'crm.tar'])).toMatchObject({
        code: 0,
      });
      const line = ['import', 'crm.tar', '--to', 'eu', '--no-duplicate-check', '--backup', 'before.tar', '--json'];
      // There is no terminal and no --yes, so nobody agrees. The backup exists by then. The next run goes on from there.
      const unasked = await run(line);
      expect(unasked.code).not.toBe(0);
      expect(await assets(eu, there)).toEqual(before);

      const imported = await run([...line, '--yes']);
      expect(imported.stdout).toContain('before.tar');
      expect(reported(imported).items).toContainEqual(
        expect.objectContaining({ name: 'sync_contacts', action: 'done' }),
      );
      expect(reported(imported).items).toContainEqual(
        expect.objectContaining({ name: 'crm_login', action: 'skipped' }),
      );
      const restoring = [
        'import',
        'before.tar',
        '--to',
        'eu',
        '--on-duplicate',
        'overwrite',
        '--no-backup',
        '--yes',
        '--json',
      ];
      const restored = await run([...restoring, '--dest-path', there]);
      // Accounts and tasks are kept, because their types are not named: that they may differ is told.
      expect(restored.code).toBe(3);
      expect(reported(restored).items).toContainEqual(
        expect.objectContaining({ name: 'sync_contacts', action: 'done' }),
      );
    });
  });

  test('package commands say that SnapLogic stores no packages', async () => {
    await withSite(async ({ run }) => {
      const { code, stderr } = await run(['package', 'list', '--from', 'dev']);
      expect(code).not.toBe(0);
      expect(stderr).toContain('snaplogic');
    });
  });

  test('no output shows a password', async () => {
    await withSite(async ({ us, run }) => {
      const { stdout, stderr } = await run([...within, '--debug']);
      const password = us.credentials['password'] ?? '';
      for (const form of [
        password,
        Buffer.from(`${us.credentials['username'] ?? ''}:${password}`).toString('base64'),
      ]) {
        expect(stdout + stderr).not.toContain(form);
      }
    });
  });
});
