import { describe, expect, test } from '@jest/globals';
import { adapterModules, type Product } from '../../../src/adapters/index.ts';
import type { AdapterModule } from '../../../src/ports/adapter.ts';
import type { OptionRequest, Options } from '../../../src/ports/options.ts';

async function asked(
  product: Product,
  options: Options,
  projects: readonly string[] = ['Shop'],
): Promise<OptionRequest> {
  const module: AdapterModule = await adapterModules[product]();
  if (module.request === undefined) throw new Error(`${product} reads no options`);
  return module.request({ verb: 'migrate-project', projects, options, secrets: [] });
}

describe('a move', () => {
  test.each<[Product, Options, Options, Options]>([
    [
      'octopus',
      { ignoreMachines: true, overwriteExisting: true },
      { ignoreMachines: true },
      { overwriteExisting: true },
    ],
    ['enms', { privateProperties: true, skipPoolUpdate: true }, { privateProperties: true }, { skipPoolUpdate: true }],
    ['snaplogic', { destPath: '/a/b/c', sync: true }, { sync: true }, { destPath: '/a/b/c', sync: true }],
    [
      'microstrategy',
      { includeDependents: true, targetProject: 'Tutorial', requestOnly: true },
      { includeDependents: true, requestOnly: true },
      { targetProject: 'Tutorial', requestOnly: true },
    ],
  ])(
    'of %s gives each half the options that it knows, and both what only a move has',
    async (product, options, exportOptions, importOptions) => {
      expect(await asked(product, options)).toMatchObject({ exportOptions, importOptions });
    },
  );
});

describe('a request', () => {
  test.each<[Product, Options, keyof OptionRequest]>([
    ['octopus', { overwriteExisting: true }, 'overwrites'],
    ['enms', { emptyDatabaseBeforeImport: true }, 'overwrites'],
    ['enms', { replace: true }, 'overwrites'],
    ['enms', { topology: true }, 'raw'],
    ['snaplogic', { noDuplicateCheck: true }, 'overwrites'],
    ['snaplogic', { destPath: '/a/b/c' }, 'sameInstance'],
    ['microstrategy', { requestOnly: true }, 'untilApproval'],
  ])('of %s says that %j means %s', async (product, options, meaning) => {
    expect((await asked(product, options))[meaning]).toBe(true);
    expect((await asked(product, {}))[meaning] ?? false).toBe(false);
  });

  test('of SnapLogic refuses one destination for several projects', async () => {
    await expect(asked('snaplogic', { destPath: '/a/b/c' }, ['One', 'Two'])).rejects.toMatchObject({
      code: 'USAGE',
      message: '--dest-path works for one project, but 2 are named',
    });
  });
});
