import { isMigratorError } from '../../../errors.ts';
import type { Options } from '../../../ports/options.ts';
import type { Consent, PlanItem } from '../../../ports/plan.ts';
import { isForbidden } from '../../shared/answers.ts';
import { namedObjects } from '../objects/named-objects.ts';
import { wantedObjects } from '../objects/object-list.ts';
import type { PackageType } from '../objects/object-types.ts';
import type { Scope } from '../../../ports/snapshot.ts';
import type { Library } from '../server.ts';
import { scopeOfPlan } from '../snapshots.ts';
import type { MetadataObject } from '../wire/schemas.ts';
import { consentFor, planOne } from './conflict-plan.ts';
import { packageSettings } from './package-content.ts';
import { packedObject, type PackedObject } from './resolved-objects.ts';

export interface PackedWork {
  readonly packageType: PackageType;
  /** The options of the export that made the package; undefined when nobody knows them. */
  readonly exportedWith: Options | undefined;
  /** The project of the target; undefined for the configuration. */
  readonly project: { readonly id: string; readonly name: string } | undefined;
}

export interface ImportPlan {
  readonly plan: readonly PlanItem[];
  readonly scope: Scope;
  readonly consent: Consent | undefined;
}

/**
 * What the import of a package will do, and where. The rules are in the package file, which cannot be read, so they are
 * taken from the options of its export, with the ids that the export had resolved. When these are not known, everything
 * may be overwritten. Reads only.
 */
export async function planImport(target: Library, work: PackedWork, signal: AbortSignal): Promise<ImportPlan> {
  const { exportedWith = {}, project } = work;
  const { settings, objects: wanted } = rulesOf(work);
  const objects = wanted.map((one) => packedObject(one, exportedWith));
  if (objects.length === 0) {
    const { chosen } = settings;
    const isKept = chosen === 'use_existing';
    const item: PlanItem = {
      kind: project === undefined ? 'configuration' : 'project',
      name: project?.name ?? target.connection.name,
      ...(project === undefined ? {} : { id: project.id }),
      action: isKept ? 'keep' : 'overwrite',
      detail: chosen === undefined ? 'by the rules that were packed with it' : `every object by the rule ${chosen}`,
      ...(chosen === undefined ? {} : { asked: true }),
    };
    return { plan: [item], scope: scopeOfPlan(project, objects, [item]), consent: undefined };
  }
  const plan: PlanItem[] = [];
  const where = `${project === undefined ? '' : `${project.name} on `}${target.connection.name}`;
  for (const one of objects) {
    const there = await present(target, one, project?.id, signal);
    if (there === 'unknown') {
      const consent = consentFor(wanted, settings, where, false);
      return { plan: [], scope: scopeOfPlan(project, objects, []), consent };
    }
    const planned = await planOne(
      target,
      { ...one, id: one.id ?? there?.id, name: there?.name ?? one.name },
      there,
      {
        settings,
        project: project?.id,
      },
      signal,
    );
    plan.push(one.id === undefined ? byName(planned) : planned);
  }
  return { plan, scope: scopeOfPlan(project, objects, plan), consent: consentFor(wanted, settings, where, true) };
}

/** The package goes by ids. Without them, an object of that name may be another one. */
function byName(item: PlanItem): PlanItem {
  const guess = 'by its name only, because the id of the packed object is not known';
  return { ...item, detail: item.detail === undefined ? guess : `${item.detail}; ${guess}` };
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
  { id, name, type }: PackedObject,
  project: string | undefined,
  signal: AbortSignal,
): Promise<MetadataObject | 'unknown' | undefined> {
  try {
    if (id !== undefined) return await client.object(id, type, project, signal);
    const [first] = await namedObjects({ client }, { named: name, type }, project, signal);
    return first;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return 'unknown';
  }
}
