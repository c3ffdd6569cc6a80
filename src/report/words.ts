import { humanDuration } from '../amounts.ts';
import type { Change, End, ItemState, Report, ReportOutcome, Tiles } from '../core/report/report.ts';
import { itemStates } from '../core/report/report.ts';
import { plainText } from '../plain-text.ts';
import { plural } from '../plural.ts';

/** The words that all forms of a report share. All text is one line without control characters, and is escaped nowhere. */

const outcomes: Readonly<Record<ReportOutcome, string>> = {
  done: 'Done',
  partial: 'Done in part',
  started: 'Still running',
  interrupted: 'Interrupted',
  failed: 'Failed',
};

export const outcomeWord = ({ outcome }: Pick<Report, 'outcome'>): string => outcomes[outcome];

/** How good or bad a word is: each form shows it in its own way. */
export type Tone = 'good' | 'warn' | 'bad' | 'calm';

const tones: Readonly<Record<string, Tone>> = {
  done: 'good',
  partial: 'warn',
  started: 'calm',
  interrupted: 'warn',
  failed: 'bad',
  'not-seen': 'bad',
  overwritten: 'warn',
  overwrite: 'warn',
  deleted: 'warn',
  delete: 'warn',
  merged: 'warn',
  created: 'good',
  create: 'good',
  postponed: 'warn',
};

export const toneOf = (word: string): Tone => tones[word] ?? 'calm';

/** `moved "Web Shop" from lab to prod`, as a sentence of its own. */
export function headline(report: Report): string {
  const { verb, run, wave, from, to, dryRun, outcome } = report;
  if (wave !== undefined) {
    const { items } = wave;
    const done = items.filter(({ state }) => state === 'done').length;
    return plainText(`${wave.name}: ${done} of ${plural(items.length, 'project')} ${dryRun ? 'checked' : 'moved'}`);
  }
  const projects = run?.projects.map(({ name }) => name) ?? [];
  const ref = run?.package;
  const named = run?.subject ?? (ref === undefined ? 'what belongs to no project' : refWords(ref));
  const what = projects.length > 0 ? listed(projects) : named;
  const way = [from === undefined ? '' : ` from ${from.name}`, to === undefined ? '' : ` to ${to.name}`].join('');
  const [ing, past] = verbs[verb] ?? [verb, verb];
  const ended = outcome === 'done' || outcome === 'partial';
  const text = `${ended && !dryRun ? past : ing} ${what}${way}`;
  return plainText(dryRun ? `Dry run: ${text}` : text.charAt(0).toUpperCase() + text.slice(1));
}

const verbs: Readonly<Record<string, readonly [during: string, after: string]>> = {
  'migrate-project': ['move of', 'moved'],
  'partial-export': ['export of', 'exported'],
  import: ['import of', 'imported'],
  compare: ['comparison of', 'compared'],
  'package verify': ['check of', 'checked'],
  'job wait': ['wait for', 'waited for'],
  'job undo': ['undo of', 'undid'],
};

const mostNames = 3;

function listed(names: readonly string[]): string {
  const more = names.length - mostNames;
  const shown = [...names.slice(0, mostNames), ...(more > 0 ? [`${more} more`] : [])];
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

const routes: Readonly<Record<string, string>> = {
  move: 'by the servers',
  push: 'pushed by the source server',
  relay: 'through this machine',
};

export const routeWords = (route: string): string => plainText(routes[route] ?? route);

export const refWords = ({ id, version }: { readonly id: string; readonly version: string }): string =>
  plainText(version === '' ? id : `${id}@${version}`);

/** `lab · octopus 2025.4.1 · https://octopus.lab.example`. */
export function endWords({ name, product, version, url }: End): string {
  const server = [product, version].filter((part) => part !== undefined && part !== '').join(' ');
  return plainText([name, server, url ?? ''].filter((part) => part !== '').join(' · '));
}

/** `2026-11-28 17:02 UTC`: the same for every reader, wherever they are. */
export function timeWords(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? plainText(iso) : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `2026-11-28 17:02:09 UTC`. */
export const secondWords = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;

export function tookWords(startedAt: string, endedAt: string): string {
  const took = Date.parse(endedAt) - Date.parse(startedAt);
  return Number.isNaN(took) ? '' : humanDuration(Math.max(0, took));
}

/** `2026-11-28 17:02 UTC, took 3 min 5 s`. */
export const whenWords = ({ startedAt, endedAt }: Report): string =>
  `${timeWords(startedAt)}, took ${tookWords(startedAt, endedAt)}`;

/** `2026-11-28 17:02 UTC, for 3 min 5 s so far`. */
export const sinceWords = ({ startedAt, endedAt }: Report): string =>
  `${timeWords(startedAt)}, for ${tookWords(startedAt, endedAt)} so far`;

const tileWords = {
  created: ['created', 'to create'],
  overwritten: ['overwritten', 'to overwrite'],
  merged: ['merged', 'to merge'],
  unchanged: ['unchanged', 'unchanged'],
  skipped: ['skipped', 'to skip'],
  deleted: ['deleted', 'to delete'],
  failed: ['failed', 'failed'],
  'not-seen': ['not seen', 'not seen'],
} as const;

export interface Tile {
  readonly action: keyof typeof tileWords;
  readonly word: string;
  readonly count: number;
}

/** All eight, in the order in which people ask. */
export function tilesOf({ basis, counts }: Tiles): readonly Tile[] {
  return Object.entries(tileWords).map(([name, [done, planned]]) => {
    const action = name as keyof typeof tileWords;
    return { action, word: basis === 'planned' ? planned : done, count: counts[action] };
  });
}

/** What the counts are made of. */
export function basisWords({ tiles: { basis }, dryRun }: Report): string | undefined {
  if (basis === 'claimed') return 'Only the server says so: migrator could not look at the target.';
  if (basis === 'planned')
    return dryRun ? 'This is the plan. Nothing was changed.' : 'This is the plan. What became of it is not known yet.';
  return basis === 'seen' ? 'Read off the target, before and after.' : undefined;
}

/** The word of a row: what became of the thing, else what is planned. */
export const actionOf = ({ became, planned }: Change): string => became ?? planned ?? 'unchanged';

export const actionWord = (change: Change): string => actionOf(change).replace('-', ' ');

/** A row that makes the run partial: it failed, or it is not as somebody planned or wanted. */
export function isFault({ became, wanted }: Change): boolean {
  if (became === undefined || wanted === true) return false;
  return wanted === false || ['failed', 'not-seen', 'skipped', 'merged'].includes(became);
}

export const stateRank = (state: ItemState): number => itemStates.indexOf(state);

/** `12 created, 3 overwritten`; nothing for counts of zero. */
export function countsWords(tiles: Tiles): string {
  const shown = tilesOf(tiles).filter(({ count }) => count > 0);
  return shown.map(({ count, word }) => `${count} ${word}`).join(', ');
}

export function signerWords({ keyId, name }: { readonly keyId: string; readonly name?: string | undefined }): string {
  return plainText(name === undefined || name === keyId ? keyId : `${name} (${keyId})`);
}

export const differenceWords = (report: Report) => ({
  'only-from': `only on ${report.from?.name ?? 'the source'}`,
  'only-to': `only on ${report.to?.name ?? 'the target'}`,
  differs: 'differs',
});

/** Said of a run that changed the target, when no command takes it back. */
export function noWayBack({ verb, dryRun, tiles, run }: Report): string | undefined {
  const { created, overwritten, merged, deleted } = tiles.counts;
  const isChanged =
    (tiles.basis === 'seen' || tiles.basis === 'claimed') && created + overwritten + merged + deleted > 0;
  if (dryRun || run === undefined || verb === 'job undo' || run.undo.length > 0 || !isChanged) return undefined;
  return 'This machine has neither a backup nor a record with which migrator could take this run back.';
}
