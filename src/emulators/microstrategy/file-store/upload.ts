// Uploaded packages: a metadata file beside each binary, both in the shared folder, so that every Library on it sees them.
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
  /** True once the binary is there. */
  readonly existing: boolean;
  readonly creationDate: string;
  readonly lastUpdatedDate: string;
  readonly creator: Json;
  readonly environment: Json;
  readonly extraInfo: Json & { readonly packageId: string; readonly packageType: string };
}

const marker = '-upload.json';

/** The id says which file it is; where the file lies is told by the listing. */
export const uploadId = (file: string): string => Buffer.from(`${uploadType}:${file}`).toString('base64');

export const binaryPath = (day: string, file: string): string => `${packagesFolder}/${day}/${file}.mmp`;

const metadataPath = (path: string) => path.replace(/\.mmp$/, '-upload.json');

export const metadataPathOf = ({ path }: Upload): string => metadataPath(path);

export const writeUpload = (instance: Instance, upload: Upload): void =>
  writeShared(instance.storage, metadataPathOf(upload), JSON.stringify(upload));

export function uploadsOf(instance: Instance): readonly Upload[] {
  return listPackageFiles(instance.storage, marker).flatMap((path) => {
    const content = readShared(instance.storage, path);
    // Removed by another Library meanwhile.
    return content === undefined ? [] : [JSON.parse(content.toString('utf8')) as Upload];
  });
}

/** Clients send the id as it is, or percent-encoded; the padding may be missing. */
export function findUpload(instance: Instance, id: string): Upload | undefined {
  const bare = id.replace(/=+$/, '');
  return uploadsOf(instance).find((one) => one.id.replace(/=+$/, '') === bare);
}
