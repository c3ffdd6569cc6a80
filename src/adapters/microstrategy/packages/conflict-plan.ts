import type { PlanItem } from '../../../ports/plan.ts';
import type { Action } from '../objects/object-list.ts';
import { typeName } from '../objects/object-types.ts';
import type { ResolvedObject } from '../objects/objects.ts';
import type { Library } from '../server.ts';
import type { MetadataObject } from '../wire/schemas.ts';
import { actionOf, type PackageSettings } from './package-content.ts';

export interface ObjectPlan {
  readonly items: readonly PlanItem[];
  /** The objects that the target lacks. */
  readonly absent: readonly ResolvedObject[];
}

/** What the import will do to each named object: by the conflict rules, and by what the target has now. Reads only. */
export async function planObjects(
  target: Library,
  wanted: readonly ResolvedObject[],
  settings: PackageSettings,
  project: string | undefined,
  signal: AbortSignal,
): Promise<ObjectPlan> {
  const items: PlanItem[] = [];
  const absent: ResolvedObject[] = [];
  for (const object of wanted) {
    const there = await target.client.object(object.id, object.type, project, signal);
    if (there === undefined) absent.push(object);
    const rule = actionOf(object, settings);
    const decided =
      settings.packageType === 'project_security' ? securityOutcome(rule) : outcome(rule, object.source, there);
    items.push({ kind: typeName(object.type), name: object.name, ...decided });
  }
  return { items, absent };
}

/** The outcome for a project_security package, which holds no users but their rights in the project. */
export function securityOutcome(rule: Action): Outcome {
  const detail = `${rule}: the security roles and filters in the project`;
  if (rule === 'use_existing') return { action: 'keep', detail };
  return { action: rule === 'delete' ? 'delete' : 'overwrite', detail };
}

type Outcome = Pick<PlanItem, 'action' | 'detail'>;

/** The outcome by the documented rules. Versions and times count only when both ends tell them. */
export function outcome(
  rule: Action,
  source: Pick<MetadataObject, 'version' | 'dateModified'>,
  target: Pick<MetadataObject, 'version' | 'dateModified'> | undefined,
): Outcome {
  if (target === undefined) {
    if (rule === 'delete') return { action: 'unchanged', detail: 'delete: the target has none' };
    return rule === 'use_existing'
      ? { action: 'unchanged', detail: 'use_existing: the target has none, and nothing is copied' }
      : { action: 'create' };
  }
  const same = source.version !== undefined && source.version === target.version;
  switch (rule) {
    case 'delete':
      return { action: 'delete', detail: 'fails when other objects use it' };
    case 'force_replace':
      return { action: 'overwrite', detail: rule };
    case 'use_existing':
      return same ? { action: 'unchanged' } : { action: 'keep', detail: rule };
    case 'replace':
      return replaced(same, rule);
    case 'keep_both':
      return same ? { action: 'unchanged' } : { action: 'create', detail: 'keep_both: beside the one that is there' };
    case 'use_newer':
    case 'use_older': {
      const newer = isNewer(source, target);
      if (newer === undefined) return { action: 'overwrite', detail: `${rule}: the times of change are not known` };
      return newer === (rule === 'use_newer') ? replaced(same, rule) : kept(same, rule);
    }
  }
}

function replaced(same: boolean, detail: string): Outcome {
  return same ? { action: 'unchanged' } : { action: 'overwrite', detail };
}

function kept(same: boolean, detail: string): Outcome {
  return same ? { action: 'unchanged' } : { action: 'keep', detail };
}

function isNewer(
  source: Pick<MetadataObject, 'dateModified'>,
  target: Pick<MetadataObject, 'dateModified'>,
): boolean | undefined {
  const [one, other] = [Date.parse(source.dateModified ?? ''), Date.parse(target.dateModified ?? '')];
  return Number.isNaN(one) || Number.isNaN(other) ? undefined : one > other;
}
