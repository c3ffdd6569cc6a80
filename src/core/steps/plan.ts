import type { InventoryItem } from '../../ports/adapter.ts';
import type { Importer, PreparedImport } from '../../ports/importer.ts';
import type { PlanItem } from '../../ports/plan.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { plural } from '../../plural.ts';
import type { Instance } from '../instance.ts';
import { countedActions, tally } from '../snapshots/tally.ts';

/**
 * What an import would do to the named objects. They are matched by name, as the products do it. Other objects of the
 * target are not changed and not listed.
 */
export function planImport(
  wanted: readonly { readonly kind: string; readonly name: string }[],
  existing: readonly InventoryItem[],
  { overwrites, skips = false }: { readonly overwrites: boolean; readonly skips?: boolean | undefined },
): readonly PlanItem[] {
  const present = new Set(existing.map((item) => key(item.kind, item.name)));
  return wanted.map(({ kind, name }) => ({
    kind,
    name,
    ...(!present.has(key(kind, name))
      ? { action: 'create' as const }
      : overwrites
        ? { action: 'overwrite' as const, asked: true }
        : { action: 'keep' as const, ...(skips ? { asked: true } : {}) }),
  }));
}

/** Whether the caller must plan by project names, because the importer makes no plan from the files or by itself. */
export function plansByName({ takes, plans }: Importer): boolean {
  return takes === 'stored' && plans !== true;
}

/** What the dry run of a server knows and its plan by name does not. */
export function beyondPlan({ unplanned }: PreparedImport, handle: string, target: string): readonly string[] {
  if (unplanned === undefined) return [];
  return [
    `the plan names projects alone; the import into ${target} also ${unplanned}; ` +
      `the server's log names it: use --log, or: migrator job log ${handle}`,
  ];
}

/** What a dry run says when it ends with no plan. An empty plan is one: nothing would be done. */
export function withoutPlan(plan: readonly PlanItem[] | undefined, target: string): readonly string[] {
  if (plan !== undefined) return [];
  return [`the adapter makes no plan of this, so migrator cannot tell what would change on ${target}`];
}

const mostNotices = 20;

/** Reports a plan before anything is done. A long plan is reported as counts, in one line for each action. */
export function announcePlan(plan: readonly PlanItem[], target: string, reporter: Reporter): void {
  const notice = (message: string) => reporter.report({ type: 'notice', message });
  if (plan.length <= mostNotices) {
    const spelled = spelling(plan.map(({ name }) => name));
    for (const { kind, name, action, detail } of plan) {
      notice(`${kind} "${spelled(name)}" on ${target}: ${action}${detail === undefined ? '' : ` (${detail})`}`);
    }
    return;
  }
  const counts = tally(plan, undefined);
  for (const one of countedActions) {
    const of = counts
      .filter(({ action }) => action === one)
      .map(({ kind, planned = 0 }) => plural(planned, kind.replaceAll('_', ' ')));
    if (of.length > 0) notice(`on ${target}, ${one}: ${of.join(', ')}`);
  }
}

/**
 * How to show names so that people can tell them apart. Names that look the same, such as é as one code point and as two,
 * get their code points.
 */
export function spelling(names: readonly string[]): (name: string) => string {
  const variants = new Map<string, Set<string>>();
  for (const name of names) {
    const looks = name.normalize('NFC');
    variants.set(looks, (variants.get(looks) ?? new Set()).add(name));
  }
  return (name) => {
    if ((variants.get(name.normalize('NFC'))?.size ?? 0) < 2) return name;
    const codes = Array.from(name, (character) => character.codePointAt(0) ?? 0).filter((code) => code > 0x7e);
    return `${name}, ${codes.map((code) => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`).join(' ')}`;
  };
}

function key(kind: string, name: string): string {
  return `${kind}\n${name.trim().toLowerCase()}`;
}

/** The plan of an import of these projects, by what the target has. */
export async function planByName(
  names: readonly string[],
  target: Instance,
  { overwrites, skips }: { readonly overwrites: boolean; readonly skips?: boolean | undefined },
  signal: AbortSignal,
) {
  if (names.length === 0) return [];
  const existing = [];
  for await (const item of target.adapter.inventory.list('project', signal)) existing.push(item);
  return planImport(
    names.map((name) => ({ kind: 'project', name })),
    existing,
    { overwrites, skips },
  );
}
