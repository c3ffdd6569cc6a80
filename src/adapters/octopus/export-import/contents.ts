// What an export holds, in the kinds and names of snapshots.
import type { Named } from '../../../ports/snapshot.ts';
import { isFields, listOf } from '../snapshots/carried-fields.ts';
import { scopeText } from '../snapshots/variable-name.ts';
import type { ArchiveDocument, ExportArchive, ManifestEntry } from './archive.ts';
import { tagsWithin } from './tags.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The kinds that projects share, by the types of documents. */
const sharedKinds: readonly (readonly [RegExp, string])[] = [
  [/^ProjectGroup$/, 'project-group'],
  [/Environment$/, 'environment'],
  [/^Lifecycle$/, 'lifecycle'],
  [/^LibraryVariableSet$/, 'variable-set'],
  [/^Tenant$/, 'tenant'],
  [/^TagSet$/, 'tag-set'],
  [/Feed$/, 'feed'],
  [/Account$/, 'account'],
  [/^Certificate$/, 'certificate'],
  [/WorkerPool$/, 'worker-pool'],
  [/^ActionTemplate$/, 'step-template'],
  [/^GitCredential$/, 'git-credential'],
];

const ownTypes = /^(Project|Channel|Runbook|Release)$/;

/** What a project or the projects share, with the parts that an import treats one by one. */
export interface Coming extends Named {
  /** The project, or the library set, that it is a part of. */
  readonly of?: Named | undefined;
}

export interface ExportContents {
  readonly projects: readonly string[];
  /** By the kinds of snapshots. */
  readonly shared: readonly Coming[];
  readonly parts: readonly Coming[];
  /** Teams arrive without their members. */
  readonly teams: readonly string[];
  /** Tenants and projects with a logo. */
  readonly logos: readonly string[];
  /** Projects that keep their process in Git, by the name of their credentials' kind. */
  readonly inGit: readonly { readonly project: string; readonly credentials: string }[];
  /** Packages of the built-in feed that steps use. */
  readonly packages: readonly string[];
  /** `Set/Tag`, as documents name them. */
  readonly tags: readonly string[];
}

const textIn = (fields: Fields, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
};

/** What of a project or a shared thing is read. */
const read = [
  ...['Id', 'Name', 'ProjectId', 'Version', 'VariableSetId', 'DeploymentProcessId', 'RunbookProcessId'],
  ...['LogoAttachmentKey', 'PersistenceSettings'],
];

/** Some of the fields of a document. */
const picked = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(names.flatMap((name) => (name in fields ? [[name, fields[name]]] : [])));

/**
 * What of a document is needed. An export with releases has thousands of documents, and some hold secrets. Releases keep
 * copies of processes and variables (`…-s-21-…`), which nobody looks at.
 */
export function slim(entry: ManifestEntry, fields: Fields): Fields | undefined {
  const kept = needed(entry, fields);
  const tags = kept === undefined ? [] : tagsWithin(fields);
  return tags.length === 0 ? kept : { ...kept, TenantTags: tags };
}

function needed({ Id, DocumentType: type }: ManifestEntry, fields: Fields): Fields | undefined {
  if (/-s-\d+-/.test(Id)) return undefined;
  if (type === 'ProjectVariables' || type === 'LibraryVariables') {
    const variables = listOf(fields['Variables']).filter(isFields);
    return { Id, Variables: variables.map((variable) => picked(variable, ['Name', 'Scope'])) };
  }
  if (type === 'DeploymentProcess' || type === 'RunbookProcess') {
    return { Id, Steps: [{ Actions: actionsOf(fields).map((action) => picked(action, ['Id', 'Name', 'Packages'])) }] };
  }
  const isKnown = ownTypes.test(type) || type.endsWith('Team') || kindOf(type) !== undefined;
  return isKnown ? picked(fields, read) : undefined;
}

const kindOf = (type: string): string | undefined => sharedKinds.find(([pattern]) => pattern.test(type))?.[1];

export function contentsOf({ documents }: ExportArchive): ExportContents {
  const byId = new Map(documents.map((document) => [document.entry.Id, document]));
  const ofType = (type: RegExp): readonly ArchiveDocument[] =>
    documents.filter(({ entry }) => type.test(entry.DocumentType));
  const projects = ofType(/^Project$/);
  const nameOf = namesOf(documents);
  const numbered = numberer();
  const owned: Part = (kind, name, of) =>
    numbered({ kind, name: kind === 'process' ? of.name : `${of.name}/${name}`, of });
  const shared = documents.flatMap((document): readonly Coming[] => {
    const kind = kindOf(document.entry.DocumentType);
    return kind === undefined ? [] : [numbered({ kind, name: nameIn(document) })];
  });
  const parts = [
    ...projects.flatMap((project) => projectParts(project, byId, ofType, nameOf, owned)),
    ...ofType(/^LibraryVariableSet$/).flatMap((set) => {
      const of = { kind: 'variable-set', name: nameIn(set) };
      return variablesIn(byId.get(textIn(set.fields, 'VariableSetId')), nameOf).map((name) =>
        owned('set-variable', name, of),
      );
    }),
  ];
  const withLogo = documents.filter(({ fields }) => textIn(fields, 'LogoAttachmentKey') !== '');
  return {
    projects: projects.map(nameIn),
    shared,
    parts,
    teams: ofType(/Team$/).map(nameIn),
    logos: withLogo.map(nameIn),
    inGit: projects.flatMap((project) => {
      const settings = project.fields['PersistenceSettings'];
      if (!isFields(settings) || textIn(settings, 'Type') === 'Database' || textIn(settings, 'Type') === '') return [];
      const credentials = settings['Credentials'];
      return [{ project: nameIn(project), credentials: isFields(credentials) ? textIn(credentials, 'Type') : '' }];
    }),
    packages: packagesOf(ofType(/^(DeploymentProcess|RunbookProcess)$/).map(({ fields }) => fields)),
    tags: documents.flatMap(({ fields }) => tagsWithin(picked(fields, ['TenantTags']))),
  };
}

function nameIn({ entry, fields }: ArchiveDocument): string {
  const name = textIn(fields, 'Name');
  return name === '' ? (entry.Name ?? entry.Id) : name;
}

function namesOf(documents: readonly ArchiveDocument[]): (id: string) => string | undefined {
  const names = new Map(documents.map((document) => [document.entry.Id, nameIn(document)]));
  for (const { entry, fields } of documents) {
    if (entry.DocumentType !== 'DeploymentProcess') continue;
    for (const action of actionsOf(fields)) names.set(textIn(action, 'Id'), textIn(action, 'Name'));
  }
  return (id) => names.get(id);
}

const actionsOf = (process: Fields): readonly Fields[] =>
  listOf(process['Steps'])
    .filter(isFields)
    .flatMap((step) => listOf(step['Actions']).filter(isFields));

/** The ids of packages that steps take from the server's own feed. */
export function packagesOf(processes: readonly Fields[]): readonly string[] {
  const ids = processes.flatMap(actionsOf).flatMap((action) =>
    listOf(action['Packages'])
      .filter(isFields)
      .filter((reference) => /^feeds-builtin/i.test(textIn(reference, 'FeedId')))
      .map((reference) => textIn(reference, 'PackageId')),
  );
  return [...new Set(ids.filter((id) => id !== ''))].toSorted();
}

type Part = (kind: string, name: string, of: Named) => Coming;

/** A second thing of the same kind and name gets a number behind its name, as in snapshots. */
function numberer(): (thing: Coming) => Coming {
  const taken = new Map<string, number>();
  return ({ kind, name, ...rest }) => {
    const key = JSON.stringify([kind, name]);
    const count = (taken.get(key) ?? 0) + 1;
    taken.set(key, count);
    return { kind, name: count === 1 ? name : `${name} (${count})`, ...rest };
  };
}

function projectParts(
  project: ArchiveDocument,
  byId: ReadonlyMap<string, ArchiveDocument>,
  ofType: (type: RegExp) => readonly ArchiveDocument[],
  nameOf: (id: string) => string | undefined,
  owned: Part,
): readonly Coming[] {
  const of = { kind: 'project', name: nameIn(project) };
  const mine = (type: RegExp): readonly ArchiveDocument[] =>
    ofType(type).filter(({ fields }) => textIn(fields, 'ProjectId') === project.entry.Id);
  const process = byId.get(textIn(project.fields, 'DeploymentProcessId'));
  return [
    ...(process === undefined ? [] : [owned('process', '', of)]),
    ...variablesIn(byId.get(textIn(project.fields, 'VariableSetId')), nameOf).map((name) =>
      owned('variable', name, of),
    ),
    ...mine(/^Channel$/).map((channel) => owned('channel', nameIn(channel), of)),
    ...mine(/^Runbook$/).map((runbook) => owned('runbook', nameIn(runbook), of)),
    ...mine(/^Runbook$/)
      .filter(({ fields }) => byId.has(textIn(fields, 'RunbookProcessId')))
      .map((runbook) => owned('runbook-process', nameIn(runbook), of)),
    ...mine(/^Release$/).map(({ fields }) => owned('release', textIn(fields, 'Version'), of)),
  ];
}

function variablesIn(set: ArchiveDocument | undefined, nameOf: (id: string) => string | undefined): readonly string[] {
  return listOf(set?.fields['Variables'])
    .filter(isFields)
    .map((variable) => `${textIn(variable, 'Name')}${scopeText(variable['Scope'], nameOf)}`);
}
