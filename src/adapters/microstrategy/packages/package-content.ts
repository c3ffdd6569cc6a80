import { MigratorError } from '../../../errors.ts';
import type { Options } from '../../../ports/options.ts';
import { listOf, textOf, oneOf } from '../../shared/option-values.ts';
import type { Environment } from '../connection.ts';
import type { Action } from '../objects/object-list.ts';
import { fits, shortcut, typeName, type PackageType } from '../objects/object-types.ts';
import type { ResolvedObject } from '../objects/objects.ts';
import { aclsOnNew, aclsOnReplacing, conflictRules, packageTypes, schemaUpdates } from '../options.ts';

/**
 * The default rule. It brings what the target lacks and what is newer on the source, and keeps what was changed later
 * on the target.
 */
const usualAction: Action = 'use_newer';

/** The settings of a package, read from the options before any object is looked up. */
export interface PackageSettings {
  readonly packageType: PackageType;
  readonly defaultAction: Action;
  /** The default action, when the user named one. */
  readonly chosen: Action | undefined;
  readonly aclOnReplacing: string;
  readonly aclOnNew: string;
  readonly updateSchema: readonly string[];
}

/** USAGE for words that the server does not know, and for settings that do not fit the type of the package. */
export function packageSettings(options: Options): PackageSettings {
  const word = <Word extends string>(name: string, words: readonly [Word, ...Word[]], what: string): Word => {
    const text = textOf(options, name);
    return text === undefined ? words[0] : oneOf(words, text, what);
  };
  const packageType = word('packageType', packageTypes, 'the package type');
  const updateSchema = listOf(options, 'updateSchema').map((text) => oneOf(schemaUpdates, text, 'a schema update'));
  if (updateSchema.length > 0 && packageType !== 'project')
    throw new MigratorError('USAGE', `a ${packageType} package updates no schema`, {
      hint: 'leave --update-schema out',
    });
  if (packageType === 'project_security' && options['aclOnReplacing'] !== undefined)
    throw new MigratorError('USAGE', 'a project_security package replaces no access control lists', {
      hint: 'leave --acl-on-replacing out',
    });
  const rule = textOf(options, 'defaultAction');
  const chosen = rule === undefined ? undefined : oneOf(conflictRules, rule, 'the default action');
  return {
    packageType,
    defaultAction: chosen ?? usualAction,
    chosen,
    aclOnReplacing: word('aclOnReplacing', aclsOnReplacing, 'the rule for access control lists of replaced objects'),
    aclOnNew: word('aclOnNew', aclsOnNew, 'the rule for access control lists of new objects'),
    updateSchema,
  };
}

export type Purpose = 'object_migration' | 'project_merge';

/** A project merge when no objects are named. USAGE when a package of that type cannot hold the named objects. */
export function purposeOf(
  { packageType }: PackageSettings,
  objects: readonly { readonly type: number; readonly named: string }[],
): Purpose {
  if (objects.length === 0) {
    if (packageType === 'project') return 'project_merge';
    throw new MigratorError('USAGE', `a ${packageType} package needs objects`, {
      hint: 'name them with --object <id>:<type> or --objects',
    });
  }
  const foreign = objects.filter(({ type }) => !fits(type, packageType));
  if (foreign.length === 0) return 'object_migration';
  throw new MigratorError(
    'USAGE',
    `a ${packageType} package does not take ${foreign.map(({ named, type }) => `${named} (${typeName(type)})`).join(', ')}`,
    {
      hint:
        packageType === 'project'
          ? 'objects of the configuration go with --package-type configuration, users and groups of a project also with project_security'
          : 'other objects go with --package-type project',
    },
  );
}

export function actionOf(
  { action }: Pick<ResolvedObject, 'action'>,
  { defaultAction }: Pick<PackageSettings, 'defaultAction'>,
): Action {
  return action ?? defaultAction;
}

/** `packageInfo` of the request that makes a package (Migration API, object migration, step 1; project merge). */
export function packageInfo(
  name: string,
  settings: PackageSettings,
  objects: readonly ResolvedObject[],
  environment: Environment,
): object {
  const { packageType, defaultAction, aclOnReplacing, aclOnNew, updateSchema } = settings;
  const toc = {
    ...(packageType === 'configuration' ? {} : { updateSchema: packageType === 'project' ? updateSchema : null }),
    aclOnReplacingObjects: packageType === 'project_security' ? null : aclOnReplacing,
    aclOnNewObjects: [aclOnNew],
    defaultAction,
  };
  const content = contentOf(objects, settings);
  const whole = objects.length === 0;
  return {
    type: packageType,
    name,
    // Without a purpose the server makes an object migration.
    ...(whole ? { purpose: 'project_merge' } : {}),
    environment,
    tocView: whole ? { settings: toc } : { settings: toc, content },
    treeView: {},
  };
}

/** The objects in the form of a package's table of contents. */
export function contentOf(
  objects: readonly ResolvedObject[],
  settings: Pick<PackageSettings, 'defaultAction'>,
): readonly object[] {
  return objects.map((object) => ({
    id: object.id,
    name: object.name,
    type: object.type,
    action: actionOf(object, settings),
    includeDependents: object.includeDependents,
  }));
}

/** What the user should know before the package is made. */
export function packageNotes(settings: PackageSettings, objects: readonly ResolvedObject[]): string[] {
  const rules = [settings.defaultAction, ...objects.map((object) => actionOf(object, settings))];
  const shortcuts = objects.filter(({ type }) => type === shortcut).map(({ name }) => name);
  return [
    ...(objects.length === 0 ? ['without --object the whole project is packed, as a project merge'] : []),
    ...(rules.includes('keep_both')
      ? ['with keep_both the server makes no undo package: this import cannot be undone']
      : []),
    ...(shortcuts.length > 0
      ? [`shortcuts may fail to import; name what they point to instead: ${shortcuts.join(', ')}`]
      : []),
    ...(objects.some(({ includeDependents }) => includeDependents)
      ? [`dependents that are packed too follow the default action ${settings.defaultAction}`]
      : []),
  ];
}

/**
 * Warns of what the package will not do although a user may expect it: by the documents, the rule use_existing copies
 * nothing.
 */
export function idleNotes(
  settings: Pick<PackageSettings, 'defaultAction'>,
  objects: readonly ResolvedObject[],
  purpose: Purpose,
  /** The objects that the target may lack. */
  absent: readonly ResolvedObject[] = objects,
): string[] {
  const idle = settings.defaultAction === 'use_existing';
  const kept = absent.filter((object) => actionOf(object, settings) === 'use_existing').map(({ name }) => name);
  const dependents = idle && objects.some(({ includeDependents }) => includeDependents);
  return [
    ...(purpose === 'project_merge' && idle
      ? ['a project merge by the rule use_existing copies nothing; name another rule with --default-action']
      : []),
    ...(kept.length > 0
      ? [
          `by the rule use_existing nothing is copied, not even what the target lacks: ${kept.join(', ')}; name another rule with --action`,
        ]
      : []),
    ...(dependents
      ? ['dependents that the target lacks are not copied by the rule use_existing; name another with --default-action']
      : []),
  ];
}
