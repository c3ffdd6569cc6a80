import { Refusal } from '../shared/answering.ts';
import { asText, type Json } from '../shared/json.ts';
import { checkName, isAssetType, pathSegments, type AssetType } from './tree.ts';

export interface MigrateRequest {
  /** The names of the target: org, project space, project. */
  readonly target: readonly string[];
  readonly types: readonly AssetType[] | undefined;
  readonly duplicateCheck: boolean;
  readonly async: boolean;
}

/** A flag. Documents of 2021 and before write flags as texts, and scripts in Python send `True`. */
function flag(body: Json, name: string, otherwise: boolean): boolean {
  const value = body[name];
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'boolean') return value;
  const word = asText(value).toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw new Refusal(400, `${name} must be true or false`);
}

export function readTypes(value: unknown): readonly AssetType[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length === 0) throw new Refusal(400, 'asset_types must be a list of asset types');
  return value.map((one: unknown) => {
    if (isAssetType(one)) return one;
    throw new Refusal(400, `${String(one)} is not a valid asset type`);
  });
}

export function readProjectPath(value: unknown, name: string): readonly string[] {
  if (typeof value !== 'string' || value === '') throw new Refusal(400, `${name} is required`);
  const segments = pathSegments(value);
  if (segments.length !== 3) throw new Refusal(400, `${name} must name a project: /org/project_space/project`);
  segments.forEach(checkName);
  return segments;
}

/**
 * Reads a migrate request. 400 for what is missing, of a wrong type, or not a project. `async` was once `async_mode`.
 */
export function readMigrateRequest(body: Json): MigrateRequest {
  return {
    target: readProjectPath(body['dest_path'], 'dest_path'),
    types: readTypes(body['asset_types']),
    duplicateCheck: flag(body, 'duplicate_check', true),
    async: flag(body, 'async', flag(body, 'async_mode', true)),
  };
}
