import { describe, expect, test } from '@jest/globals';
import type { Options } from '../../../../../src/ports/options.ts';
import { Secret } from '../../../../../src/secret.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { acme, secrets, withOctopus } from '../../../../support/octopus-client.ts';

const request = (dryRun: boolean) => ({
  source: acme,
  dryRun,
  options: { encryptedPackage: true, overwriteExisting: true, deletePackageOnCompletion: true },
});

describe('import', () => {
  test.each([
    [false, 'import-start'],
    [true, 'import-start-dry'],
  ])('sends the documented body (dry run %p)', async (dryRun, exchange) => {
    await withOctopus(['root', 'space', 'package-present', exchange], async ({ octopus }) => {
      const prepared = await octopus.imports!.prepare(request(dryRun), never);
      expect(JSON.parse(JSON.stringify(prepared))).toEqual(prepared);
      expect(await octopus.imports!.start(prepared, secrets, [], never)).toBe('ServerTasks-77/Acme.Move@1.0.0-run7');
    });
  });

  test('is refused for a package that the feed lacks', async () => {
    await withOctopus(['root', 'space', 'package-absent'], ({ octopus }) =>
      expect(() => octopus.imports!.prepare(request(false), never)).toThrowCode('NOT_FOUND'),
    );
  });

  test.each(['ftp://x/', 'nonsense'])('refuses the callback %s', async (url) => {
    await withOctopus(['root', 'space', 'package-present'], async ({ octopus }) => {
      const prepared = await octopus.imports!.prepare({ source: acme, dryRun: false, options: {} }, never);
      const secrets = { password: new Secret('x'), successCallback: new Secret(url) };
      await expect(() => octopus.imports!.start(prepared, secrets, [], never)).toThrowCode('USAGE');
    });
  });
});

test.each([
  [{ overwriteExisting: true }, expect.stringContaining('overwrites what projects share')],
  [{}, expect.stringMatching(/^creates what is missing of what projects share, such as /u)],
])('a dry run with %p tells what it changes besides its plan', async (options: Options, unplanned) => {
  await withOctopus(['root', 'space', 'package-present'], async ({ octopus }) => {
    const prepared = await octopus.imports!.prepare({ source: acme, dryRun: true, options, projects: ['New'] }, never);
    expect(prepared.unplanned).toEqual(unplanned);
  });
});

describe('an import that overwrites', () => {
  const prepare = (projects: readonly string[], options: Options = { overwriteExisting: true }, dryRun = false) =>
    withOctopus(['root', 'space', 'package-present', 'projects'], async ({ octopus }) =>
      octopus.imports!.prepare({ source: acme, dryRun, options, projects }, never),
    );

  test('asks for a backup of the projects that the target has, whatever their case', async () => {
    const { backup, consent, notes } = await prepare(['web shop', 'New One']);
    expect(backup).toEqual({
      request: { projects: ['Web Shop', 'web shop '], options: {} },
      restoreWith: { overwriteExisting: true, deletePackageOnCompletion: true },
    });
    expect(consent).toBeUndefined();
    expect(notes.join()).toContain('the backup holds Web Shop');
  });

  test('says that there is no backup when the target has none of the projects', async () => {
    const { backup, notes } = await prepare(['New One']);
    expect(backup).toBeUndefined();
    expect(notes.join()).toContain('without a backup');
  });
});

test.each([
  ['that does not overwrite', {}, false],
  ['that is a dry run', { overwriteExisting: true }, true],
])('an import %s takes no backup', async (_, options: Options, dryRun) => {
  await withOctopus(['root', 'space', 'package-present'], async ({ octopus }) => {
    const request = { source: acme, dryRun, options, projects: ['Web Shop'] };
    const { backup, consent } = await octopus.imports!.prepare(request, never);
    expect([backup, consent]).toEqual([undefined, undefined]);
  });
});

test('a package of which nobody knows the content needs an answer before it overwrites', async () => {
  await withOctopus(['root', 'space', 'package-present'], async ({ octopus }) => {
    const { backup, consent } = await octopus.imports!.prepare(request(false), never);
    expect(backup).toBeUndefined();
    expect(consent).toContain('no backup');
  });
});

describe('find', () => {
  const prepared = { source: acme, dryRun: false, settled: {}, notes: [] };

  test('tells a dry run from an import', async () => {
    await withOctopus(['root', 'find-import'], async ({ octopus }) => {
      const id = await octopus.imports!.find(prepared, new Date(), never);
      expect(id).toBe('ServerTasks-77/Acme.Move@1.0.0-run7');
    });
  });

  test('reads the log when the arguments name the package but not whether it was a dry run', async () => {
    await withOctopus(['root', 'find-import-rehearsed'], async ({ octopus }) => {
      const id = await octopus.imports!.find(prepared, new Date(), never);
      expect(id).toBe('ServerTasks-77/Acme.Move@1.0.0-run7');
    });
  });

  test('fails with CONFLICT when two tasks fit', async () => {
    await withOctopus(['root', 'find-import-twice'], ({ octopus }) =>
      expect(() => octopus.imports!.find(prepared, new Date(), never)).toThrowCode('CONFLICT'),
    );
  });
});
