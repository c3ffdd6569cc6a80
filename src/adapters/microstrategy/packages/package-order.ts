import { MigratorError } from '../../../errors.ts';
import type { PackageRef } from '../../../ports/artifact.ts';
import type { ExportRequest } from '../../../ports/exporter.ts';
import type { Options } from '../../../ports/options.ts';
import { newVersion } from '../../shared/new-version.ts';
import { flagOf, textOf } from '../../shared/option-values.ts';
import { wantedObjects } from '../objects/object-list.ts';
import { resolveObjects, type ResolvedObject } from '../objects/objects.ts';
import { selectProject } from '../objects/projects.ts';
import type { Library } from '../server.ts';
import { packageNotes, packageSettings, purposeOf, type PackageSettings, type Purpose } from './package-content.ts';
import { checkRef, idFrom } from './package-name.ts';

/** What a package shall hold. Every name is resolved on the source. */
export interface PackageOrder {
  readonly ref: PackageRef;
  /** Undefined for a package of the configuration. */
  readonly project: { readonly id: string; readonly name: string } | undefined;
  readonly purpose: Purpose;
  readonly settings: PackageSettings;
  readonly objects: readonly ResolvedObject[];
  readonly notes: readonly string[];
}

/** Checks the options, then resolves what the package shall hold. Reads only. */
export async function packageOrder(
  library: Library,
  request: Pick<ExportRequest, 'projects' | 'packageId' | 'packageVersion' | 'options'>,
  signal: AbortSignal,
): Promise<PackageOrder> {
  const { options } = request;
  const settings = packageSettings(options);
  const wanted = wantedObjects(options);
  const purpose = purposeOf(settings, wanted);
  const ofConfiguration = settings.packageType === 'configuration';
  const selection = ofConfiguration ? undefined : await selectProject(library, request.projects, signal);
  const project = selection && { id: selection.project.id, name: selection.project.name };
  const ref = refOf(request, project?.name ?? 'configuration', options, library);
  const objects = await resolveObjects(library, wanted, project?.id, signal);
  const notes = [
    ...(selection?.notes ?? []),
    ...(ofConfiguration
      ? [
          `a configuration package belongs to no project${request.projects.length === 0 ? '' : `: nothing of ${request.projects.join(', ')} goes into it`}`,
        ]
      : []),
    ...packageNotes(settings, objects),
  ];
  return { ref, project, purpose, settings, objects, notes };
}

function refOf(
  { packageId, packageVersion }: Pick<ExportRequest, 'packageId' | 'packageVersion'>,
  name: string,
  options: Options,
  { tools }: Library,
): PackageRef {
  const ref = {
    id: packageId ?? textOf(options, 'packageName') ?? idFrom(name),
    version: packageVersion ?? newVersion(tools),
  };
  checkRef(ref);
  return ref;
}

/** USAGE for --target-project: what belongs to no project goes into none. */
export function refuseTargetProject(options: Options): void {
  if (textOf(options, 'targetProject') === undefined) return;
  throw new MigratorError('USAGE', 'a configuration package goes into no project', {
    hint: 'leave --target-project out',
  });
}

/** UNSUPPORTED for --request-only: the server imports an uploaded package at once, without an approval. */
export function refuseRequestOnly(options: Options): void {
  if (!flagOf(options, 'requestOnly')) return;
  throw new MigratorError(
    'UNSUPPORTED',
    'a package that goes through this machine is imported at once, without approval',
    { hint: 'leave --request-only out, or migrate between Libraries that share one storage' },
  );
}
