import type { Json } from '../../shared/json.ts';
import type { Store } from '../../shared/store.ts';
import { administratorId, guidOf, wireDate, everyoneId } from '../identifiers.ts';
import { configuration, putObject, type AccessEntry, type MetadataObject, type ObjectRef } from '../metadata/object.ts';

const epoch = Date.UTC(2026, 0, 5, 8, 0, 0);
const day = 86_400_000;

/** A time in the sample's history. */
export const sampleDate = (days: number): string => wireDate(new Date(epoch + days * day));

export interface SampleObject {
  readonly name: string;
  readonly type: number;
  readonly subtype?: number;
  /** Default: made from type and name, so that the object has the same id on both sample servers. */
  readonly id?: string;
  readonly parent?: string;
  readonly uses?: readonly ObjectRef[];
  readonly description?: string;
  /** The day in the sample's history. Another day makes another version. */
  readonly changed?: number;
  readonly owner?: string;
  readonly acl?: readonly AccessEntry[];
  readonly definition?: Json;
  readonly system?: boolean;
  readonly hidden?: boolean;
}

export const fullControl = (trusteeId: string, trusteeName: string, trusteeSubtype = 8704): AccessEntry => ({
  trusteeId,
  trusteeName,
  trusteeType: 34,
  trusteeSubtype,
  rights: 255,
  deny: false,
  inheritable: true,
});

export const mayRead = (trusteeId: string, trusteeName: string): AccessEntry => ({
  ...fullControl(trusteeId, trusteeName, 8705),
  rights: 69,
});

const usualAcl = [fullControl(administratorId, 'Administrator'), mayRead(everyoneId, 'Public / Guest')];

export const sampleId = (type: number, name: string): string => guidOf('sample', String(type), name);

/** Adds an object. Equal arguments give equal ids, versions and times on every server. */
export function addObject(store: Store, scope: string, sample: SampleObject): ObjectRef {
  const { name, type, changed = 0 } = sample;
  const id = sample.id ?? sampleId(type, name);
  const object: MetadataObject = {
    id,
    name,
    type,
    subtype: sample.subtype ?? type * 256,
    description: sample.description ?? '',
    parent: sample.parent ?? null,
    owner: sample.owner ?? administratorId,
    created: sampleDate(0),
    modified: sampleDate(changed),
    version: guidOf('version', id, String(changed)),
    acl: sample.acl ?? usualAcl,
    hidden: sample.hidden ?? false,
    system: sample.system ?? false,
    uses: sample.uses ?? [],
    definition: sample.definition ?? {},
  };
  putObject(store, scope, object);
  return { id, type };
}

export const addConfiguration = (store: Store, sample: SampleObject): ObjectRef =>
  addObject(store, configuration, sample);
