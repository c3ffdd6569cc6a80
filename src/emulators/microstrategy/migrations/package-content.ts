import type { MetadataObject } from '../metadata/object.ts';
import type { SecurityLink } from '../metadata/security-link.ts';
import type { PackageRow } from './record.ts';
import type { Action, Settings } from './toc.ts';

/** One object on its way, with what is to happen on arrival. */
export interface PackedObject {
  readonly object: MetadataObject;
  readonly action: Action;
  /** False for what came along as a dependent. */
  readonly explicit: boolean;
}

export interface PackedLink {
  readonly link: SecurityLink;
  readonly action: Action;
}

/** Everything that an import needs: no other instance is asked. */
export interface PackageContent {
  readonly kind: 'package';
  /** The release that made it. */
  readonly release: string;
  readonly type: PackageRow['type'];
  readonly settings: Settings;
  readonly objects: readonly PackedObject[];
  /** The folders above the objects, for those that the target does not have. */
  readonly folders: readonly MetadataObject[];
  readonly links: readonly PackedLink[];
}

/** Asynchronous work fails with this; the message goes into the record. */
export class WorkFailure extends Error {
  override readonly name = 'WorkFailure';
}
