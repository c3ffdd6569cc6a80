import { isFields, listOf } from '../snapshots/carried-fields.ts';
import type { Document, ProjectContent, SpaceReader } from '../snapshots/space-content.ts';

const deployedProject = 'Octopus.Action.DeployRelease.ProjectId';

/** The projects with those that their steps of the type Deploy a Release deploy, and so on: an export takes them along. */
export async function withDeployedProjects(
  reader: Pick<SpaceReader, 'projects' | 'contents'>,
  chosen: readonly Document[],
): Promise<readonly ProjectContent[]> {
  let contents = await reader.contents(chosen);
  for (;;) {
    const read = new Set(contents.map(({ project }) => project.Id));
    const deployed = new Set(contents.flatMap(deployedBy));
    const more = reader.projects.filter(
      ({ Id, ...fields }) => !read.has(Id) && (deployed.has(Id) || deployed.has(fields['Slug'])),
    );
    if (more.length === 0) return contents;
    contents = [...contents, ...(await reader.contents(more))];
  }
}

/** Ids of projects. A process that was written by hand may name a slug. */
function deployedBy({ process, runbookProcesses }: ProjectContent): readonly unknown[] {
  return [process, ...runbookProcesses.values()]
    .flatMap((one) => listOf(one?.['Steps']).filter(isFields))
    .flatMap((step) => listOf(step['Actions']).filter(isFields))
    .map(({ Properties: properties }) => (isFields(properties) ? properties[deployedProject] : undefined))
    .filter((id) => id !== undefined && id !== '');
}
