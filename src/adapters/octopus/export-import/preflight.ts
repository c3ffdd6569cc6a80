// What a server refuses in an export of projects, and what it leaves behind.
import { isMigratorError, MigratorError } from '../../../errors.ts';
import { isForbidden } from '../../shared/answers.ts';
import { isFields, listOf } from '../snapshots/carried-fields.ts';
import { rightsOf, type AccountRights } from '../rights.ts';
import { idOf, nameIn, openSpace, type Document, type ProjectContent } from '../snapshots/space-content.ts';
import { usedBy, type Shared } from '../snapshots/used-documents.ts';
import { packagesOf } from './contents.ts';
import { withDeployedProjects } from './deployed-projects.ts';
import { title, type ExportImport } from './export-import.ts';
import { environmentsMissed } from './lifecycle-environments.ts';
import { tagSets, tagsWithin } from './tags.ts';
import { isOlder } from './versions.ts';

/** The first release that exports projects with their process in Git. */
const gitSince = '2025.2.5601';

export interface Findings {
  /** Each of them makes the export, or the import of it, fail. */
  readonly obstacles: readonly string[];
  /** What stays on this server, or needs a hand on the target, by name. */
  readonly staying: readonly string[];
  readonly notes: readonly string[];
  /** The projects that come along because steps deploy them. */
  readonly added: readonly { readonly id: string; readonly name: string }[];
}

/** Looks for everything at once, so that people repair a source in one go. */
export async function lookAhead(
  { server }: ExportImport,
  projects: readonly { readonly id: string; readonly name: string }[],
  signal: AbortSignal,
): Promise<Findings> {
  const kinds = [
    ...['environment', 'lifecycle', 'variable-set', 'tenant', 'machine', 'machine-policy', 'worker'],
    ...['proxy', 'worker-pool'],
    ...['step-template', 'feed', 'account', 'certificate', 'git-credential'],
  ];
  const reader = await openSpace(server, { kinds, ahead: true }, signal);
  const chosen = reader.wanted(projects.map(({ id }) => id));
  const [contents, shared] = await Promise.all([withDeployedProjects(reader, chosen), reader.shared()]);
  const included = new Set(contents.flatMap(({ project }) => listOf(project['IncludedLibraryVariableSetIds'])));
  const sets = (shared.get('variable-set') ?? []).filter(({ Id }) => included.has(Id));
  const setVariables = await reader.variableSets(
    sets.map((set) => idOf(set, 'VariableSetId')).filter((id) => id !== ''),
  );
  const used = usedBy(contents, shared, reader.projects, (set) => setVariables.get(idOf(set, 'VariableSetId')));
  const usedOf = (kind: string): readonly Document[] =>
    (shared.get(kind) ?? []).filter(({ Id }) => used.shared.has(Id));
  const { resource } = await server.root(signal);
  const [missing, manager] = [unsupported(contents, resource.Version), await rightsOf(server, signal)];
  const variables = [
    ...contents.map(({ project, variables: set }) => ({ owner: `project ${nameIn('project', project)}`, set })),
    ...sets.map((set) => ({
      owner: `library variable set ${nameIn('variable-set', set)}`,
      set: setVariables.get(idOf(set, 'VariableSetId')),
    })),
  ];
  return {
    obstacles: [
      ...noManager(manager),
      ...variables.flatMap(({ owner, set }) => machineScoped(owner, set)),
      ...missing,
      ...usedOf('step-template')
        .filter(isGitSourced)
        .map((template) => `step template ${nameIn('step-template', template)} comes from a Git repository`),
    ],
    staying: [
      ...stayingOf(contents, shared, used.shared),
      ...tagSetsStay(
        [
          ...contents.flatMap(({ project, process, variables: own, own: parts, runbookProcesses }) => [
            ...[project, process, own, ...runbookProcesses.values()],
            ...[...parts].flatMap(([kind, documents]) => (kind === 'trigger' ? [] : documents)),
          ]),
          ...[...shared].flatMap(([kind]) => (staysHere.has(kind) ? [] : usedOf(kind))),
          ...setVariables.values(),
        ].flatMap(tagsWithin),
      ),
    ],
    notes: defaultLifecycle(environmentsMissed(contents, shared, used.shared, [...setVariables.values()])),
    added: contents
      .filter(({ project }) => !chosen.includes(project))
      .map(({ project }) => ({ id: project.Id, name: nameIn('project', project) })),
  };
}

/** Of these nothing travels, so their tags are not missed. */
const staysHere: ReadonlySet<string> = new Set(['machine', 'machine-policy', 'proxy', 'worker']);

export const tagSetsStay = (tags: readonly string[]): readonly string[] =>
  told('tag sets may stay behind, make these tags on the target if it lacks them', tagSets(tags));

export const noManager = ({ name, isManager }: AccountRights): readonly string[] =>
  isManager === false ? [`${name} is not a Space Manager of the space`] : [];

const managerHint = 'let a system administrator make the account a Space Manager of the space';

/**
 * UNSUPPORTED with all obstacles, AUTH_REFUSED when the only one is a right that is missing. `what`: what is refused, such
 * as `Export/Import cannot export from space Default`.
 */
export function refusalOf(
  obstacles: readonly string[],
  what: string,
  projects?: readonly string[],
): MigratorError | undefined {
  if (obstacles.length === 0) return undefined;
  const right = obstacles.every((text) => text.includes('not a Space Manager'));
  return new MigratorError(right ? 'AUTH_REFUSED' : 'UNSUPPORTED', `${what}: ${obstacles.join('; ')}`, {
    hint: right ? managerHint : 'change these on the source, or leave the projects out; nothing was started',
    details: { obstacles, ...(projects === undefined ? {} : { projects }) },
  });
}

/**
 * Reads what an export or import needs to know. An account that may not even read it is told the right that it lacks for
 * the whole, and not the permission of one list.
 */
export async function reading<Result>(
  { server }: ExportImport,
  read: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (!isMigratorError(error) || !isForbidden(error)) throw error;
    const [known] = noManager(await rightsOf(server, signal));
    const text = known === undefined ? error.message : `${known}: ${error.message}`;
    throw new MigratorError('AUTH_REFUSED', text, {
      hint: `${title} needs a Space Manager of the space, who may read all of it: ${managerHint}`,
      details: { ...error.details, ...(known === undefined ? {} : { obstacles: [known] }) },
      cause: error,
    });
  }
}

function machineScoped(owner: string, set: Document | undefined): readonly string[] {
  const names = listOf(set?.['Variables'])
    .filter(isFields)
    .filter(({ Scope: scope }) => isFields(scope) && listOf(scope['Machine']).length > 0)
    .map(({ Name }) => String(Name));
  return names.length === 0 ? [] : [`${owner} has variables that are scoped to machines: ${distinct(names)}`];
}

function unsupported(contents: readonly ProjectContent[], version: string): readonly string[] {
  if (!isOlder(version, gitSince)) return [];
  const inGit = contents.filter(({ project }) => isInGit(project)).map(({ project }) => nameIn('project', project));
  return inGit.length === 0
    ? []
    : [`version-controlled projects are exported since ${gitSince}, and this server is ${version}: ${distinct(inGit)}`];
}

export function isInGit(project: Document): boolean {
  const settings = project['PersistenceSettings'];
  return isFields(settings) && typeof settings['Type'] === 'string' && settings['Type'] !== 'Database';
}

/** A template that the server reads from a repository names the credentials for it. */
function isGitSourced(template: Document): boolean {
  const dependencies = listOf(template['GitDependencies']);
  const properties = template['Properties'];
  return (
    dependencies.length > 0 ||
    (isFields(properties) && Object.values(properties).some((value) => value === 'GitRepository'))
  );
}

function defaultLifecycle({ projects, environments }: ReturnType<typeof environmentsMissed>): readonly string[] {
  return told(
    `the environments of the default lifecycle are not exported with ${projects.join(', ')}; make them on the target first, or give the projects a lifecycle of their own`,
    environments,
  );
}

function stayingOf(contents: readonly ProjectContent[], shared: Shared, used: ReadonlySet<string>): readonly string[] {
  const of = (kind: string): readonly Document[] => (shared.get(kind) ?? []).filter(({ Id }) => used.has(Id));
  const pools = new Set(of('worker-pool').map(({ Id }) => Id));
  const workers = (shared.get('worker') ?? []).filter((worker) =>
    listOf(worker['WorkerPoolIds']).some((pool) => typeof pool === 'string' && pools.has(pool)),
  );
  const triggers = contents.flatMap(({ project, own }) =>
    (own.get('trigger') ?? []).map((trigger) => `${nameIn('project', project)}/${nameIn('trigger', trigger)}`),
  );
  const processes = contents.flatMap(({ process, runbookProcesses }) => [
    ...(process === undefined ? [] : [process]),
    ...runbookProcesses.values(),
  ]);
  const github = contents.filter(({ project }) => credentialsOf(project) === 'GitHub');
  const inGit = contents.filter(({ project }) => isInGit(project));
  const names = (documents: readonly ProjectContent[]) => documents.map(({ project }) => nameIn('project', project));
  return [
    ...told('packages of the built-in feed stay behind', packagesOf(processes)),
    ...told(
      'deployment targets stay behind',
      of('machine').map((machine) => nameIn('machine', machine)),
    ),
    ...told(
      'machine policies stay behind',
      of('machine-policy').map((policy) => nameIn('machine-policy', policy)),
    ),
    ...told(
      'proxies stay behind',
      of('proxy').map((proxy) => nameIn('proxy', proxy)),
    ),
    ...told(
      'workers stay behind',
      workers.map((worker) => nameIn('worker', worker)),
    ),
    ...told('triggers stay behind', triggers),
    ...told('connections to the GitHub App stay behind, connect it again for', names(github)),
    ...told(
      'ids of Git credentials, step templates and certificates in the repository must be edited by hand for',
      names(inGit),
    ),
  ];
}

function credentialsOf(project: Document): string | undefined {
  const settings = project['PersistenceSettings'];
  const credentials = isFields(settings) ? settings['Credentials'] : undefined;
  const type = isFields(credentials) ? credentials['Type'] : undefined;
  return typeof type === 'string' ? type : undefined;
}

/** A sentence that names things; none when there is nothing to name. */
export function told(sentence: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${sentence}: ${distinct(names)}`];
}

const distinct = (names: readonly string[]): string => [...new Set(names)].toSorted().join(', ');

/** What of these sentences is not said yet. Of names that were told with the same sentence, only the further ones are. */
export function beyond(said: readonly string[], sentences: readonly string[]): readonly string[] {
  return sentences.flatMap((sentence) => {
    if (said.includes(sentence)) return [];
    const end = sentence.indexOf(': ');
    const start = sentence.slice(0, end + 2);
    const earlier = said.filter((one) => end > 0 && one.startsWith(start)).map((one) => one.slice(start.length));
    if (earlier.length === 0) return [sentence];
    const known = new Set(earlier.flatMap((names) => names.split(', ')));
    const names = sentence.slice(start.length).split(', ');
    return told(
      start.slice(0, -2),
      names.filter((name) => !known.has(name)),
    );
  });
}
