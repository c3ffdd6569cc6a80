import { isMigratorError } from '../../../errors.ts';
import type { Options } from '../../../ports/options.ts';
import type { PlanItem } from '../../../ports/plan.ts';
import { isForbidden } from '../../shared/answers.ts';
import { wantedObjects, type Action, type WantedObject } from '../objects/object-list.ts';
import { typeName, type PackageType } from '../objects/object-types.ts';
import type { Library } from '../server.ts';
import type { MetadataObject } from '../wire/schemas.ts';
import { outcome, securityOutcome } from './conflict-plan.ts';
import { packageSettings } from './package-content.ts';

export interface PackedWork {
  readonly packageType: PackageType;
  /** The options of the export that made the package; undefined when nobody knows them. */
  readonly exportedWith: Options | undefined;
  /** The project of the target; undefined for the configuration. */
  readonly project: { readonly id: string; readonly name: string } | undefined;
}

/**
 * What the import of a package will do. The rules are in the package file, which cannot be read, so they are taken from
 * the options of its export. When these are not known, everything may be overwritten. Reads only.
 */
export async function planImport(target: Library, work: PackedWork, signal: AbortSignal): Promise<readonly PlanItem[]> {
  const { packageType, project } = work;
  const { settings, objects } = rulesOf(work);
  if (objects.length === 0) {
    const { chosen } = settings;
    return [
      {
        kind: project === undefined ? 'configuration' : 'project',
        name: project?.name ?? target.connection.name,
        action: chosen === 'use_existing' ? 'keep' : 'overwrite',
        detail: chosen === undefined ? 'by the rules that were packed with it' : `every object by the rule ${chosen}`,
      },
    ];
  }
  const plan: PlanItem[] = [];
  for (const one of objects) {
    const there = await present(target, one, project?.id, signal);
    if (there === 'unknown') return [];
    const rule: Action = one.action ?? settings.defaultAction;
    const decided =
      packageType === 'project_security'
        ? securityOutcome(rule)
        : outcome(rule, { version: undefined, dateModified: undefined }, there);
    plan.push({ kind: typeName(one.type), name: there?.name ?? one.named, ...decided });
  }
  return plan;
}

/**
 * The rules of the export. A manifest that somebody else wrote may hold wrong options; these are ignored, because the
 * rules in the package file count.
 */
function rulesOf({ exportedWith = {}, packageType }: PackedWork) {
  try {
    return { settings: packageSettings({ ...exportedWith, packageType }), objects: wantedObjects(exportedWith) };
  } catch (error) {
    if (!isMigratorError(error, 'USAGE')) throw error;
    return { settings: packageSettings({ packageType }), objects: [] };
  }
}

/**
 * The object on the target, by its id or name. `unknown` when the account may not look, which an import does not need.
 */
async function present(
  { client }: Library,
  { named, isId, type }: WantedObject,
  project: string | undefined,
  signal: AbortSignal,
): Promise<MetadataObject | 'unknown' | undefined> {
  try {
    if (isId) return await client.object(named.toUpperCase(), type, project, signal);
    for await (const object of client.search({ type, name: named }, project, signal)) {
      if (object.name?.toLowerCase() === named.toLowerCase()) return object;
    }
    return undefined;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return 'unknown';
  }
}
