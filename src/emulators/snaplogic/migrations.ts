import { randomUUID } from 'node:crypto';
import { asText, asTexts, type Json } from '../shared/json.ts';
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

/**
 * A migration as it is stored, while it runs and after its end. Its assets and what became of them are stored beside it,
 * so that a step writes as much for ten thousand assets as for ten.
 */
export interface Migration {
  readonly token: string;
  readonly status: 'Started' | 'Completed' | 'Failed';
  readonly userId: string;
  readonly sourcePath: string;
  readonly targetPath: string;
  readonly createTime: string;
  /** Undefined when the caller did not choose one. */
  readonly types: readonly AssetType[] | undefined;
  /** How many of its assets were handled. */
  readonly handled: number;
  /** Why the whole migration failed. */
  readonly error: string | undefined;
}

/** What a migration has to do. It is written once. */
export interface Cargo {
  /** Snode ids, in the order in which they are copied. */
  readonly assets: readonly string[];
  /** The names of the pipelines that are copied too, for the tasks that run them. */
  readonly travelling: readonly string[];
}

/** What became of the assets that were handled. */
export interface Outcomes {
  readonly successful: readonly Moved[];
  readonly failed: readonly NotMoved[];
  readonly warnings: readonly Warned[];
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
    handled: Number(body['handled']),
    error: typeof body['error'] === 'string' ? body['error'] : undefined,
  };
}

export function load(store: Store, token: string, cargo: Cargo): void {
  const body = cargo as unknown as Json;
  store.put({ kind: 'Cargo', id: token, container: undefined, name: token, body });
}

export function cargoOf(store: Store, token: string): Cargo {
  const body = store.get('Cargo', token)?.body ?? {};
  return { assets: asTexts(body['assets']), travelling: asTexts(body['travelling']) };
}

export function addOutcomes(store: Store, token: string, outcomes: Partial<Outcomes>): void {
  store.append(outcomesIn(token), outcomes);
}

export function outcomesOf(store: Store, token: string): Outcomes {
  const parts = store.lines(outcomesIn(token)) as readonly Partial<Outcomes>[];
  return {
    successful: parts.flatMap(({ successful = [] }) => successful),
    failed: parts.flatMap(({ failed = [] }) => failed),
    warnings: parts.flatMap(({ warnings = [] }) => warnings),
  };
}

const outcomesIn = (token: string): string => `outcomes:${token}`;

/** The document with which the status calls answer. */
export const statusDocument = (store: Store, migration: Migration): Json => ({
  status_token: migration.token,
  status: migration.status,
  user_id: migration.userId,
  src_path: migration.sourcePath,
  dest_path: migration.targetPath,
  create_time: migration.createTime,
  asset_types: migration.types ?? everyType,
  asset_paths: null,
  ...outcomesOf(store, migration.token),
  ...(migration.error === undefined ? {} : { error_list: [{ message: migration.error }] }),
});
