import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { configDirectory, stateDirectory } from '../../../../src/cli/state/directories.ts';

const place = (platform: NodeJS.Platform, env: Readonly<Record<string, string>> = {}) => ({
  platform,
  env,
  home: '/home/me',
  cwd: '/project',
});

describe('directories', () => {
  test.each([
    ['linux', {}, '.config/migrator', '.local/state/migrator'],
    ['darwin', {}, 'Library/Application Support/migrator', 'Library/Application Support/migrator'],
    ['win32', {}, 'AppData/Roaming/migrator', 'AppData/Local/migrator'],
  ] as const)('are the usual folders of the platform %s', (platform, env, config, state) => {
    expect(configDirectory(place(platform, env))).toBe(join('/home/me', config));
    expect(stateDirectory(place(platform, env))).toBe(join('/home/me', state));
  });

  test('follow the variables of the platform, but ignore relative paths in them', () => {
    const env = { XDG_CONFIG_HOME: '/x/config', XDG_STATE_HOME: 'relative', APPDATA: 'C:\\Roaming', LOCALAPPDATA: '' };
    expect(configDirectory(place('linux', env))).toBe(join('/x/config', 'migrator'));
    expect(configDirectory(place('darwin', env))).toBe(join('/x/config', 'migrator'));
    expect(stateDirectory(place('linux', env))).toBe(join('/home/me', '.local/state/migrator'));
    expect(configDirectory(place('win32', env))).toBe(join('C:\\Roaming', 'migrator'));
    expect(stateDirectory(place('win32', env))).toBe(join('/home/me', 'AppData/Local/migrator'));
  });

  test('follow our own variables before those of the platform', () => {
    const env = { MIGRATOR_CONFIG_DIR: 'conf', MIGRATOR_STATE_DIR: '/state', XDG_CONFIG_HOME: '/x' };
    expect(configDirectory(place('linux', env))).toBe(join('/project', 'conf'));
    expect(stateDirectory(place('win32', env))).toBe(join('/state'));
  });
});
