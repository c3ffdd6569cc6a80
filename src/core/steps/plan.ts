import type { InventoryItem } from '../../ports/adapter.ts';
import type { Importer } from '../../ports/importer.ts';
import type { PlanItem } from '../../ports/plan.ts';
import type { Reporter } from '../../ports/reporter.ts';

/**
 * What an import would do to the named things, by name, as the products match them. What the target holds beside them
 * is not touched and not listed.
 */
export function planImport(
  wanted: readonly { readonly kind: string; readonly name: string }[],
  existing: readonly InventoryItem[],
  overwrite: boolean,
): readonly PlanItem[] {
  const present = new Set(existing.map((item) => key(item.kind, item.name)));
  return wanted.map(({ kind, name }) => ({
    kind,
    name,
    action: !present.has(key(kind, name)) ? 'create' : overwrite ? 'overwrite' : 'keep',
  }));
}

/** Importers of files plan from the files, and others may know more than the names of projects too. */
export function plansByName({ takes, plans }: Importer): boolean {
  return takes === 'stored' && plans !== true;
}

const mostNotices = 20;

/** Tells a plan before anything is done; a long one in counts. */
export function announcePlan(plan: readonly PlanItem[], target: string, reporter: Reporter): void {
  const notice = (message: string) => reporter.report({ type: 'notice', message });
  if (plan.length <= mostNotices) {
    for (const { kind, name, action, detail } of plan) {
      notice(`${kind} "${name}" on ${target}: ${action}${detail === undefined ? '' : ` (${detail})`}`);
    }
    return;
  }
  const counts = new Map<string, number>();
  for (const { kind, action } of plan) counts.set(`${kind}: ${action}`, (counts.get(`${kind}: ${action}`) ?? 0) + 1);
  for (const [what, count] of counts) notice(`on ${target}, ${what} ${count}`);
}

function key(kind: string, name: string): string {
  return `${kind}\n${name.trim().toLowerCase()}`;
}
