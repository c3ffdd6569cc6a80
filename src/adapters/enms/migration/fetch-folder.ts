import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import { decoded, itemsOf, releaseOf } from '../model/package-content.ts';
import { types, type Type } from '../model/types-and-relations.ts';
import type { Server } from '../server.ts';
import { migrationFolder } from './migration-folder.ts';

/**
 * The files of a finished export. Each is read whole and parsed, because a failed call leaves empty files, and an
 * import fails half-way at a file that cannot be parsed. NOT_FOUND without `metadata.yaml`: the server writes it last.
 */
export async function fetchFolder(
  server: Server,
  name: string,
  wanted: readonly Type[] | undefined,
  signal: AbortSignal,
): Promise<readonly ArtifactFile[]> {
  const named = wanted ?? types;
  const held = await migrationFolder(server, name).readAll(
    ['metadata.yaml', ...named.map((type) => `${type}.yaml`)],
    signal,
  );
  const metadata = held.get('metadata.yaml');
  if (metadata === undefined) {
    throw new MigratorError('NOT_FOUND', `eNMS holds no finished export in /migrations/${name}`, {
      hint: 'look at the folder on the server; a setting paths.migration that points elsewhere hides it from the web interface',
    });
  }
  releaseOf(decoded(metadata));
  const files: ArtifactFile[] = [];
  const missing: Type[] = [];
  for (const type of named) {
    const bytes = held.get(`${type}.yaml`);
    if (bytes === undefined) {
      missing.push(type);
      continue;
    }
    itemsOf(decoded(bytes), `${type}.yaml`);
    files.push(fileOf(`${type}.yaml`, bytes));
  }
  if (files.length === 0 || (wanted !== undefined && missing.length > 0)) {
    throw new MigratorError(
      'NOT_FOUND',
      `/migrations/${name} lacks ${missing.map((type) => `${type}.yaml`).join(', ')}`,
      { details: { missing } },
    );
  }
  return [...files, fileOf('metadata.yaml', metadata)];
}

function fileOf(name: string, bytes: Buffer): ArtifactFile {
  return {
    path: `native/${name}`,
    size: bytes.length,
    mediaType: 'application/yaml',
    open: async function* () {
      await Promise.resolve();
      if (bytes.length > 0) yield bytes;
    },
  };
}
