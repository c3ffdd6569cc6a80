import type { JobItem, JobMessage, JobState } from '../../../ports/job.ts';
import { saidIn } from './errors.ts';
import type { AssetResult, Entry, ImportResult, MigrationStatus } from './schemas.ts';

/** The result of each asset, from the lists in the answers of migrations and imports. */
export interface Outcome {
  readonly items: readonly JobItem[];
  readonly messages: readonly JobMessage[];
}

export function outcomeOf({ successful, failed, warnings }: ImportResult, skips: boolean): Outcome {
  const passed = (asset: AssetResult): boolean => skips && asset.status_code === 409;
  return {
    items: [
      ...successful.map((asset): JobItem => ({ ...named(asset), action: 'done' })),
      ...failed.map((asset): JobItem => {
        const action = passed(asset) ? 'skipped' : 'failed';
        return { ...named(asset), action, reason: reasonOf(asset) };
      }),
    ],
    messages: [
      ...failed
        .filter((asset) => !passed(asset))
        .map((asset): JobMessage => ({ level: 'error', text: `${label(asset)}: ${reasonOf(asset)}` })),
      ...warnings.map((asset): JobMessage => ({ level: 'warning', text: `${label(asset)}: ${reasonOf(asset)}` })),
    ],
  };
}

/**
 * Adds the types of assets that an answer does not state. The type is that of the only asset of that name in another
 * list of the answer, or in a project.
 */
export function withTypes<Document extends ImportResult>(document: Document, entries: readonly Entry[]): Document {
  const types = new Map<string, ReadonlySet<string>>();
  for (const { name, asset_type: type } of [...document.successful, ...document.failed, ...entries]) {
    if (type !== undefined && name !== undefined) types.set(name, new Set(types.get(name)).add(type));
  }
  const typed = (asset: AssetResult): AssetResult => {
    const [type, ...others] = types.get(asset.name ?? '') ?? [];
    return asset.asset_type === undefined && others.length === 0 ? { ...asset, asset_type: type } : asset;
  };
  const { successful, failed, warnings } = document;
  return { ...document, successful: successful.map(typed), failed: failed.map(typed), warnings: warnings.map(typed) };
}

/**
 * The state that the lists of an answer show, also when the answer calls itself complete. It is `failed` when no asset
 * was done and some failed.
 */
export function stateOf({ items, messages }: Outcome): JobState {
  const failed = items.some(({ action }) => action === 'failed');
  if (failed && !items.some(({ action }) => action === 'done')) return 'failed';
  return failed || messages.some(({ level }) => level !== 'info') ? 'partial' : 'succeeded';
}

/** The counts of an import's results, which are short enough for a job id. */
export interface Tally {
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  readonly warned: number;
}

export function tallyOf({ items, messages }: Outcome): Tally {
  const count = (wanted: JobItem['action']): number => items.filter(({ action }) => action === wanted).length;
  const warned = messages.filter(({ level }) => level === 'warning').length;
  return { done: count('done'), failed: count('failed'), skipped: count('skipped'), warned };
}

/** As `stateOf`. */
export function stateOfTally({ done, failed, warned }: Tally): JobState {
  if (failed > 0 && done === 0) return 'failed';
  return failed + warned > 0 ? 'partial' : 'succeeded';
}

/**
 * Why a migration failed as a whole. The documents do not say where the reason stands, so every known place is read.
 */
export function failureOf({ error, message, error_list: list }: MigrationStatus): readonly JobMessage[] {
  const texts = [...(list ?? []).map((entry) => saidIn(entry).text), error ?? '', message ?? ''];
  return [...new Set(texts.filter((text) => text !== ''))].map((text) => ({ level: 'error', text }));
}

function named({ asset_type: kind, name, snode_id: id }: AssetResult): {
  readonly kind: string;
  readonly name: string;
} {
  return { kind: kind ?? 'Asset', name: name ?? id ?? 'an asset without a name' };
}

function label(asset: AssetResult): string {
  const { kind, name } = named(asset);
  return `${kind} "${name}"`;
}

function reasonOf({ reason, message, warning, status_code: code }: AssetResult): string {
  const text = [reason, message, warning].find((said) => said !== undefined && said.trim() !== '');
  const status = code === undefined ? undefined : `HTTP ${code}`;
  if (text === undefined) return status ?? 'no reason given';
  return (code !== undefined && text.includes(String(code))) || status === undefined ? text : `${text} (${status})`;
}
