// The environments of the default lifecycle, which an export does not bring along for its sake.
import { isFields, listOf, wordsOf } from '../snapshots/carried-fields.ts';
import { idOf, nameIn, type Document, type ProjectContent } from '../snapshots/space-content.ts';
import { documentsOf, onlyLinkedTo, type Shared } from '../snapshots/used-documents.ts';

/** Nothing marks the default lifecycle: it has this name at first, and no phases, which means all environments. */
const isDefault = (lifecycle: Document): boolean =>
  /^default lifecycle$/i.test(lifecycle.Name ?? '') || phasesOf(lifecycle).length === 0;

const phasesOf = (lifecycle: Document) => listOf(lifecycle['Phases']).filter(isFields);

interface Missed {
  readonly projects: readonly string[];
  readonly environments: readonly string[];
}

/**
 * The projects that use only the default lifecycle, and its environments that nothing else brings along. `setVariables`: of
 * the library sets that travel. `used`: the ids of the shared documents that the projects use.
 */
export function environmentsMissed(
  contents: readonly ProjectContent[],
  shared: Shared,
  used: ReadonlySet<string>,
  setVariables: readonly Document[],
): Missed {
  const lifecycles = new Map((shared.get('lifecycle') ?? []).map((lifecycle) => [lifecycle.Id, lifecycle]));
  const lifecyclesOf = ({ project, own }: ProjectContent): readonly Document[] => {
    const ids = [project, ...(own.get('channel') ?? [])].map((user) => idOf(user, 'LifecycleId'));
    return [...new Set(ids)].flatMap((id) => lifecycles.get(id) ?? []);
  };
  const only = contents.filter((content) => {
    const its = lifecyclesOf(content);
    return its.length > 0 && its.every(isDefault);
  });
  const standard = new Set(only.flatMap(lifecyclesOf));
  const projects = new Set(contents.map(({ project }) => project.Id));
  const travelling = [
    ...contents.flatMap(({ own, ...content }) =>
      documentsOf({ ...content, own: new Map([...own].filter(([kind]) => kind !== 'trigger')) }),
    ),
    ...[...shared]
      .flatMap(([kind, documents]) => (staysOrMeant.has(kind) ? [] : documents))
      .filter(({ Id }) => used.has(Id)),
    ...setVariables,
  ]
    .filter((one) => !standard.has(one))
    .map((one) => onlyLinkedTo(one, projects));
  const coming = new Set(travelling.flatMap((one) => [...wordsOf(one)]));
  const missed = (shared.get('environment') ?? []).filter(
    ({ Id }) => !coming.has(Id) && [...standard].some((lifecycle) => reaches(lifecycle, Id)),
  );
  return {
    projects: only.map(({ project }) => nameIn('project', project)).toSorted(),
    environments: missed.map((environment) => nameIn('environment', environment)),
  };
}

/** Machines and workers do not travel, and an environment does not bring itself. */
const staysOrMeant: ReadonlySet<string> = new Set(['machine', 'worker', 'environment']);

function reaches(lifecycle: Document, environment: string): boolean {
  const phases = phasesOf(lifecycle);
  return phases.length === 0 || phases.some((phase) => [...wordsOf(phase)].includes(environment));
}
