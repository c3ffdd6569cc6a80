import { MigratorError } from '../errors.ts';
import { noRedis, ofCluster } from './faults.ts';

/** The oldest release of Redis that BullMQ supports. */
const oldest = [6, 2] as const;

const volatileHint = 'or allow a server that may forget with --volatile-queue';

/**
 * Checks what a server says of itself (INFO), because servers of a cloud forbid CONFIG. CONFIG_INVALID when it is too old,
 * a replica or part of a cluster, and, unless `volatile`, when it may lose what it was given.
 */
export function checkServer(info: string, where: string, volatile: boolean): void {
  const said = new Map(
    info.split(/\r?\n/u).flatMap((line): [string, string][] => {
      const [, name, value] = /^([a-z_0-9]+):(.*)$/u.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
  const refuse = (text: string, hint: string): never => {
    throw new MigratorError('CONFIG_INVALID', text, { hint, details: { server: where } });
  };
  const version = said.get('redis_version');
  if (version === undefined) {
    const [code, text, hint] = noRedis(where);
    throw new MigratorError(code, text, { hint, details: { server: where } });
  }
  // Valkey is as new as its first release, and names an old release of Redis for old clients.
  const isValkey = said.get('server_name') === 'valkey' || said.has('valkey_version');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (!isValkey && (major < oldest[0] || (major === oldest[0] && minor < oldest[1])))
    refuse(`Redis at ${where} has the version ${version}`, `use Redis ${oldest.join('.')} or newer, or Valkey`);
  if (said.get('cluster_enabled') === '1') {
    const [, text, hint] = ofCluster(where);
    refuse(text, hint);
  }
  const role = said.get('role');
  if (role !== undefined && role !== 'master')
    refuse(`Redis at ${where} is a replica, which takes no writes`, 'give the address of its primary');
  if (volatile) return;
  if (said.get('aof_enabled') !== '1')
    refuse(
      `Redis at ${where} keeps no append-only file: when it stops, it loses which jobs were started, and they may be started twice`,
      `set "appendonly yes" there, ${volatileHint}`,
    );
  const policy = said.get('maxmemory_policy');
  if (policy !== 'noeviction')
    refuse(
      `Redis at ${where} drops keys when its memory is full (maxmemory-policy ${policy ?? 'unknown'}): it loses which jobs were started, and they may be started twice`,
      `set "maxmemory-policy noeviction" there, ${volatileHint}`,
    );
}
