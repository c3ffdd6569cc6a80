import { isMigratorError } from '../../errors.ts';
import type { InstanceInfo } from '../../ports/adapter.ts';
import { isForbidden } from '../shared/answers.ts';
import type { Root, Server } from './server.ts';

/**
 * What a run must know first: whether the URL answers, whether the key is accepted, and what state the server is in.
 */
export async function probe(server: Server, url: string, signal: AbortSignal): Promise<InstanceInfo> {
  const { client } = server;
  const root = await server.root(signal, 'fresh');
  const { resource, links } = root;
  const user = await client.currentUser(links, signal);
  const space = await server.space(signal);
  const notes: string[] = [...space.notes];

  const maintenance = await readable(client.maintenance(links, signal));
  if (maintenance === undefined) {
    notes.push('maintenance mode cannot be read; the account is probably no system administrator');
  } else if (maintenance) {
    notes.push('the server is in maintenance mode');
  }
  if (space.id !== undefined) {
    const fresh = await readable(client.space(links, space.id, signal));
    if (fresh?.TaskQueueStopped === true) {
      notes.push(`the task queue of space ${fresh.Name} is stopped, so no task that is queued there will start`);
    }
  }
  const system = await readable(client.operatingSystem(signal));
  if (system !== undefined && /linux|ubuntu|debian|alpine|unix/i.test(system)) {
    notes.push(
      'the server runs on Linux, where the migration tasks are known to fail because Octopus.Migrator is missing',
    );
  }
  notes.push(...missingLinks(root).map((action) => `this server offers no Migration API for ${action}`));

  return {
    product: 'octopus',
    version: resource.Version,
    url,
    account: user.DisplayName ?? user.Username ?? 'unknown',
    mode: maintenance === true ? 'maintenance' : 'normal',
    rights: rights(root),
    notes,
  };
}

/** The migrations that a server does not offer, by its root document. */
export function missingLinks(root: Root): ('export' | 'import')[] {
  return [
    ...(root.links.has('migrationspartialexport') ? [] : ['export' as const]),
    ...(root.links.has('migrationsimport') ? [] : ['import' as const]),
  ];
}

function rights(root: Root): InstanceInfo['rights'] {
  const missing = missingLinks(root);
  const migration = (action: 'export' | 'import') => ({
    action,
    allowed: missing.includes(action) ? false : undefined,
    detail: missing.includes(action) ? 'not offered by this server' : 'needs AdministerSystem',
  });
  return [
    migration('export'),
    migration('import'),
    { action: 'upload packages', allowed: undefined, detail: 'needs BuiltInFeedPush' },
    { action: 'download packages', allowed: undefined, detail: 'needs BuiltInFeedDownload' },
    { action: 'delete or replace packages', allowed: undefined, detail: 'needs BuiltInFeedAdminister' },
  ];
}

/** Undefined when this account may not read it, or this version does not have it. Other failures stay failures. */
async function readable<Value>(value: Promise<Value>): Promise<Value | undefined> {
  try {
    return await value;
  } catch (error) {
    if (isMigratorError(error, 'NOT_FOUND') || isForbidden(error)) return undefined;
    throw error;
  }
}
