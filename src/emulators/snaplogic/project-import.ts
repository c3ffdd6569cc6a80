import { Refusal } from '../shared/answering.ts';
import { asObject, isObject, type Json } from '../shared/json.ts';
import { renamed } from './account-names.ts';
import type { Arrival } from './archive.ts';
import type { Content } from './contents.ts';
import type { Plane } from './plane.ts';
import { reasonOf } from './refusal.ts';
import { adapted, placeAsset } from './transfer.ts';
import { childNamed, newSnodeId, type Place } from './tree.ts';

/** What happens to an asset whose name exists. */
export type Duplicates = 'skip' | 'create_new' | 'overwrite';

export interface ImportRequest {
  readonly arrivals: readonly Arrival[];
  readonly duplicates: Duplicates;
  readonly overwriteTypes: readonly string[];
  readonly accounts: Json;
  readonly expressions: ReadonlyMap<string, Content>;
}

interface Result {
  readonly successful: readonly Json[];
  readonly failed: readonly Json[];
  readonly warnings: readonly Json[];
}

export function readDuplicates(given: string | undefined): Duplicates {
  const text = given?.toLowerCase();
  if (text === undefined || text === 'skip' || text === 'true') return 'skip';
  if (text === 'create_new' || text === 'false') return 'create_new';
  if (text === 'overwrite') return text;
  throw new Refusal(400, `duplicate_check has no value ${String(given)}`);
}

/** Replaces the members of an account by those of the account file. Plain values are encrypted when it is saved. */
function merged(before: unknown, after: unknown): unknown {
  if (!isObject(before) || !isObject(after)) return after;
  // A null of the template keeps the value of the zip.
  if ('key' in before && after['value'] === null) return before;
  if ('key' in before && typeof after['value'] === 'string' && !('key' in after)) return after;
  const names = Object.entries(after).map(([name, one]) => [name, merged(before[name], one)] as const);
  return { ...before, ...Object.fromEntries(names) };
}

const order = ['File', 'Account', 'Policy', 'Pipeline', 'Job'];

/** Writes the assets into a project. Call it in a transaction. */
export function importAssets(plane: Plane, target: Place, by: string, request: ImportRequest): Result {
  const { store } = plane;
  const project = target.nodes.at(-1)?.id ?? target.org.id;
  const [successful, failed, warnings]: [Json[], Json[], Json[]] = [[], [], []];
  const { arrivals, accounts } = renamed(request);
  const sorted = arrivals.toSorted((one, other) => order.indexOf(one.type) - order.indexOf(other.type));
  const travelling = new Set(sorted.filter(({ type }) => type === 'Pipeline').map(({ name }) => name));
  const place = (asset: Pick<Arrival, 'name' | 'type' | 'document' | 'metadata'>) =>
    placeAsset(store, project, target.org.id, by, asset);

  const overwrites = (type: string) =>
    type === 'Policy' || (request.duplicates === 'overwrite' && request.overwriteTypes.includes(type));

  for (const arrival of sorted) {
    const { name, type, metadata } = arrival;
    const before = childNamed(store, project, name);
    const taken = before !== undefined && (before.type !== type || !overwrites(type));
    const given = type === 'Account' && Object.hasOwn(accounts, name) ? accounts[name] : undefined;
    const document = given === undefined ? arrival.document : asObject(merged(arrival.document, given));
    const fresh = taken ? undefined : adapted(store, { type, name, document }, target, travelling);
    const placed = fresh === undefined ? undefined : place({ name, type, metadata, document: fresh.document });
    if (fresh === undefined || placed === undefined) {
      const id = before?.id ?? newSnodeId(store);
      failed.push({ snode_id: id, name, asset_type: type, status_code: 409, reason: reasonOf(409) });
      continue;
    }
    successful.push({ snode_id: placed.node.id, name, asset_type: type });
    warnings.push(...fresh.warnings.map((message) => ({ message, snode_id: placed.node.id, name })));
  }
  for (const [name, content] of request.expressions) {
    const placed = place({ name, type: 'File', document: { ...content }, metadata: {} });
    const about = { snode_id: placed?.node.id, name, asset_type: 'File' };
    if (placed === undefined) failed.push({ ...about, status_code: 409, reason: reasonOf(409) });
    else successful.push(about);
  }
  return { successful, failed, warnings };
}
