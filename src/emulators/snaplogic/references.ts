// What a pipeline or a task refers to, and how the references change when it moves to another project.
import { asObject, asText, isObject, type Json, memberAt, withMember } from '../shared/json.ts';
import type { Store } from '../shared/store.ts';
import { childNamed, nodeById, type Node, type Place } from './tree.ts';

/** Where references of a project are looked up: in the project, then in the shared folders of its space and its org. */
export function scopesOf(store: Store, project: Place): readonly string[] {
  const space = project.nodes[0];
  const folders = [space?.id, project.org.id].map((id) =>
    id === undefined ? undefined : childNamed(store, id, 'shared')?.id,
  );
  return [project.nodes.at(-1)?.id, ...folders].filter((id) => id !== undefined);
}

const findNamed = (store: Store, scopes: readonly string[], name: string, type: string): Node | undefined =>
  scopes.map((scope) => childNamed(store, scope, name)).find((node) => node?.type === type);

const accountPath = ['property_map', 'account', 'account_ref', 'value'];

interface Rebound {
  readonly document: Json;
  readonly warnings: readonly string[];
}

/** Accounts are matched by name, in the target project and the shared folders above it. */
export function rebindAccounts(store: Store, document: Json, target: Place): Rebound {
  const scopes = scopesOf(store, target);
  const warnings: string[] = [];
  const snaps = Object.entries(asObject(document['snap_map'])).map(([id, snap]) => {
    const reference = memberAt(snap, ...accountPath);
    const label = asText(memberAt(reference, 'label', 'value'));
    const name = label.split('/').at(-1) ?? '';
    if (!isObject(reference) || name === '') return [id, snap] as const;
    const account = findNamed(store, scopes, name, 'Account');
    if (account === undefined) {
      warnings.push(`The account ${label} does not exist in ${target.path}`);
      return [id, snap] as const;
    }
    return [id, withMember(snap, [...accountPath, 'ref_id', 'value'], account.id)] as const;
  });
  if (snaps.length === 0) return { document, warnings };
  return { document: { ...document, snap_map: Object.fromEntries(snaps) }, warnings };
}

/** A task refers to its pipeline by name. */
export function rebindPipeline(store: Store, document: Json, target: Place): Rebound {
  const name = asText(document['pipeline_name']);
  const project = target.nodes.at(-1)?.id ?? target.org.id;
  const pipeline = findNamed(store, [project], name, 'Pipeline');
  if (pipeline === undefined) {
    const warnings = [`The pipeline ${name} does not exist in ${target.path}`];
    return { document: { ...document, pipeline_snode_id: null, pipeline_path: null }, warnings };
  }
  return {
    document: { ...document, pipeline_snode_id: pipeline.id, pipeline_path: `${target.path}/${name}` },
    warnings: [],
  };
}

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(texts);
}

export interface SharedFile {
  readonly file: Node;
  /** The folder below the environment: `['shared']` or `[space, 'shared']`, with the names of the source. */
  readonly level: 'org' | 'space';
}

/** Files in shared folders that the settings of a pipeline name: `../shared/x` or `/shared/x`. */
export function sharedFiles(store: Store, document: Json, source: Place): readonly SharedFile[] {
  const names = texts(document).flatMap((text) =>
    [...text.matchAll(/(?:\.\.\/|\/)shared\/([^/\\?#"]+)/g)].map(([, name = '']) => name),
  );
  const levels = [
    { level: 'space', holder: source.nodes[0]?.id },
    { level: 'org', holder: source.org.id },
  ] as const;
  return [...new Set(names)].flatMap((name) => {
    for (const { level, holder } of levels) {
      const folder = holder === undefined ? undefined : childNamed(store, holder, 'shared');
      const file = folder === undefined ? undefined : childNamed(store, folder.id, name);
      if (file?.type === 'File') return [{ file, level }];
    }
    return [];
  });
}

/** The name of the pipeline that a task runs, even when the task has only its id. */
export const pipelineNameOf = (store: Store, job: Json): string =>
  asText(job['pipeline_name']) || (nodeById(store, asText(job['pipeline_snode_id']))?.name ?? '');
