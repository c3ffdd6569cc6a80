// Reads the table of contents of a package as clients send it: settings, and objects with their actions.
import { asList, asObject, asText, isObject, type Json } from '../../shared/json.ts';
import { isConfigurationType, isKnownType, isProjectType, objectType, typeName } from '../metadata/object-types.ts';
import { invalid, missing } from '../refusal.ts';
import { readInteger } from '../request.ts';
import type { PackageRow } from './record.ts';

export const actions = [
  'use_existing',
  'replace',
  'keep_both',
  'use_newer',
  'use_older',
  'force_replace',
  'delete',
] as const;
export type Action = (typeof actions)[number];

const schemaUpdates = ['recal_table_logical_size', 'recal_table_keys_fact_entry_level', 'update_schema_logical_info'];
const replacingRules = ['use_existing', 'replace', 'keep_both'] as const;
const newRules = ['keep_acl_as_source_object', 'inherit_acl_as_dest_folder'] as const;

export interface Settings {
  readonly aclOnReplacingObjects: (typeof replacingRules)[number];
  readonly aclOnNewObjects: (typeof newRules)[number];
  readonly defaultAction: Action;
}

export interface Content {
  readonly id: string;
  readonly type: number;
  readonly action: Action;
  readonly includeDependents: boolean;
}

/** The action for an object of a project merge: its own, else that of its folder, of its type, or the default. */
export interface MergeActions {
  readonly objects: ReadonlyMap<string, Action>;
  readonly folders: ReadonlyMap<string, Action>;
  readonly types: readonly { readonly type: number; readonly subtype: number | undefined; readonly action: Action }[];
}

export interface Toc {
  readonly settings: Settings;
  readonly content: readonly Content[];
  /** Only for project merges. */
  readonly merge: MergeActions | undefined;
}

function readAction(value: unknown, otherwise: Action | undefined): Action {
  if ((value === undefined || value === null) && otherwise !== undefined) return otherwise;
  const found = actions.find((one) => one === value);
  if (found === undefined) throw invalid(`The action '${asText(value)}' is invalid.`);
  return found;
}

/** Clients send a text, or a list with one text. */
const oneOf = (value: unknown): unknown => (Array.isArray(value) ? (value as unknown[])[0] : value);

function choice<Word extends string>(value: unknown, words: readonly Word[], usual: Word, member: string): Word {
  if (value === undefined || value === null) return usual;
  const found = words.find((word) => word === value);
  if (found === undefined) throw invalid(`The value of ${member} is invalid.`);
  return found;
}

function checkSchemaUpdates(value: unknown, type: PackageRow['type']): void {
  const given = typeof value === 'string' ? [value] : asList(value);
  if (given.some((one) => !schemaUpdates.includes(asText(one)))) throw invalid('The value of updateSchema is invalid.');
  if (given.length > 0 && type !== 'project') throw invalid('updateSchema is for project packages only.');
}

function readSettings(value: unknown, type: PackageRow['type']): Settings {
  if (!isObject(value)) throw missing('packageInfo.tocView.settings is missing.');
  checkSchemaUpdates(value['updateSchema'], type);
  const replacing = value['aclOnReplacingObjects'];
  if (type === 'project_security' && replacing !== undefined && replacing !== null) {
    throw invalid('aclOnReplacingObjects is not for project_security packages.');
  }
  return {
    aclOnReplacingObjects: choice(replacing, replacingRules, 'use_existing', 'aclOnReplacingObjects'),
    aclOnNewObjects: choice(oneOf(value['aclOnNewObjects']), newRules, 'keep_acl_as_source_object', 'aclOnNewObjects'),
    defaultAction: readAction(value['defaultAction'], 'use_existing'),
  };
}

function checkType(type: number, packageType: PackageRow['type']): void {
  if (!isKnownType(type)) throw invalid(`The object type ${type} is invalid.`);
  const fits =
    packageType === 'project'
      ? isProjectType(type)
      : packageType === 'configuration'
        ? isConfigurationType(type)
        : type === objectType.user;
  if (fits) return;
  throw invalid(`Objects of type ${type} (${typeName(type)}) are not allowed in a ${packageType} package.`);
}

function readContent(value: unknown, packageType: PackageRow['type'], usual: Action): Content {
  const item = asObject(value);
  const [id, type] = [asText(item['id']).toUpperCase(), readInteger(item['type'])];
  if (id === '' || type === undefined) throw missing('An object of packageInfo.tocView.content needs id and type.');
  checkType(type, packageType);
  return { id, type, action: readAction(item['action'], usual), includeDependents: item['includeDependents'] === true };
}

function readMerge(settings: Json): MergeActions {
  const byId = (value: unknown) =>
    new Map(
      asList(value).map((one) => {
        const item = asObject(one);
        return [asText(item['id']).toUpperCase(), readAction(item['action'], undefined)] as const;
      }),
    );
  return {
    objects: byId(settings['objectActions']),
    folders: byId(settings['folderActions']),
    types: asList(settings['objectTypeActions']).map((one) => {
      const item = asObject(one);
      const type = readInteger(item['type']);
      if (type === undefined) throw missing('An object type action needs a type.');
      return { type, subtype: readInteger(item['subtype']), action: readAction(item['action'], undefined) };
    }),
  };
}

/** 400 for a table of contents without settings or content, with an unknown action, or with objects of a wrong type. */
export function readToc(value: unknown, type: PackageRow['type'], purpose: string): Toc {
  if (!isObject(value)) throw missing('packageInfo.tocView is missing.');
  const settings = readSettings(value['settings'], type);
  if (purpose === 'project_merge') return { settings, content: [], merge: readMerge(asObject(value['settings'])) };
  const content = asList(value['content']).map((one) => readContent(one, type, settings.defaultAction));
  if (content.length === 0) throw missing('packageInfo.tocView.content is empty.');
  return { settings, content, merge: undefined };
}
