import { type Count, type CountedAction, countedActions, tally } from '../../core/snapshots/tally.ts';
import type { Result, ResultAction, ResultItem } from '../../core/snapshots/result.ts';
import { spelling } from '../../core/steps/plan.ts';
import type { JobItem } from '../../ports/job.ts';
import type { PlanItem, PlannedAction } from '../../ports/plan.ts';
import { plural } from '../../plural.ts';
import { plainText } from '../../plain-text.ts';
import { lines, table } from '../terminal/table.ts';

/** What is named of an action: all; the first ones; all or none, because a part of what is only new tells nothing. */
const most = { all: Number.POSITIVE_INFINITY, first: 50, few: 20 };
type Most = keyof typeof most;

export interface Naming {
  /** Names everything. */
  readonly all?: boolean | undefined;
  /** The width of the terminal. */
  readonly columns?: number | undefined;
  /** The job whose result this is. It tells the names later; without it, the same command does with `--names`. */
  readonly job?: string | undefined;
}

/**
 * What would become of the target, or what did: counts by kind and action, then all that is overwritten and deleted by
 * name, then what stays, then what is new. A plan and the result of its run have the same shape.
 */
export function describeChanges(
  plan: readonly PlanItem[],
  result: Result | undefined,
  naming: Naming = {},
): string | undefined {
  const counts = tally(plan, result);
  const named = result === undefined ? describePlan(plan, naming) : describeResultItems(result, naming);
  const text = lines(
    counts.length === 0 ? undefined : describeCounts(counts, naming.columns),
    ...(named === '' ? [] : [named]),
    result?.basis === 'seen' && result.changed === false && result.items.length === 0
      ? 'on the target: nothing changed'
      : undefined,
    result?.basis === 'claimed' ? 'only the server says so: migrator could not look at the target' : undefined,
  );
  return text === '' ? undefined : text;
}

/** A row for each kind. A cell is what is planned; after a run, `done/planned`. */
function describeCounts(counts: readonly Count[], columns: number | undefined): string {
  const actions = countedActions.filter((action) => counts.some((count) => count.action === action));
  const kinds = [...new Set(counts.map(({ kind }) => kind))];
  const has = (one: 'planned' | 'done'): boolean => counts.some((count) => count[one] !== undefined);
  const head = !has('done') ? 'planned' : has('planned') ? 'done/planned' : 'done';
  const cell = (of: readonly Count[]): string => {
    if (of.length === 0) return '';
    const add = (one: 'planned' | 'done'): number | undefined => {
      const known = of.flatMap((count) => count[one] ?? []);
      return known.length === 0 ? undefined : known.reduce((sum, number) => sum + number, 0);
    };
    // Where no plan speaks of some of them, planned and done do not count the same things.
    const isPlanned = of.every((count) => count.planned !== undefined);
    const [planned, done] = [isPlanned ? add('planned') : undefined, add('done')];
    return done === undefined ? String(planned ?? '') : planned === undefined ? String(done) : `${done}/${planned}`;
  };
  const row = (name: string, of: readonly Count[]): readonly string[] => [
    name,
    ...actions.map((action) => cell(of.filter((count) => count.action === action))),
  ];
  return table(
    [head, ...actions.map(wordOf)],
    [
      ...kinds.map((kind) =>
        row(
          plainText(kind),
          counts.filter((count) => count.kind === kind),
        ),
      ),
      ...(kinds.length > 1 ? [row('all', counts)] : []),
    ],
    columns,
  );
}

const wordOf = (action: CountedAction): string => (action === 'not-seen' ? 'not seen' : action);

/** Actions of a plan, in the order in which they matter. */
const planned: readonly (readonly [PlannedAction, Most])[] = [
  ['overwrite', 'all'],
  ['delete', 'all'],
  ['keep', 'first'],
  ['create', 'few'],
  ['unchanged', 'few'],
  ['beside', 'few'],
];

function describePlan(plan: readonly PlanItem[], { all = false, columns, job }: Naming): string {
  const spelled = spelling(plan.map(({ name }) => name));
  const chosen = chooseNamed(plan, planned, all, job);
  const rows = chosen.shown.map(({ action, kind, name, detail }) => [
    action,
    plainText(kind),
    `${plainText(spelled(name))}${detail === undefined ? '' : ` (${plainText(detail)})`}`,
  ]);
  return lines(rows.length === 0 ? undefined : table(['action', 'kind', 'name'], rows, columns), ...chosen.more);
}

const results: readonly (readonly [ResultAction, Most])[] = [
  ['failed', 'all'],
  ['not-seen', 'all'],
  ['overwritten', 'all'],
  ['deleted', 'all'],
  ['merged', 'all'],
  ['skipped', 'first'],
  ['created', 'few'],
];

function describeResultItems({ items }: Result, { all = false, columns, job }: Naming): string {
  const chosen = chooseNamed(items, results, all, job);
  return lines(describeItems(chosen.shown, columns), ...chosen.more);
}

/** The items to name, by action, and a sentence for each action of which some or all are only counted. */
function chooseNamed<Item extends { readonly action: string }>(
  items: readonly Item[],
  order: readonly (readonly [Item['action'], Most])[],
  all: boolean,
  job: string | undefined,
): { readonly shown: readonly Item[]; readonly more: readonly string[] } {
  const shown: Item[] = [];
  const more: string[] = [];
  for (const [action, how] of order) {
    const of = items.filter((item) => item.action === action);
    const named = all || of.length <= most[how] ? of : of.slice(0, how === 'few' ? 0 : most[how]);
    shown.push(...named);
    const left = of.length - named.length;
    if (left > 0)
      more.push(
        `${action}: ${plural(left, 'name')} not shown; see them with ${job === undefined ? '' : `migrator job wait ${job} `}--names`,
      );
  }
  return { shown, more };
}

/** What became of single things, by name. */
export function describeItems(items: readonly (JobItem | ResultItem)[], columns?: number): string | undefined {
  if (items.length === 0) return undefined;
  return table(
    ['result', 'kind', 'name'],
    items.map(({ action, kind, name, reason }) => [
      action,
      plainText(kind),
      reason === undefined ? plainText(name) : `${plainText(name)}: ${plainText(reason)}`,
    ]),
    columns,
  );
}
