// What a server refuses to export, in one sentence with the way to it.
import { asList, asObject, asObjects } from '../../shared/json.ts';
import type { Entry } from '../../shared/store.ts';
import type { Instance } from '../instance.ts';
import { TaskFailure } from '../task-queue.ts';
import { asText } from '../tolerant-json.ts';
import type { ExportSet } from './collect.ts';
import { carriesGitProjects } from './schema-versions.ts';

const unsupported = (what: string, path: string) =>
  new TaskFailure(`The items you are exporting are not currently supported: ${what} Reference path: ${path}`);

const failureAt = (sentence: string, path: string) => new TaskFailure(`${sentence}\nReference path: ${path}`);

const isPart = ({ id }: Entry) => id.includes('-s-');

/** `Project 'P' => Project Variables`, `Project 'P' => Library Variable Set 'S'`. */
function pathTo(set: ExportSet, variables: Entry): string {
  const owner = asText(variables.body['OwnerId']);
  const included = ({ body }: Entry) => asList(body['IncludedLibraryVariableSetIds']).includes(owner);
  const project = set.entries.get(owner)?.kind === 'Projects' ? set.entries.get(owner) : set.projects.find(included);
  const start = `Project '${project?.name ?? ''}'`;
  const release = [...set.entries.values()].find(
    ({ kind, body }) => kind === 'Releases' && body['ProjectVariableSetSnapshotId'] === variables.id,
  );
  if (isPart(variables) && release !== undefined) return `${start} => Release '${release.name}' => Project Variables`;
  const library = set.entries.get(owner);
  return library?.kind === 'LibraryVariableSets'
    ? `${start} => Library Variable Set '${library.name}'`
    : `${start} => Project Variables`;
}

function refuseMachineScopes(set: ExportSet): void {
  for (const entry of set.entries.values()) {
    if (entry.kind !== 'Variables') continue;
    const scoped = asObjects(entry.body['Variables']).filter(
      ({ Scope }) => asList(asObject(Scope)['Machine']).length > 0,
    );
    if (scoped.length === 0) continue;
    const names = [...new Set(scoped.map(({ Name }) => asText(Name)))].join(', ');
    throw unsupported(
      `Variables with the following scopes are not currently supported: Machine. Found variables named ${names}.`,
      pathTo(set, entry),
    );
  }
}

function refuseGitProjects(instance: Instance, set: ExportSet): void {
  if (carriesGitProjects(instance.version)) return;
  for (const { name, body } of set.projects) {
    const type = asText(asObject(body['PersistenceSettings'])['Type'], 'Database');
    if (type !== 'Database')
      throw unsupported('Version-controlled projects are not currently supported.', `Project '${name}'`);
  }
}

/** Known failures of real servers: of a release whose channel is gone, and of two projects of one group. */
function knownFailures(instance: Instance, set: ExportSet): void {
  const releases = [...set.entries.values()].filter(({ kind }) => kind === 'Releases');
  const lost =
    releases.find(({ body }) => typeof body['ChannelId'] === 'string' && !set.entries.has(body['ChannelId'])) ??
    (releases.length > 0 && instance.faults.take('changed-channel') !== undefined ? releases[0] : undefined);
  if (lost !== undefined) {
    const project = set.projects.find(({ id }) => id === lost.body['ProjectId']);
    throw failureAt(
      `The given key '${asText(lost.body['ChannelId'])}' was not present in the dictionary.`,
      `Project '${project?.name ?? ''}' => Release '${lost.name}'`,
    );
  }
  const groupOf = ({ body }: Entry) => asText(body['ProjectGroupId']);
  const second = set.projects.find((one, index) =>
    set.projects.slice(0, index).some((other) => groupOf(other) === groupOf(one)),
  );
  if (second === undefined || instance.faults.take('duplicate-project-groups') === undefined) return;
  throw failureAt(
    `An item with the same key has already been added. Key: ${groupOf(second)}`,
    `Project '${second.name}' => Project Group '${set.entries.get(groupOf(second))?.name ?? groupOf(second)}'`,
  );
}

/** Fails with TaskFailure for what this server cannot export. */
export function refuseObstacles(instance: Instance, set: ExportSet): void {
  refuseMachineScopes(set);
  refuseGitProjects(instance, set);
  knownFailures(instance, set);
}
