import { MigratorError } from '../../../errors.ts';
import type { Backup } from '../../../ports/importer.ts';
import type { Options } from '../../../ports/options.ts';
import type { PlanItem } from '../../../ports/plan.ts';
import { isForbidden } from '../../shared/answers.ts';
import { flagOf, textOf } from '../../shared/option-values.ts';
import { whoAmI, type Server } from '../server.ts';
import { formatPath, parsePath, samePath, type ProjectPath } from '../wire/paths.ts';
import type { Entry } from '../wire/schemas.ts';
import type { Asset } from './asset-plan.ts';
import { overwriteTypes } from './asset-types.ts';
import { lookAt, type Place } from './look-up.ts';
import { spelledLike } from './select-projects.ts';

/** Where a project goes and what is there. */
export interface Destination {
  readonly path: ProjectPath;
  /** The project space is missing, and will be created. */
  readonly createSpace: boolean;
  /** Undefined when the caller may not look. */
  readonly exists: boolean | undefined;
  /** Undefined when the caller may not look. */
  readonly assets: readonly Asset[] | undefined;
  /** Whether the account that looked may write there; undefined when no list says. */
  readonly writable: boolean | undefined;
  readonly notes: readonly string[];
}

/** The path of --dest-path, else the same space and project in the target's org. USAGE when neither is known. */
export function destinationPath(
  options: Options,
  source: ProjectPath | 'empty' | undefined,
  org: string | undefined,
): ProjectPath {
  const text = textOf(options, 'destPath');
  if (text !== undefined) return parsePath(text, '--dest-path');
  if (source === 'empty') {
    throw new MigratorError('USAGE', 'the project is empty, and the export of an empty project names no path', {
      hint: 'say where it goes: --dest-path /org/space/project',
    });
  }
  if (source !== undefined && org !== undefined) return { ...source, org };
  throw new MigratorError('USAGE', 'the destination of the project is not known', {
    hint: 'give --dest-path /org/space/project, or set `org` of the target instance',
  });
}

/**
 * Looks at the destination. A project whose names are composed of other code points is the one that is meant: a second
 * one would look the same. NOT_FOUND when the org or the space is missing; AUTH_REFUSED when the caller is no member of the
 * org.
 */
export async function destinationAt(
  server: Server,
  wanted: ProjectPath,
  options: Options,
  signal: AbortSignal,
): Promise<Destination> {
  const asked = await looked(server, wanted, signal);
  const path = asked?.project === undefined ? await spelledLike(server, wanted, signal) : wanted;
  const place = samePath(path, wanted) ? asked : await looked(server, path, signal);
  const createSpace = flagOf(options, 'createSpace');
  if (place === undefined) {
    const note = `${formatPath(path)} may not be listed by this account, so migrator cannot tell beforehand what it holds`;
    return { path, createSpace: false, exists: undefined, assets: undefined, writable: undefined, notes: [note] };
  }
  if (!place.org) {
    throw new MigratorError(
      'NOT_FOUND',
      `the destination's org ${path.org} does not exist on ${server.connection.name}, or this account does not see it`,
      {
        hint: 'names are case-sensitive; the control plane must be the one that holds the org',
        details: { missing: [`/${path.org}`] },
      },
    );
  }
  if (!place.space && !createSpace) {
    throw new MigratorError(
      'NOT_FOUND',
      `the destination's project space /${path.org}/${path.space} does not exist on ${server.connection.name}`,
      {
        hint:
          place.nearest?.byCase !== true
            ? 'make it with --create-space'
            : `names are case-sensitive: there is ${place.nearest.name}; --create-space makes another one`,
        details: { missing: [`/${path.org}/${path.space}`] },
      },
    );
  }
  const exists = place.project !== undefined;
  return {
    path,
    createSpace: !place.space,
    exists,
    assets: place.assets?.map(assetOf),
    writable: place.perms?.includes('W'),
    notes: [
      ...(place.space ? [] : [`the project space /${path.org}/${path.space} is made first`]),
      ...(!exists && place.nearest?.byCase === true && place.space
        ? [`there is a project ${place.nearest.name} beside ${path.project}: names are case-sensitive`]
        : []),
      ...(place.assets === undefined ? [`${formatPath(path)} may not be listed by this account`] : []),
    ],
  };
}

/** Undefined when the caller is a member of the org and still may not look there. */
async function looked(server: Server, path: ProjectPath, signal: AbortSignal): Promise<Place | undefined> {
  try {
    return await lookAt(server, path, signal);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    const user = await whoAmI(server, signal);
    if (user === undefined || user.organizations.some(({ name }) => name === path.org)) return undefined;
    throw new MigratorError('AUTH_REFUSED', `${user.email ?? 'this account'} is not a member of the org ${path.org}`, {
      hint: 'a migration needs write access to the target org',
      details: { status: 403 },
      cause: error,
    });
  }
}

/** The export of the destination that is taken before it is overwritten. It does not hold policies. */
export function backupOf(path: ProjectPath): Backup {
  const destPath = formatPath(path);
  return {
    request: { projects: [destPath], options: { ignoreSizeLimit: true } },
    restoreWith: { destPath, onDuplicate: 'overwrite', overwriteType: [...overwriteTypes] },
  };
}

/**
 * The one line of the plan when nothing goes into a project that is made. Only the list of its project space shows that
 * it is there.
 */
export function emptyProject({ path, exists }: Destination, coming: readonly Asset[]): readonly PlanItem[] {
  return exists === false && coming.length === 0 ? [{ kind: emptyKind, name: formatPath(path), action: 'create' }] : [];
}

/** The kind of a project in a listing whose scope says that it is made empty. */
export const emptyKind = 'empty project';

/** What `backupOf` cannot bring back. */
export function unsavedNotes(plan: readonly PlanItem[] | undefined): readonly string[] {
  const lost = (plan ?? []).filter(({ kind, action }) => kind === 'Policy' && action === 'overwrite');
  if (lost.length === 0) return [];
  return [`policies are not exported, so no backup holds them: ${lost.map(({ name }) => name).join(', ')}`];
}

/** CONFLICT: a project of that name exists, and no option says what happens to it. */
export function alreadyThere(path: ProjectPath, hint: string): MigratorError {
  return new MigratorError('CONFLICT', `${formatPath(path)} exists already`, {
    hint,
    details: { existing: [formatPath(path)] },
  });
}

/** Snaplexes and folders are in a project, but are no assets and stay where they are. */
export function isMovable({ asset_type: type }: Entry): boolean {
  return type === undefined || !/^(dir|plex)$/iu.test(type);
}

export function assetOf({ asset_type: type, name }: Entry): Asset {
  return { type: type ?? 'Asset', name };
}
