import { isMigratorError } from '../../errors.ts';
import type { InstanceInfo } from '../../ports/adapter.ts';
import { isForbidden } from '../shared/answers.ts';
import { offersExportImport } from './export-import/export-import.ts';
import type { Root, Server } from './server.ts';

/**
 * What a run must know first: whether the URL answers, whether the key is accepted, and what state the server is in. The
 * root document is for everybody; the list of spaces is what needs the key.
 */
export async function probe(server: Server, url: string, signal: AbortSignal): Promise<InstanceInfo> {
  const root = await server.root(signal);
  const asked = [
    server.space(signal),
    readable(server.client.maintenance(root.links, signal)),
    systemOf(server, signal),
  ] as const;
  // Of several failures the first of this list is thrown.
  await Promise.allSettled(asked);
  const [space, maintenance, system] = await Promise.all(asked);
  const notes: string[] = [...space.notes];
  const other = await offersExportImport(server, signal);
  // Export/Import needs neither the right nor the mode.
  if (maintenance === undefined && !other) {
    notes.push('maintenance mode cannot be read; the account is probably not a system administrator');
  }
  if (space.isQueueStopped) {
    notes.push(`the task queue of space ${space.name ?? ''} is stopped, so no task that is queued there will start`);
  }
  const missing = missingLinks(root);
  if (isLinux(system) && !other) {
    notes.push(
      'the server runs on Linux, where the migration tasks are known to fail because Octopus.Migrator is missing',
    );
  }
  // Export/Import is offered everywhere today, and the choice of the way tells what speaks against the Migration API.
  if (!other) notes.push(...missing.map((action) => `this server offers no Migration API for ${action}`));

  return {
    product: 'octopus',
    version: root.resource.Version,
    url,
    mode: maintenance === true ? 'maintenance' : 'normal',
    rights: [...rights(root), ...(other ? [exportImport] : [])],
    notes,
  };
}

const isLinux = (system: string | undefined): boolean =>
  system !== undefined && /linux|ubuntu|debian|alpine|unix/i.test(system);

/** Whether the server says that it runs on Linux. False when it does not say what it runs on. */
export async function runsOnLinux(server: Server, signal: AbortSignal): Promise<boolean> {
  return isLinux(await systemOf(server, signal));
}

/** What a server runs on. Each is asked once. */
const systems = new WeakMap<Server, Promise<string | undefined>>();

function systemOf(server: Server, signal: AbortSignal): Promise<string | undefined> {
  const known = systems.get(server) ?? readable(server.client.operatingSystem(signal));
  systems.set(server, known);
  known.catch(() => systems.delete(server));
  return known;
}

/** The mode alone. */
export async function modeOf(server: Server, signal: AbortSignal): Promise<InstanceInfo['mode']> {
  const { links } = await server.root(signal);
  return (await readable(server.client.maintenance(links, signal))) === true ? 'maintenance' : 'normal';
}

export async function accountOf(server: Server, signal: AbortSignal): Promise<string> {
  const { links } = await server.root(signal);
  const user = await server.client.currentUser(links, signal);
  return user.DisplayName ?? user.Username ?? 'unknown';
}

/** The migrations that a server does not offer, by its root document. */
export function missingLinks(root: Root): ('export' | 'import')[] {
  return [
    ...(root.links.has('migrationspartialexport') ? [] : ['export' as const]),
    ...(root.links.has('migrationsimport') ? [] : ['import' as const]),
  ];
}

const exportImport = { action: 'Export/Import', allowed: undefined, detail: 'needs a Space Manager of the space' };

function rights(root: Root): InstanceInfo['rights'] {
  const missing = missingLinks(root);
  // What the server does not offer, no account may be blamed for.
  const offered = (['export', 'import'] as const).filter((action) => !missing.includes(action));
  return [
    ...offered.map((action) => ({ action, allowed: undefined, detail: 'needs AdministerSystem' })),
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
