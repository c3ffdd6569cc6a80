// Runs migrations, several at a time, one asset per step. A step is one transaction: it copies an asset and removes it
// from the list. So the next start continues a migration where it was when the process ended.
import { stackOf } from '../shared/error-members.ts';
import { copyAsset } from './asset-copy.ts';
import { migrationOf, putMigration, type Migration } from './migrations.ts';
import type { Plane } from './plane.ts';
import { reasonOf } from './refusal.ts';
import { findPlace, nodeById, pathSegments } from './tree.ts';

export interface MigrationEngine {
  /** Resolves when the migration has ended or the server stops. */
  run(token: string): Promise<void>;
  /** Continues the migrations that were running when the process ended. */
  recover(): void;
}

function fail(migration: Migration, id: string, name: string, type: string, status: number): Migration {
  const failure = { reason: reasonOf(status), snode_id: id, name, status_code: status, asset_type: type };
  return { ...migration, failed: [...migration.failed, failure] };
}

function step(plane: Plane, migration: Migration): Migration {
  const { store, faults } = plane;
  const [id = '', ...pending] = migration.pending;
  const next = { ...migration, pending };
  const source = nodeById(store, id);
  if (source === undefined) return fail(next, id, id, 'Unknown', 404);
  const { name, type } = source;
  const target = findPlace(store, pathSegments(migration.targetPath));
  if (target === undefined) return fail(next, id, name, type, 404);
  if (faults.take('asset-failures') !== undefined) return fail(next, id, name, type, 500);
  const copied = copyAsset(plane, source, target, migration.userId, new Set(migration.travelling));
  if (copied.status !== 200) return fail(next, id, name, type, copied.status);
  const { node, warnings } = copied;
  return {
    ...next,
    successful: [...next.successful, { snode_id: node.id, name, asset_type: type }],
    warnings: [...next.warnings, ...warnings.map((message) => ({ message, snode_id: node.id, name }))],
  };
}

function finished(migration: Migration): Migration {
  const { successful, failed } = migration;
  if (failed.length === 0 || successful.length > 0) return { ...migration, status: 'Completed' };
  return { ...migration, status: 'Failed', error: 'No asset could be migrated' };
}

export function createMigrationEngine(plane: Plane): MigrationEngine {
  const { store, faults } = plane;

  async function work(token: string): Promise<void> {
    for (;;) {
      const slow = faults.named('slow');
      await plane.pause(slow === undefined ? plane.pace : (slow.values['pace'] ?? plane.pace * 10));
      while (faults.named('stuck') !== undefined) await plane.pause(5);
      const over = store.atomically(() => {
        const migration = migrationOf(store, token);
        if (migration?.status !== 'Started') return true;
        if (faults.take('failed') !== undefined) {
          const all = migration.pending.reduce((one, id) => {
            const node = nodeById(store, id);
            return fail(one, id, node?.name ?? id, node?.type ?? 'Unknown', 500);
          }, migration);
          putMigration(store, { ...all, pending: [], status: 'Failed', error: 'The migration failed' });
          return true;
        }
        putMigration(store, migration.pending.length === 0 ? finished(migration) : step(plane, migration));
        return migration.pending.length === 0;
      });
      if (over) return;
    }
  }

  function abandon(token: string, error: unknown): void {
    plane.log(`migration ${token} failed: ${stackOf(error)}`);
    const migration = migrationOf(store, token);
    if (migration === undefined) return;
    putMigration(store, { ...migration, pending: [], status: 'Failed', error: 'Internal server error' });
  }

  const run = (token: string) => plane.background(work(token), (error) => abandon(token, error));

  return {
    run,
    recover() {
      for (const { id } of store.all('Migration')) {
        if (migrationOf(store, id)?.status === 'Started') void run(id);
      }
    },
  };
}
