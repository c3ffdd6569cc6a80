import { MigratorError } from '../../../errors.ts';
import { headerMs, skewMs, withHint } from '../../shared/answers.ts';
import type { Server } from '../server.ts';
import { formatPath, type ProjectPath } from '../wire/paths.ts';
import type { Entry } from '../wire/schemas.ts';
import type { Asset } from './asset-plan.ts';
import { assetOf } from './destination.ts';
import { lookAt, type Place } from './look-up.ts';

/**
 * What has changed in a project since a time. The time is of this machine's clock, the changes have the server's times.
 */
export interface Changes {
  readonly place: Place;
  /** The project was created after that time. */
  readonly isNew: boolean;
  readonly changed: readonly Asset[];
  /** Nobody can tell: the server states no times, or does not state its own time and the times are too near. */
  readonly unclear: boolean;
  /** Milliseconds since the last change; since that time when nothing has changed. */
  readonly quietMs: number;
}

export async function changesSince(
  server: Server,
  path: ProjectPath,
  since: Date,
  signal: AbortSignal,
): Promise<Changes> {
  const { clock } = server.tools;
  const place = await lookAt(server, path, signal);
  const now = clock.now();
  const { serverTime } = place;
  const ahead = serverTime === undefined ? 0 : serverTime.getTime() - now.getTime();
  const from = since.getTime() + ahead - (serverTime === undefined ? 0 : headerMs);
  const near = serverTime === undefined ? from - skewMs : from;
  const assets = place.assets ?? [];
  const changed = assets.filter((entry) => timeOf(entry) >= from);
  const newest = Math.max(from, ...changed.map(timeOf));
  const isNew = Date.parse(place.project?.time_created ?? '') >= from;
  return {
    place,
    isNew,
    changed: changed.map(assetOf),
    unclear:
      place.project !== undefined &&
      changed.length === 0 &&
      !isNew &&
      (place.assets === undefined || assets.some((entry) => !(timeOf(entry) < near))),
    quietMs: now.getTime() + ahead - newest,
  };
}

/** Looks whether a call whose answer was lost has begun something. */
export const looked = (look: () => Promise<Changes>): Promise<Changes> =>
  withHint('look at the destination before you repeat it', look);

/** CONFLICT: the project does not show whether something was begun. */
export function untellable(what: string, path: ProjectPath): MigratorError {
  return new MigratorError('CONFLICT', `migrator cannot tell whether ${what} reached ${formatPath(path)}`, {
    hint: 'look at the project on the control plane; if it is as it was, start a new run with --fresh',
  });
}

function timeOf({ time_updated: updated, time_created: created }: Entry): number {
  return Date.parse(updated ?? created ?? '');
}
