// Runs migrations, several at a time, one asset per step. A step is one transaction: it copies an asset and counts it as
// handled. So the next start continues a migration where it was when the process ended.
import { stackOf } from '../shared/error-members.ts';
import type { Store } from '../shared/store.ts';
import { copyAsset } from './asset-copy.ts';
import {
  addOutcomes,
  cargoOf,
  migrationOf,
  outcomesOf,
  putMigration,
  type Migration,
  type Outcomes,
} from './migrations.ts';
import type { Plane } from './plane.ts';
import { reasonOf } from './refusal.ts';
import { findPlace, nodeById, pathSegments } from './tree.ts';

/** A migration pauses at most so many times, so a large one takes little longer than its work. */
const mostPauses = 500;

export interface MigrationEngine {
  /** Resolves when the migration has ended or the server stops. */
  run(token: string): Promise<void>;
  /** Continues the migrations that were running when the process ended. */
  recover(): void;
}

function failure(id: string, name: string, type: string, status: number): Partial<Outcomes> {
  return { failed: [{ reason: reasonOf(status), snode_id: id, name, status_code: status, asset_type: type }] };
}

function copied(plane: Plane, { targetPath, userId }: Migration, id: string, travelling: ReadonlySet<string>) {
  const { store, faults } = plane;
  const source = nodeById(store, id);
  if (source === undefined) return failure(id, id, 'Unknown', 404);
  const { name, type } = source;
  const target = findPlace(store, pathSegments(targetPath));
  if (target === undefined) return failure(id, name, type, 404);
  if (faults.take('asset-failures') !== undefined) return failure(id, name, type, 500);
  const copy = copyAsset(plane, source, target, userId, travelling);
  if (copy.status !== 200) return failure(id, name, type, copy.status);
  const { node, warnings } = copy;
  return {
    successful: [{ snode_id: node.id, name, asset_type: type }],
    warnings: warnings.map((message) => ({ message, snode_id: node.id, name })),
  };
}

function finished(store: Store, migration: Migration): Migration {
  const { successful, failed } = outcomesOf(store, migration.token);
  if (failed.length === 0 || successful.length > 0) return { ...migration, status: 'Completed' };
  return { ...migration, status: 'Failed', error: 'No asset could be migrated' };
}

export function createMigrationEngine(plane: Plane): MigrationEngine {
  const { store, faults } = plane;

  async function work(token: string): Promise<void> {
    const { assets, travelling } = cargoOf(store, token);
    const pipelines = new Set(travelling);
    const stride = Math.max(1, Math.ceil(assets.length / mostPauses));
    let step = 0;
    for (;;) {
      const slow = faults.named('slow');
      if (slow !== undefined) await plane.pause(slow.values['pace'] ?? plane.pace * 10);
      else if (step++ % stride === 0) await plane.pause(plane.pace);
      while (faults.named('stuck') !== undefined) await plane.pause(5);
      const over = store.atomically(() => {
        const migration = migrationOf(store, token);
        if (migration?.status !== 'Started') return true;
        const { handled } = migration;
        if (faults.take('failed') !== undefined) {
          for (const id of assets.slice(handled)) {
            const node = nodeById(store, id);
            addOutcomes(store, token, failure(id, node?.name ?? id, node?.type ?? 'Unknown', 500));
          }
          putMigration(store, {
            ...migration,
            handled: assets.length,
            status: 'Failed',
            error: 'The migration failed',
          });
          return true;
        }
        const id = assets[handled];
        if (id === undefined) {
          putMigration(store, finished(store, migration));
          return true;
        }
        addOutcomes(store, token, copied(plane, migration, id, pipelines));
        putMigration(store, { ...migration, handled: handled + 1 });
        return false;
      });
      if (over) return;
    }
  }

  function abandon(token: string, error: unknown): void {
    plane.log(`migration ${token} failed: ${stackOf(error)}`);
    const migration = migrationOf(store, token);
    if (migration === undefined) return;
    putMigration(store, { ...migration, status: 'Failed', error: 'Internal server error' });
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
