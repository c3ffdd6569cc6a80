import { join, posix, resolve, win32 } from 'node:path';
import type { IO } from '../terminal/io.ts';

type Place = Pick<IO, 'env' | 'home' | 'platform' | 'cwd'>;

/** The XDG base directory rules say that a relative path must be ignored. */
function absolute(value: string | undefined, platform: NodeJS.Platform): string | undefined {
  if (value === undefined || value === '') return undefined;
  return (platform === 'win32' ? win32 : posix).isAbsolute(value) ? value : undefined;
}

/** The folder for configuration and keys: MIGRATOR_CONFIG_DIR, or the usual folder of the platform. */
export function configDirectory({ env, home, platform, cwd }: Place): string {
  const named = env['MIGRATOR_CONFIG_DIR'];
  if (named !== undefined && named !== '') return resolve(cwd, named);
  if (platform === 'win32') {
    return join(absolute(env['APPDATA'], platform) ?? join(home, 'AppData', 'Roaming'), 'migrator');
  }
  const xdg = absolute(env['XDG_CONFIG_HOME'], platform);
  if (xdg !== undefined) return join(xdg, 'migrator');
  return platform === 'darwin'
    ? join(home, 'Library', 'Application Support', 'migrator')
    : join(home, '.config', 'migrator');
}

/** The folder for the journal and staged packages: MIGRATOR_STATE_DIR, or the usual folder of the platform. */
export function stateDirectory({ env, home, platform, cwd }: Place): string {
  const named = env['MIGRATOR_STATE_DIR'];
  if (named !== undefined && named !== '') return resolve(cwd, named);
  if (platform === 'win32') {
    return join(absolute(env['LOCALAPPDATA'], platform) ?? join(home, 'AppData', 'Local'), 'migrator');
  }
  const xdg = absolute(env['XDG_STATE_HOME'], platform);
  if (xdg !== undefined) return join(xdg, 'migrator');
  return platform === 'darwin'
    ? join(home, 'Library', 'Application Support', 'migrator')
    : join(home, '.local', 'state', 'migrator');
}
