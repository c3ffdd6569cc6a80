import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { embeddedOptions } from '../../../../src/cli/servers/embedded.ts';

const split = (settings: Readonly<Record<string, unknown>>) =>
  embeddedOptions(
    { name: 'lab', product: 'octopus', url: 'embedded:./lab', settings },
    { directory: '/rc', secretSettings: ['apiKey'] },
  );

describe('embeddedOptions', () => {
  test('separates the options of the emulator from the settings of the adapter, and drops the API key', () => {
    const settings = { space: 'Default', sample: 'target', version: '2024.1', pace: '200ms', apiKey: 'env:IGNORED' };
    expect(split(settings)).toEqual({
      options: { sample: 'target', version: '2024.1', pace: 200 },
      settings: { space: 'Default' },
    });
  });

  test('resolves a shared folder relative to the rc file', () => {
    expect(split({ storage: './shared' }).options.storage).toBe(resolve('/rc', 'shared'));
  });

  test('leaves out settings that are not given', () => {
    expect(split({})).toEqual({ options: {}, settings: {} });
    expect(split({ sample: false, pace: 5 }).options).toEqual({ sample: false, pace: 5 });
    expect(split({ flavor: 'linux' })).toEqual({ options: { flavor: 'linux' }, settings: {} });
  });

  test.each([
    [{ sample: 'everything' }, 'instances.lab.sample'],
    [{ sample: true }, 'instances.lab.sample'],
    [{ version: 2024.1 }, 'instances.lab.version'],
    [{ flavor: 'mainframe' }, 'instances.lab.flavor'],
    [{ storage: 5 }, 'instances.lab.storage'],
    [{ pace: 'slow' }, 'instances.lab.pace'],
    [{ pace: [1] }, 'instances.lab.pace'],
  ])('%j is CONFIG_INVALID and named', async (settings, path) => {
    await expect(() => split(settings)).toThrowCode('CONFIG_INVALID');
    expect(() => split(settings)).toThrow(path);
  });
});
