import type { MetadataObject } from '../metadata/object.ts';
import type { SecurityLink } from '../metadata/security-link.ts';
import type { PackageRow } from './record.ts';
import type { Action, Settings } from './toc.ts';

/** An object in a package, with the action for the target. */
export interface PackedObject {
  readonly object: MetadataObject;
  readonly action: Action;
  /** False for an object that is only a dependent. */
  readonly explicit: boolean;
}

export interface PackedLink {
  readonly link: SecurityLink;
  readonly action: Action;
}

/** All that an import needs; it does not ask another instance. */
export interface PackageContent {
  readonly kind: 'package';
  /** The release that made it. */
  readonly release: string;
  readonly type: PackageRow['type'];
  readonly settings: Settings;
  readonly objects: readonly PackedObject[];
  /** The folders above the objects: the target makes those that it does not have. */
  readonly folders: readonly MetadataObject[];
  readonly links: readonly PackedLink[];
}

/** Asynchronous work fails with this error. Its message goes into the record. */
export class WorkFailure extends Error {
  override readonly name = 'WorkFailure';
}
