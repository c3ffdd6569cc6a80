import { createHash } from 'node:crypto';
import type { Json } from '../../../ports/journal.ts';
import type { Server } from '../server.ts';
import { segmentsOf, type ProjectPath } from '../wire/paths.ts';
import type { Entry, StoredAsset } from '../wire/schemas.ts';
import { carried, carriedFields, isMember } from './carried-fields.ts';

/** The names in a project by which ids and accounts are told. */
export interface Names {
  /** The pipelines of the project by their snode ids. */
  readonly pipelines: ReadonlyMap<string, string>;
  /** New names of accounts. */
  readonly renames: ReadonlyMap<string, string>;
}

/** What a migration carries of one asset. One request. */
export async function readAsset(
  { client }: Server,
  path: ProjectPath,
  { name, snode_id: id, asset_type: type }: Entry,
  names: Names,
  signal: AbortSignal,
): Promise<Readonly<Record<string, Json>>> {
  const segments = [...segmentsOf(path), name];
  if (type === 'File') return digestOf(await client.file(segments, signal));
  if (type === 'Job' && id !== undefined) return taskFields(await client.task(id, signal), names);
  const document =
    type === 'Pipeline' && id !== undefined ? client.pipeline(id, signal) : client.asset(segments, signal);
  return carriedFields(await document, names.renames);
}

async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<Readonly<Record<string, Json>>> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of bytes) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: hash.digest('hex') };
}

/** The sources show the pipeline and the Snaplex of a task at the top, or among its parameters. */
function taskFields(task: StoredAsset, { pipelines, renames }: Names): Readonly<Record<string, Json>> {
  const { runtime_path_id: inner, pipeline_snode_id: innerId, ...parameters } = memberOf(task['parameters']);
  const pipeline = textOf(task['pipeline_name']) ?? pipelines.get(textOf(task['pipeline_snode_id'] ?? innerId) ?? '');
  const snaplex = textOf(task['runtime_path_id'] ?? inner);
  return {
    ...defined('type', memberOf(task['metadata'])['type']),
    ...defined('enabled', task['enabled']),
    ...defined('pipeline', pipeline),
    // The first part is the org.
    ...defined('snaplex', snaplex?.split('/').slice(1).join('/')),
    ...defined('schedule', carried(task['schedule'] ?? null, 'schedule', renames)),
    ...defined('parameters', carried(parameters, 'parameters', renames)),
  };
}

function memberOf(value: Json | undefined): Readonly<Record<string, Json>> {
  return value !== undefined && isMember(value) ? value : {};
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function defined(name: string, value: Json | undefined): Readonly<Record<string, Json>> {
  return value === undefined || value === null ? {} : { [name]: value };
}
