import type { YamlNode } from '../../../enms-yaml/scalars.ts';
import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import { decoded, isMap, itemsOf, releaseOf } from '../model/package-content.ts';
import type { Type } from '../model/types-and-relations.ts';
import type { Server } from '../server.ts';
import { valueOf } from '../wire/yaml.ts';
import { migrationFolder } from './migration-folder.ts';

/**
 * The files of a finished export. Each is read whole and parsed, because a failed call leaves empty files, and an
 * import fails half-way at a file that cannot be parsed. NOT_FOUND without `metadata.yaml`: the server writes it last.
 */
export async function fetchFolder(
  server: Server,
  name: string,
  wanted: readonly Type[],
  signal: AbortSignal,
): Promise<readonly ArtifactFile[]> {
  const held = await migrationFolder(server, name).readAll(
    ['metadata.yaml', ...wanted.map((type) => `${type}.yaml`)],
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
  for (const type of wanted) {
    const bytes = held.get(`${type}.yaml`);
    if (bytes === undefined) {
      missing.push(type);
      continue;
    }
    requireNames(type, itemsOf(decoded(bytes), `${type}.yaml`));
    files.push(fileOf(`${type}.yaml`, bytes));
  }
  if (missing.length > 0) {
    throw new MigratorError(
      'NOT_FOUND',
      `/migrations/${name} lacks ${missing.map((type) => `${type}.yaml`).join(', ')}`,
      { hint: 'make a new export', details: { missing } },
    );
  }
  return [...files, fileOf('metadata.yaml', metadata)];
}

/** UNSUPPORTED for an object without a name: no import could place it, and none takes the package. */
function requireNames(type: Type, items: readonly YamlNode[]): void {
  items.forEach((item, index) => {
    const value = valueOf(item);
    if (isMap(value) && typeof value['name'] === 'string' && value['name'] !== '') return;
    const shown = ['type', 'description', 'ip_address', 'path'].flatMap((key) => {
      const text = isMap(value) ? value[key] : undefined;
      return typeof text === 'string' && text !== '' ? [`${key} ${JSON.stringify(text)}`] : [];
    });
    throw new MigratorError(
      'UNSUPPORTED',
      `the ${type} number ${index + 1} of ${items.length} has no name${shown.length === 0 ? '' : ` (${shown.join(', ')})`}`,
      { hint: 'give it a name on the server, and export again' },
    );
  });
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
