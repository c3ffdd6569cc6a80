import type { Options } from '../../../ports/options.ts';
import type { Scope } from '../../../ports/snapshot.ts';
import { flagOf, listOf } from '../../shared/option-values.ts';
import { assetTypes, typesOf } from '../projects/asset-types.ts';
import { formatPath, parsePath, type ProjectPath } from '../wire/paths.ts';

/** What a snapshot looks at. */
export interface Looked {
  readonly projects: readonly ProjectPath[];
  /** The types that the user named, which `content` keeps to. A listing has all types. Empty: all types. */
  readonly types: readonly string[];
  /** Texts `old=new`. An account is called by its new name, as long as no other account has it. */
  readonly renames: readonly string[];
  /** Also looks at copies of the projects that have a number behind their names. */
  readonly numbered: boolean;
  /** A listing also shows a project that is there and holds nothing. */
  readonly empty: boolean;
}

/** The scope of these projects. USAGE for an unknown type. */
export function scopeAt(paths: readonly ProjectPath[], options: Options, renames: readonly string[] = []): Scope {
  return {
    projects: paths.map(formatPath),
    types: typesOf(listOf(options, 'assetType'), assetTypes, 'asset-type'),
    renames,
  };
}

export function readScope(scope: Scope): Looked {
  return {
    projects: listOf(scope, 'projects').map((text) => parsePath(text, 'a project of the snapshot')),
    types: listOf(scope, 'types'),
    renames: listOf(scope, 'renames'),
    numbered: flagOf(scope, 'numbered'),
    empty: flagOf(scope, 'empty'),
  };
}
