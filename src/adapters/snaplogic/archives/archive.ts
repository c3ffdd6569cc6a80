import type { z } from 'zod';
import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import type { Asset } from '../projects/asset-plan.ts';
import { taskOf, type Task } from '../tasks/task.ts';
import { readPath, type ProjectPath } from '../wire/paths.ts';
import { exportListSchema } from '../wire/schemas.ts';
import { documentsOf } from './zip.ts';

const entriesName = 'export.json';
const templateName = 'accounts_template.json';

/** What the zip of an exported project says about itself. */
export interface Archive {
  readonly assets: readonly Asset[];
  /** The path that was exported; undefined when no entry says it. */
  readonly origin: ProjectPath | undefined;
  /** The tasks, as far as the list describes them. */
  readonly tasks: readonly Task[];
  /** The template of the accounts, without their secrets. */
  readonly accounts: unknown;
}

/** The one zip among a package's files. PACKAGE_MALFORMED when there is none, or several. */
export function zipAmong(files: readonly ArtifactFile[]): ArtifactFile {
  const [file, ...others] = files.filter(({ path }) => path.startsWith('native/'));
  if (file !== undefined && others.length === 0) return file;
  throw new MigratorError(
    'PACKAGE_MALFORMED',
    `the package holds ${file === undefined ? 0 : others.length + 1} files of the product, and needs exactly one zip`,
    {
      hint: 'a file that a server exported is sealed for an import with: migrator package seal <file> --server-export',
    },
  );
}

export async function readArchive(file: ArtifactFile, signal: AbortSignal): Promise<Archive> {
  const documents = await documentsOf(file, [entriesName, templateName], signal);
  const list = exportListSchema.safeParse(documents.get(entriesName));
  if (!list.success) {
    throw new MigratorError('PACKAGE_MALFORMED', `${file.path} is a zip, but not the export of a SnapLogic project`, {
      hint: `such a zip has ${entriesName} at its root`,
    });
  }
  const { entries } = list.data;
  const paths = entries.map(({ path, name }) => readPath(parentOf(path ?? '', name)) ?? readPath(path ?? ''));
  return {
    assets: entries.map(assetOf),
    origin: paths.find((path) => path !== undefined),
    tasks: entries.flatMap(({ name, job }) => (name === undefined || !job ? [] : [taskOf(name, job)])),
    accounts: documents.get(templateName),
  };
}

type Entry = z.infer<typeof exportListSchema>['entries'][number];

function assetOf(entry: Entry): Asset {
  return { type: typeOf(entry), name: entry.name ?? entry.property_map?.info?.label?.value ?? '?' };
}

/** The path of an entry is that of its project, and may end in the entry's own name. */
function parentOf(path: string, name: string | undefined): string {
  return name !== undefined && path.endsWith(`/${name}`) ? path.slice(0, -name.length - 1) : path;
}

interface Typed {
  readonly asset_type?: string | undefined;
  readonly class_id?: string | undefined;
  readonly snap_map?: unknown;
}

function typeOf({ asset_type: type, class_id: id, snap_map: snaps }: Typed): string {
  if (type !== undefined) return type;
  if (snaps !== undefined && snaps !== null) return 'Pipeline';
  return /account/iu.test(id ?? '') ? 'Account' : 'Asset';
}
