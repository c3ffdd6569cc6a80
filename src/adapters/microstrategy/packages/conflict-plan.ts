import type { Consent, PlanItem } from '../../../ports/plan.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import { copiesOf, copyName } from '../objects/copies.ts';
import { factsOfObject, isSameFolder, isSameVersion, looksEqual, type ObjectFacts } from '../objects/object-facts.ts';
import type { Action } from '../objects/object-list.ts';
import { typeName } from '../objects/object-types.ts';
import type { ResolvedObject } from '../objects/objects.ts';
import type { Library } from '../server.ts';
import type { MetadataObject } from '../wire/schemas.ts';
import { actionOf, type PackageSettings } from './package-content.ts';

const atOnce = 6;

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
  const look = async (object: ResolvedObject) => ({
    object,
    there: await target.client.object(object.id, object.type, project, signal),
  });
  for await (const { object, there } of inParallel(wanted, atOnce, look)) {
    if (there === undefined) absent.push(object);
    const planned = { ...object, facts: factsOfObject(object.source) };
    items.push(await planOne(target, planned, there, { settings, project }, signal));
  }
  return { items, absent };
}

interface PlannedObject {
  /** Undefined when only its name is known, and the target has none of that name. */
  readonly id: string | undefined;
  readonly name: string;
  readonly type: number;
  readonly action: Action | undefined;
  readonly facts: ObjectFacts;
}

interface Rules {
  readonly settings: PackageSettings;
  /** The project of the target; undefined for the configuration. */
  readonly project: string | undefined;
}

/** One object of the plan, which is found again by its id. `asked`: it stays, or may be overwritten, by a rule that the user gave. */
export async function planOne(
  target: Library,
  object: PlannedObject,
  there: MetadataObject | undefined,
  { settings, project }: Rules,
  signal: AbortSignal,
): Promise<PlanItem> {
  const { id, name, type, facts } = object;
  const rule = actionOf(object, settings);
  const ofSecurity = settings.packageType === 'project_security';
  const here = there === undefined ? undefined : factsOfObject(there);
  const decided = ofSecurity ? securityOutcome(rule) : outcome(rule, facts, here);
  const kind = typeName(type);
  const isGiven = (object.action ?? settings.chosen) !== undefined;
  const isAsked = isGiven && (decided.action === 'keep' || decided.action === 'overwrite');
  if (id !== undefined && rule === 'keep_both' && there !== undefined && decided.action === 'create') {
    const copies = await copiesOf(target, { id, type, name }, project, signal);
    return { kind, name: copyName(name, copies.length), ...decided };
  }
  return { kind, name, ...(id === undefined ? {} : { id }), ...decided, ...(isAsked ? { asked: true } : {}) };
}

interface Packed {
  readonly action: Action | undefined;
  readonly includeDependents: boolean;
}

/**
 * What to ask because no plan shows it: what comes along as a dependent, and objects that the account may not look up on
 * the target (`seen` is false).
 */
export function consentFor(
  objects: readonly Packed[],
  { chosen, defaultAction }: PackageSettings,
  where: string,
  seen: boolean,
): Consent | undefined {
  if (!seen) {
    const allowed = objects.every(({ action }) => (action ?? chosen) !== undefined);
    const deletes = objects.some((object) => actionOf(object, { defaultAction }) === 'delete');
    const question = `this account may not look at the objects of ${where}: the rules of the package say what is overwritten there. Go on?`;
    return deletes ? { question } : { question, allowed };
  }
  const quiet: readonly Action[] = ['use_existing', 'keep_both'];
  if (quiet.includes(defaultAction) || !objects.some(({ includeDependents }) => includeDependents)) return undefined;
  const question = `what the objects depend on comes along, by the rule ${defaultAction} on ${where}. Go on?`;
  return defaultAction === 'delete' ? { question } : { question, allowed: chosen !== undefined };
}

/** The outcome for a project_security package, which holds no users but their rights in the project. */
export function securityOutcome(rule: Action): Outcome {
  const detail = `${rule}: the security roles and filters in the project`;
  if (rule === 'use_existing') return { action: 'keep', detail };
  return { action: rule === 'delete' ? 'delete' : 'overwrite', detail };
}

type Outcome = Pick<PlanItem, 'action' | 'detail'>;

/** The outcome by the documented rules. Versions, times and folders count only when both ends tell them. */
export function outcome(rule: Action, source: ObjectFacts, target: ObjectFacts | undefined): Outcome {
  if (target === undefined) {
    if (rule === 'delete') return { action: 'unchanged', detail: 'delete: the target has none' };
    return rule === 'use_existing'
      ? { action: 'unchanged', detail: 'use_existing: the target has none, and nothing is copied' }
      : { action: 'create' };
  }
  switch (rule) {
    case 'delete':
      return { action: 'delete', detail: 'fails when other objects use it' };
    case 'force_replace':
      return looksEqual(source, target)
        ? { action: 'unchanged', detail: `${rule}: it is written again, although it is equal` }
        : { action: 'overwrite', detail: rule };
    case 'use_existing':
      return kept(source, target, rule);
    case 'replace':
      return replaced(source, target, rule);
    case 'keep_both':
      return isSameVersion(source, target)
        ? { action: 'unchanged' }
        : { action: 'create', detail: 'keep_both: beside the one that is there' };
    case 'use_newer':
    case 'use_older': {
      const newer = isNewer(source, target);
      if (newer === undefined) return { action: 'overwrite', detail: `${rule}: the times of change are not known` };
      return newer === (rule === 'use_newer') ? replaced(source, target, rule) : kept(source, target, rule);
    }
  }
}

function replaced(source: ObjectFacts, target: ObjectFacts, rule: Action): Outcome {
  if (!isSameVersion(source, target)) return { action: 'overwrite', detail: rule };
  if (isSameFolder(source, target)) return { action: 'unchanged' };
  return { action: 'overwrite', detail: `${rule}: it is equal, and moves to the folder ${source.folder ?? ''}` };
}

function kept(source: ObjectFacts, target: ObjectFacts, rule: Action): Outcome {
  const isIdentical = isSameVersion(source, target) && isSameFolder(source, target);
  return isIdentical ? { action: 'unchanged' } : { action: 'keep', detail: rule };
}

function isNewer(source: ObjectFacts, target: ObjectFacts): boolean | undefined {
  const [one, other] = [Date.parse(source.dateModified ?? ''), Date.parse(target.dateModified ?? '')];
  return Number.isNaN(one) || Number.isNaN(other) ? undefined : one > other;
}
