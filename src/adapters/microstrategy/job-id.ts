import { MigratorError } from '../../errors.ts';

/** The part of a migration that is watched. Without a mark the record decides. */
export type Mark = 'export' | 'dry-run' | 'request-only' | 'undo';

/**
 * `<package>:<import>[/mark][@peer]`: the id of the migration, the part that is watched, and the instance at the other
 * end. With them the handle alone is enough to go on from any machine.
 */
export interface MigrationJob {
  /** The id of the record on both Libraries. */
  readonly migration: string;
  readonly packageId: string;
  readonly mark: Mark | undefined;
  readonly peer: string | undefined;
}

const marks: readonly Mark[] = ['export', 'dry-run', 'request-only', 'undo'];

export function formatJobId(migration: string, mark: Mark | undefined, peer?: string): string {
  return `${migration}${mark === undefined ? '' : `/${mark}`}${peer === undefined ? '' : `@${peer}`}`;
}

/** NOT_FOUND when it cannot be the id of a migration. */
export function parseJobId(id: string): MigrationJob {
  const pattern = /^([0-9A-Fa-f]{32}):([0-9A-Fa-f]{32})(?:\/([a-z-]+))?(?:@([A-Za-z0-9][\w.-]*))?$/;
  const [, packageId, importId, word, peer] = pattern.exec(id.trim()) ?? [];
  const mark = marks.find((known) => known === word);
  if (packageId === undefined || importId === undefined || (word !== undefined && mark === undefined)) {
    throw new MigratorError('NOT_FOUND', `${id} is not the id of a MicroStrategy migration`, {
      hint: 'ids look like <package>:<import>, two times 32 hex digits; "migrator job list" prints them',
    });
  }
  return { migration: `${packageId}:${importId}`, packageId, mark, peer };
}
