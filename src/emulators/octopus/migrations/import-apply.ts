// Puts a package's documents into this server. Documents that exist here are recognised by name, ids are translated,
// and a reference that cannot be resolved is an error. The caller runs this inside one transaction or one trial.
import { isObject, type Json } from '../../shared/json.ts';
import type { Entry, Store } from '../../shared/store.ts';
import { defaultSpace, newId, putDocument } from '../instance.ts';
import { kindNamed, kinds, type Kind } from '../kinds.ts';
import { furnishSpace } from '../space.ts';
import { appendEvents } from '../task-log.ts';
import { asText } from '../tolerant-json.ts';
import { mergeVariables } from './merge-variables.ts';
import { changeIds, fromModel, idsIn, type Decryption } from './model.ts';
import type { PackageContent } from './package-file.ts';

export interface ImportLine {
  readonly category: 'Info' | 'Warning' | 'Error';
  readonly text: string;
}

export interface ImportOutcome {
  readonly lines: readonly ImportLine[];
  readonly errors: number;
}

interface Placed {
  readonly kind: Kind;
  readonly body: Json;
  readonly target: string;
  readonly existing: Entry | undefined;
}

const idOf = (body: Json) => String(body['Id']);
const nameOf = (body: Json) =>
  asText(body['Name'] ?? (typeof body['Version'] === 'string' ? body['Version'] : body['Id']));

interface Importing {
  readonly store: Store;
  readonly content: PackageContent;
  /** Source id to target id. */
  readonly ids: Map<string, string>;
}

const mapped = ({ ids }: Importing, id: unknown): unknown => (typeof id === 'string' ? (ids.get(id) ?? id) : id);

const spaceOf = (state: Importing, body: Json) => String(mapped(state, body['SpaceId'] ?? defaultSpace));

/** The name in the log: `Release '1.2.0' of 'Web Shop'`, `VariableSet of 'Web Shop'`. */
function titleOf(state: Importing, kind: Kind, body: Json): string {
  const owner = asText(body['OwnerId'] ?? body['ProjectId']);
  const owners = ['Projects', 'LibraryVariableSets'].flatMap((name) => state.content.documents.get(name) ?? []);
  const holder = owners.find((one) => one['Id'] === owner);
  const own = kind.prefix !== undefined && holder !== undefined ? '' : ` '${nameOf(body)}'`;
  return `${kind.item}${own}${holder === undefined ? '' : ` of '${nameOf(holder)}'`}`;
}

/** The document on this server that counts as the same one, by the rule of its type. */
function findTwin(state: Importing, kind: Kind, body: Json): Entry | undefined {
  const container = kind.scoped ? spaceOf(state, body) : undefined;
  if (kind.match.by === 'none') return undefined;
  if (kind.match.by === 'name') return state.store.named(kind.name, container, nameOf(body));
  const wanted = kind.match.names.map((name) => [name, asText(mapped(state, body[name])).toLowerCase()] as const);
  return state.store
    .all(kind.name, container)
    .find((entry) => wanted.every(([name, value]) => asText(entry.body[name]).toLowerCase() === value));
}

/** The ids of variable sets and processes contain the id of their owner; snapshots add a suffix. */
function ownedId(state: Importing, kind: Kind, body: Json): string {
  const owner = String(body['OwnerId'] ?? body['ProjectId']);
  return `${kind.prefix ?? ''}${String(mapped(state, owner))}${idOf(body).split(owner)[1] ?? ''}`;
}

/** A task belongs to its deployment. When the deployment exists here, the task does too. */
function placeTask(state: Importing, kind: Kind, body: Json): Placed {
  const deployment = state.content.documents.get('Deployments')?.find((one) => one['TaskId'] === body['Id']);
  const here =
    deployment === undefined ? undefined : state.store.get('Deployments', state.ids.get(idOf(deployment)) ?? '');
  const existing = here === undefined ? undefined : state.store.get(kind.name, String(here.body['TaskId']));
  return { kind, body, existing, target: existing?.id ?? newId(state.store, kind.name) };
}

function place(state: Importing, kind: Kind, body: Json): Placed {
  if (kind.name === 'ServerTasks') return placeTask(state, kind, body);
  if (kind.prefix !== undefined) {
    const target = ownedId(state, kind, body);
    return { kind, body, target, existing: state.store.get(kind.name, target) };
  }
  const existing = findTwin(state, kind, body);
  return { kind, body, existing, target: existing?.id ?? newId(state.store, kind.name) };
}

interface Writing extends Importing {
  readonly overwrite: boolean;
  readonly decryption: Decryption;
  readonly lines: ImportLine[];
}

function missingReferences(state: Importing, body: Json): readonly string[] {
  return [...new Set(idsIn(body))].filter((id) => !state.ids.has(id));
}

function write(state: Writing, { kind, body, target, existing }: Placed): void {
  const { store, overwrite } = state;
  const say = (text: string) => state.lines.push({ category: 'Info', text });
  const what = titleOf(state, kind, body);
  const merges = kind.name === 'Variables' && !target.includes('-s-');
  const fixed = kind.name === 'Spaces' || kind.name === 'ServerTasks';
  if (existing !== undefined && !merges && (!overwrite || fixed)) {
    say(`Skipped ${what}, which exists as ${existing.id}`);
    return;
  }
  const missing = missingReferences(state, body);
  for (const id of missing) {
    state.lines.push({ category: 'Error', text: `Missing dependency ${id}, which ${what} refers to` });
  }
  if (missing.length > 0) return;
  const own = fromModel(
    state.decryption,
    changeIds(body, (id) => state.ids.get(id)),
  ) as Record<string, unknown>;
  const complete = { ...own, Id: target, ...(kind.scoped ? { SpaceId: spaceOf(state, body) } : {}) };
  if (existing !== undefined && merges) {
    const merged = mergeVariables(existing.body, complete, overwrite);
    putDocument(store, kind.name, merged.body);
    say(`Merged ${what} into ${target}: ${merged.added} added, ${merged.replaced} replaced, ${merged.kept} kept`);
    return;
  }
  putDocument(store, kind.name, kind.name === 'Projects' ? withParts(complete, target) : complete);
  if (existing === undefined) say(`Created ${what} as ${target}`);
  else say(`Overwrote ${what}, which existed as ${target}`);
}

/** The ids of a project's own parts contain the project's id. */
const withParts = (body: Json, id: string): Json => ({
  ...body,
  VariableSetId: `variableset-${id}`,
  DeploymentProcessId: `deploymentprocess-${id}`,
});

function writeLogs(state: Importing, placed: readonly Placed[]): void {
  for (const { kind, body, target, existing } of placed) {
    const events =
      kind.name === 'ServerTasks' && existing === undefined ? state.content.logs.get(idOf(body)) : undefined;
    if (events !== undefined) appendEvents(state.store, target, events.filter(isObject) as never);
  }
}

/** Writes all that it can and returns what it did. When there is an error, the caller must undo everything. */
export function applyImport(
  store: Store,
  content: PackageContent,
  options: { readonly overwrite: boolean; readonly decryption: Omit<Decryption, 'failed'> },
): ImportOutcome {
  const lines: ImportLine[] = [];
  const state: Importing = { store, content, ids: new Map() };
  const placed: Placed[] = [];
  // A package made by hand may lack the document of its space: it goes to the default space.
  for (const body of [...content.documents.values()].flat()) {
    if (typeof body['SpaceId'] === 'string') state.ids.set(body['SpaceId'], defaultSpace);
  }
  for (const { name } of kinds) {
    for (const body of content.documents.get(name) ?? []) {
      const one = place(state, kindNamed(name), body);
      state.ids.set(idOf(body), one.target);
      placed.push(one);
    }
  }
  for (const one of placed) {
    const failed = () =>
      lines.push({
        category: 'Error',
        text: `A sensitive value of ${titleOf(state, one.kind, one.body)} could not be decrypted`,
      });
    write({ ...state, overwrite: options.overwrite, decryption: { ...options.decryption, failed }, lines }, one);
  }
  for (const { kind, target, existing } of placed) {
    if (kind.name === 'Spaces' && existing === undefined) furnishSpace(store, target);
  }
  writeLogs(state, placed);
  return { lines, errors: lines.filter(({ category }) => category === 'Error').length };
}
