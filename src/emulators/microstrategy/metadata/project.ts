import type { Store } from '../../shared/store.ts';
import { objectType } from './object-types.ts';
import { configuration, findObject, objectsOf, type MetadataObject } from './object.ts';

/** The status in the project list; 0 means loaded. */
export const statusOf = (project: MetadataObject): number =>
  typeof project.definition['status'] === 'number' ? project.definition['status'] : 0;

export const projectsOf = (store: Store): readonly MetadataObject[] =>
  objectsOf(store, configuration).filter(({ type }) => type === objectType.project);

export function findProject(store: Store, id: string): MetadataObject | undefined {
  const found = findObject(store, configuration, id);
  return found?.type === objectType.project ? found : undefined;
}

/** The folders of EnumDSSXMLFolderNames that the sample projects have. Their ids are the same in every project. */
export const preDefinedFolders: Readonly<Record<number, { readonly id: string; readonly name: string }>> = {
  1: { id: '98FE182C2A10427EACE0CD30B6768258', name: 'Public Objects' },
  2: { id: 'B0E9C5ED6D5D4F6AAB0A5A3F8C5D8A11', name: 'Consolidations' },
  3: { id: 'A7B7F5F35E5C4B5EAE4F3A2C1D0E9F21', name: 'Custom Groups' },
  4: { id: 'C2D8A4B6E0F14C7A9B5D3E2F1A0C8B31', name: 'Drill Maps' },
  5: { id: '9C4A5B6D7E8F40A1B2C3D4E5F6A7B841', name: 'Filters' },
  6: { id: 'E9AE3CEB0D464F74A1E5C9B1D0C5E651', name: 'Metrics' },
  7: { id: 'D3C7D461F69C4610AA6BAA5EF51F4125', name: 'Reports' },
  8: { id: 'B5C2D4E6F8A04B1C9D3E5F7A9B1C2D61', name: 'Prompts' },
  24: { id: '95C3B713318B43D490EE789BE27D298C', name: 'Schema Objects' },
  26: { id: '3D2A1B0C9E8F4A7B8C6D5E4F3A2B1C71', name: 'Attributes' },
  27: { id: '4E3B2C1D0F9A4B8C9D7E6F5A4B3C2D81', name: 'Facts' },
  28: { id: '5F4C3D2E1A0B4C9DAE8F7A6B5C4D3E91', name: 'Hierarchies' },
  33: { id: '6A5D4E3F2B1C4DAEBF9A8B7C6D5E4FA1', name: 'Tables' },
  39: { id: 'D43364C684E34A5F9B2F9AD7108F7828', name: 'Project root' },
};

export const rootFolder = 'D43364C684E34A5F9B2F9AD7108F7828';
