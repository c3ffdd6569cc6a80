import { describe, expect, test } from '@jest/globals';
import type { WayRequest } from '../../../../src/ports/adapter.ts';
import { never } from '../../../support/adapter-tools.ts';
import { withClient } from '../../../support/export-import-client.ts';
import type { Choices } from '../../../support/export-import-server.ts';

const request: WayRequest = { verb: 'migrate-project', as: 'source', options: {}, secrets: [], pushes: false };
const administrator = { SystemPermissions: ['AdministerSystem'], SpacePermissions: {} };

const obstacles = (choices: Choices, more: Partial<WayRequest> = {}) =>
  withClient(choices, async ({ octopus }) => {
    const [migrationApi, exportImport] = await octopus.ways!.check({ ...request, ...more }, never);
    return { migrationApi: migrationApi!.obstacles.join(), exportImport: exportImport!.obstacles.join() };
  });

describe('what speaks against a way', () => {
  test('nothing, on a Windows server of an administrator', async () => {
    expect(await obstacles({ permissions: administrator })).toEqual({ migrationApi: '', exportImport: '' });
  });

  test.each<[string, Choices, RegExp]>([
    ['Linux', { system: 'Debian GNU/Linux 12' }, /Linux/],
    [
      'an account without the system right',
      { permissions: { SystemPermissions: [], SpacePermissions: {} } },
      /Ann is not a system administrator/,
    ],
    ['a server without it', { migrationApi: false }, /offers no export/],
  ])('%s speaks against the Migration API', async (_, choices, said) => {
    const { migrationApi, exportImport } = await obstacles(choices);
    expect(migrationApi).toMatch(said);
    expect(exportImport).toBe('');
  });

  test('where there is no other way, no right is asked for', async () => {
    await withClient({ exportImport: false, system: 'Linux' }, async ({ octopus, seen }) => {
      const [migrationApi] = await octopus.ways!.check(request, never);
      // The server would make an export and fail then.
      expect(migrationApi!.obstacles.join()).toMatch(/^the source runs on Linux/);
      expect(seen.some(({ path }) => path.startsWith('/api/users/'))).toBe(false);
    });
  });

  test.each<[string, Partial<WayRequest>, RegExp]>([
    ['a flag to ignore something', { options: { ignoreMachines: true } }, /--ignore-machines/],
    ['overwriting', { options: { overwriteExisting: true } }, /--overwrite-existing/],
    ['task logs', { options: { includeTaskLogs: true } }, /--include-task-logs/],
    ['a package id', { options: { packageId: 'Acme' } }, /--package-id/],
    ['a package version', { options: { packageVersion: '1.0.0' } }, /--package-version/],
    ['a callback', { secrets: ['successCallback'] }, /--success-callback/],
    ['a push', { pushes: true }, /push/],
  ])('%s speaks against Export/Import', async (_, more, said) => {
    const { migrationApi, exportImport } = await obstacles({ permissions: administrator }, more);
    expect(exportImport).toMatch(said);
    expect(migrationApi).toBe('');
  });

  test('the target of a push must offer the import, and needs no right but the one to its feed', async () => {
    const push: Partial<WayRequest> = { verb: 'partial-export', as: 'target', pushes: true };
    const nobody = { permissions: { SystemPermissions: [], SpacePermissions: {} } };
    expect((await obstacles(nobody, push)).migrationApi).toBe('');
    expect((await obstacles({ migrationApi: false }, push)).migrationApi).toMatch(/target offers no import/);
  });

  test('what a flag speaks against names the flag, one for each sentence', async () => {
    await withClient({ permissions: administrator }, async ({ octopus }) => {
      const asked = { ...request, options: { ignoreMachines: true, preview: true }, pushes: true };
      const [migrationApi, exportImport] = await octopus.ways!.check(asked, never);
      expect(migrationApi).toMatchObject({ flags: ['--preview'], obstacles: [expect.any(String)] });
      expect(exportImport!.flags).toEqual(['--ignore-machines', '--route push']);
      expect(exportImport!.obstacles).toHaveLength(2);
    });
  });

  test('a switch that is off speaks against nothing', async () => {
    expect((await obstacles({}, { options: { overwriteExisting: false, via: 'auto' } })).exportImport).toBe('');
  });

  test('a server that does not offer it, and a preview, speak for one way each', async () => {
    expect((await obstacles({ exportImport: false, version: '2020.6.1' })).exportImport).toMatch(/2020\.6\.1.*2021\.1/);
    for (const [option, flag] of [
      ['preview', '--preview'],
      ['zipEntries', '--zip-entries'],
      ['zipEntrySize', '--zip-entry-size'],
    ] as const)
      expect(
        (await obstacles({}, { options: { [option]: option === 'preview' ? true : '5' } })).migrationApi,
      ).toContain(flag);
  });
});

describe('the way that is asked for', () => {
  test.each([
    [{}, {}, undefined],
    [{ via: 'auto' }, {}, undefined],
    [{ via: 'export-import' }, {}, { via: 'export-import', by: 'setting' }],
    [{ via: 'export-import' }, { via: 'migration-api' }, { via: 'migration-api', by: 'option' }],
    [{ via: 'export-import' }, { via: 'auto' }, undefined],
  ])('the setting %j and the option %j ask for %j', async (settings, options, asked) => {
    await withClient(
      {},
      ({ octopus }) => {
        expect(octopus.ways!.asked(options)).toEqual(asked);
        return Promise.resolve();
      },
      settings,
    );
  });

  test('another word is refused, as an option and as a setting', async () => {
    await withClient({}, async ({ octopus }) => {
      await expect(() => octopus.ways!.asked({ via: 'bento' })).toThrowCode('USAGE');
    });
    await expect(() => withClient({}, () => Promise.resolve(), { via: 'bento' })).toThrowCode('CONFIG_INVALID');
  });

  test('a package, a job and a file tell their way, and an unknown way is told', async () => {
    await withClient({}, async ({ octopus: { ways } }) => {
      expect(ways!.ofOldPackages).toBe('migration-api');
      expect(ways!.ofJob('ServerTasks-1/project-export/A@1.0.0')).toBe('export-import');
      expect(ways!.ofJob('ServerTasks-1/A@1.0.0')).toBe('migration-api');
      expect(ways!.ofFile('Octopus-Export-1.zip')).toBe('export-import');
      expect(ways!.ofFile('Acme.1.0.0.zip')).toBeUndefined();
      expect(ways!.of('export-import').ways).toBeUndefined();
      await expect(() => ways!.of('teleport')).toThrowCode('UNSUPPORTED');
    });
  });

  test('each way has its own rule for releases', async () => {
    await withClient({ version: '2024.4.1' }, async ({ octopus }) => {
      const info = await octopus.probe(never);
      const rule = (via: string, version: string) => octopus.ways!.of(via).versionObstacle(version, info);
      expect(rule('migration-api', '2024.4.1')).toBeUndefined();
      expect(rule('migration-api', '2024.3.1')).toMatch(/own version/);
      expect(rule('export-import', '2024.3.1')).toBeUndefined();
      expect(rule('export-import', '2024.10.1')).toMatch(/same or a newer version/);
    });
  });
});
