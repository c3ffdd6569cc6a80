// What belongs to projects and does not travel with their export. The server says nothing of it.
import { isMigratorError } from '../../../errors.ts';
import type { PreparedExport } from '../../../ports/exporter.ts';
import { flagOf } from '../../shared/option-values.ts';
import type { Server } from '../server.ts';
import { isFields, listOf } from '../snapshots/carried-fields.ts';
import { idOf, openSpace, tagsOf, type Document } from '../snapshots/space-content.ts';

const counted = (count: number, one: string, several: string): string =>
  `${String(count)} ${count === 1 ? one : several}`;

const setOf = (tag: string): string => tag.split('/')[0] ?? tag;

/** The tags that a variable is scoped to. */
function scopeTags(variable: unknown): readonly string[] {
  const scope = isFields(variable) && isFields(variable['Scope']) ? variable['Scope'] : {};
  return listOf(scope['TenantTag']).filter((tag) => typeof tag === 'string');
}

/** The tags to which a step or one of its actions is scoped. */
function stepTags(step: unknown): readonly string[] {
  const parts = isFields(step) ? [step, ...listOf(step['Actions'])] : [];
  return parts.flatMap((part) => (isFields(part) ? tagsOf(part) : []));
}

/** What the scopes of such things miss on the target. The sets that travel are known. */
function dangling(
  scopes: readonly (readonly string[])[],
  travelling: ReadonlySet<string>,
  [one, several]: readonly [string, string],
): readonly string[] {
  const missing = scopes
    .map((tags) => tags.map(setOf).filter((set) => !travelling.has(set)))
    .filter((sets) => sets.length > 0);
  if (missing.length === 0) return [];
  const named = [...new Set(missing.flat())].toSorted();
  return [
    `${counted(missing.length, one, several)} scoped to tags of ${counted(named.length, 'tag set', 'tag sets')} that may not travel with the projects (${named.join(', ')}): without the tags on the target, these scopes match no tenant`,
  ];
}

/** Sentences with counts; none when everything travels. */
export async function notCarried(
  server: Server,
  { projects, settled }: Pick<PreparedExport, 'projects' | 'settled'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const reader = await openSpace(server, { kinds: ['variable-set', 'tenant'], ahead: false }, signal);
    const documents = reader.wanted(projects.map(({ name }) => name));
    const [contents, shared] = await Promise.all([reader.contents(documents), reader.shared()]);
    const included = new Set(documents.flatMap((project) => listOf(project['IncludedLibraryVariableSetIds'])));
    const sets = (shared.get('variable-set') ?? []).filter(({ Id }) => included.has(Id));
    const library = await reader.variableSets(sets.map((set) => idOf(set, 'VariableSetId')).filter((id) => id !== ''));
    const channels = contents.flatMap(({ own }) => own.get('channel') ?? []);
    const linked = (tenant: Document) => {
      const links = tenant['ProjectEnvironments'];
      return isFields(links) && documents.some(({ Id }) => Id in links);
    };
    const tenants = flagOf(settled, 'ignoreTenants') ? [] : (shared.get('tenant') ?? []).filter(linked);
    const travelling = new Set([...channels, ...tenants].flatMap(tagsOf).map(setOf));
    const variables = [...contents.map((content) => content.variables), ...library.values()];
    const processes = contents.flatMap(({ process, own, runbookProcesses }) => [
      process,
      ...(own.get('runbook') ?? []).map((runbook) => runbookProcesses.get(idOf(runbook, 'RunbookProcessId'))),
    ]);
    const published = contents
      .flatMap(({ own }) => own.get('runbook') ?? [])
      .filter((runbook) => idOf(runbook, 'PublishedRunbookSnapshotId') !== '');
    return [
      ...dangling(variables.flatMap((set) => listOf(set?.['Variables'])).map(scopeTags), travelling, [
        'variable is',
        'variables are',
      ]),
      ...dangling(processes.flatMap((process) => listOf(process?.['Steps'])).map(stepTags), travelling, [
        'step is',
        'steps are',
      ]),
      ...(published.length === 0
        ? []
        : [
            `snapshots of runbooks do not travel: ${counted(published.length, 'runbook has', 'runbooks have')} a published one; publish it again on the target`,
          ]),
    ];
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    return [`what does not travel could not be looked at: ${error.message}`];
  }
}
