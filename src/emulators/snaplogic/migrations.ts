import { randomUUID } from 'node:crypto';
import { asObjects, asText, asTexts, type Json } from '../shared/json.ts';
import type { Store } from '../shared/store.ts';
import { isAssetType, type AssetType } from './tree.ts';

interface Moved {
  readonly snode_id: string;
  readonly name: string;
  readonly asset_type: string;
}

interface NotMoved extends Moved {
  readonly reason: string;
  readonly status_code: number;
}

interface Warned {
  readonly message: string;
  readonly snode_id: string;
  readonly name: string;
}

/** A migration as it is stored, while it runs and after its end. */
export interface Migration {
  readonly token: string;
  readonly status: 'Started' | 'Completed' | 'Failed';
  readonly userId: string;
  readonly sourcePath: string;
  readonly targetPath: string;
  readonly createTime: string;
  /** Undefined when the caller did not choose one. */
  readonly types: readonly AssetType[] | undefined;
  /** Snode ids that are still to be copied, in order. */
  readonly pending: readonly string[];
  /** The names of the pipelines that are copied too, for the tasks that run them. */
  readonly travelling: readonly string[];
  readonly successful: readonly Moved[];
  readonly failed: readonly NotMoved[];
  readonly warnings: readonly Warned[];
  /** Why the whole migration failed. */
  readonly error: string | undefined;
}

/** The types that the service lists when the caller gave none. */
const everyType = [
  ...['Pipeline', 'Job', 'Account', 'File', 'Policy', 'Flows'],
  ...['ApiService', 'ApiServiceVersion', 'ApiServiceVersionEndpoint', 'PolicyGroup'],
];

export const newToken = (): string => randomUUID();

export function putMigration(store: Store, migration: Migration): Migration {
  const body = migration as unknown as Json;
  store.put({ kind: 'Migration', id: migration.token, container: undefined, name: migration.token, body });
  return migration;
}

export function migrationOf(store: Store, token: string): Migration | undefined {
  const body = store.get('Migration', token)?.body;
  if (body === undefined) return undefined;
  const status = body['status'];
  return {
    token,
    status: status === 'Completed' || status === 'Failed' ? status : 'Started',
    userId: asText(body['userId']),
    sourcePath: asText(body['sourcePath']),
    targetPath: asText(body['targetPath']),
    createTime: asText(body['createTime']),
    types: body['types'] === undefined ? undefined : asTexts(body['types']).filter(isAssetType),
    pending: asTexts(body['pending']),
    travelling: asTexts(body['travelling']),
    successful: asObjects(body['successful']) as unknown as readonly Moved[],
    failed: asObjects(body['failed']) as unknown as readonly NotMoved[],
    warnings: asObjects(body['warnings']) as unknown as readonly Warned[],
    error: typeof body['error'] === 'string' ? body['error'] : undefined,
  };
}

/** The document with which the status calls answer. */
export const statusDocument = (migration: Migration): Json => ({
  status_token: migration.token,
  status: migration.status,
  user_id: migration.userId,
  src_path: migration.sourcePath,
  dest_path: migration.targetPath,
  create_time: migration.createTime,
  asset_types: migration.types ?? everyType,
  asset_paths: null,
  successful: migration.successful,
  failed: migration.failed,
  warnings: migration.warnings,
  ...(migration.error === undefined ? {} : { error_list: [{ message: migration.error }] }),
});
