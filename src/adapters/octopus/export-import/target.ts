// What the space of a target holds already.
import type { Named } from '../../../ports/snapshot.ts';
import { isFields, listOf } from '../snapshots/carried-fields.ts';
import { sharedLists } from '../snapshots/list-paths.ts';
import { idOf, nameIn, openSpace, plainName } from '../snapshots/space-content.ts';
import { scopeText } from '../snapshots/variable-name.ts';
import type { ExportImport } from './export-import.ts';

/** The kinds that an export may bring. */
const brought = [
  ...['project-group', 'environment', 'lifecycle', 'variable-set', 'tenant', 'tag-set', 'feed'],
  ...['account', 'certificate', 'worker-pool', 'step-template', 'git-credential'],
];

/** All projects and shared things of the space the tags of its sets, and the variables of library sets with these names. */
export async function thingsOn(
  { server }: ExportImport,
  sets: readonly string[],
  signal: AbortSignal,
): Promise<readonly Named[]> {
  const kinds = Object.keys(sharedLists).filter((kind) => brought.includes(kind));
  const reader = await openSpace(server, { kinds, ahead: true }, signal);
  const shared = await reader.shared();
  const wanted = new Set(sets.map((name) => name.trim().toLowerCase()));
  const owners = (shared.get('variable-set') ?? []).filter((set) =>
    wanted.has(nameIn('variable-set', set).trim().toLowerCase()),
  );
  const variables = await reader.variableSets(
    owners.map((set) => idOf(set, 'VariableSetId')).filter((id) => id !== ''),
  );
  const names = new Map(
    [...shared.values()].flatMap((documents) => documents.map((one) => [one.Id, plainName(one)] as const)),
  );
  for (const project of reader.projects) names.set(project.Id, nameIn('project', project));
  return [
    ...reader.projects.map((project) => ({ kind: 'project', name: nameIn('project', project) })),
    ...[...shared].flatMap(([kind, documents]) => documents.map((one) => ({ kind, name: plainName(one) }))),
    ...(shared.get('tag-set') ?? []).flatMap((set) =>
      listOf(set['Tags'])
        .filter(isFields)
        .map(({ Name }) => ({ kind: 'tag', name: `${nameIn('tag-set', set)}/${String(Name)}` })),
    ),
    ...owners.flatMap((set) =>
      listOf(variables.get(idOf(set, 'VariableSetId'))?.['Variables'])
        .filter(isFields)
        .map(({ Name, Scope }) => ({
          kind: 'set-variable',
          name: `${nameIn('variable-set', set)}/${String(Name)}${scopeText(Scope, (id) => names.get(id))}`,
        })),
    ),
  ];
}
