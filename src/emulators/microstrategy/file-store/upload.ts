// Uploaded packages. Each binary has a metadata file beside it in the shared folder, so that every Library there sees
// it.
import type { Json } from '../../shared/json.ts';
import type { Instance } from '../instance.ts';
import { listPackageFiles, packagesFolder, readShared, writeShared } from './shared-folder.ts';

export const uploadType = 'migrations.packages';

export interface Upload extends Json {
  readonly id: string;
  readonly name: string | null;
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  /** True when the binary has been uploaded. */
  readonly existing: boolean;
  readonly creationDate: string;
  readonly lastUpdatedDate: string;
  readonly creator: Json;
  readonly environment: Json;
  readonly extraInfo: Json & { readonly packageId: string; readonly packageType: string };
}

const marker = '-upload.json';

/** The id contains the name of the file. The path of the file is in the listing. */
export const uploadId = (file: string): string => Buffer.from(`${uploadType}:${file}`).toString('base64');

export const binaryPath = (day: string, file: string): string => `${packagesFolder}/${day}/${file}.mmp`;

const metadataPath = (path: string) => path.replace(/\.mmp$/, '-upload.json');

export const metadataPathOf = ({ path }: Upload): string => metadataPath(path);

export const writeUpload = (instance: Instance, upload: Upload): void =>
  writeShared(instance.storage, metadataPathOf(upload), JSON.stringify(upload));

export function uploadsOf(instance: Instance): readonly Upload[] {
  return listPackageFiles(instance.storage, marker).flatMap((path) => {
    const content = readShared(instance.storage, path);
    // Another Library has removed it meanwhile.
    return content === undefined ? [] : [JSON.parse(content.toString('utf8')) as Upload];
  });
}

/** Finds an upload by id. Clients may leave out the padding of base64. */
export function findUpload(instance: Instance, id: string): Upload | undefined {
  const bare = id.replace(/=+$/, '');
  return uploadsOf(instance).find((one) => one.id.replace(/=+$/, '') === bare);
}
