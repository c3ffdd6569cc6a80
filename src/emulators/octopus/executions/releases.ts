import { createHash } from 'node:crypto';
import { asObjects, isObject, type Json } from '../../shared/json.ts';
import type { Store, Entry } from '../../shared/store.ts';
import { compareVersions } from '../compare-versions.ts';
import { allPackages } from '../feed.ts';
import { putDocument, newId, wireDate, type Instance } from '../instance.ts';
import { invalid } from '../refusal.ts';
import { asText } from '../tolerant-json.ts';
import { nextVersion } from './versions.ts';

/** A package that a step of the process uses. */
export interface PackageReference {
  readonly step: string;
  readonly action: string;
  /** Empty for the only package of a step. */
  readonly reference: string;
  readonly packageId: string;
  readonly feedId: string;
}

export interface Action {
  readonly step: Json;
  readonly action: Json;
}

export const actionsOf = (process: Entry | undefined): readonly Action[] =>
  asObjects(process?.body['Steps']).flatMap((step) => asObjects(step['Actions']).map((action) => ({ step, action })));

export function packagesOf(process: Entry | undefined): readonly PackageReference[] {
  return actionsOf(process).flatMap(({ step, action }) =>
    asObjects(action['Packages']).map((one) => ({
      step: asText(step['Name']),
      action: asText(action['Name']),
      reference: asText(one['Name']),
      packageId: asText(one['PackageId']),
      feedId: asText(one['FeedId']),
    })),
  );
}

/** Newest first. */
export const releasesOf = (store: Store, project: Entry): readonly Entry[] =>
  store
    .all('Releases', project.container)
    .filter(({ body }) => body['ProjectId'] === project.id)
    .toReversed();

export const processOf = (store: Store, project: Entry): Entry | undefined =>
  store.get('DeploymentProcesses', asText(project.body['DeploymentProcessId']));

export const versionTemplate = (project: Entry): string | undefined => {
  const strategy = project.body['VersioningStrategy'];
  const template = isObject(strategy) ? asText(strategy['Template']) : '';
  return template === '' ? undefined : template;
};

export function suggestedVersion(store: Store, project: Entry): string | undefined {
  const template = versionTemplate(project);
  return template === undefined ? undefined : nextVersion(template, releasesOf(store, project)[0]?.name);
}

export interface Selection {
  readonly ActionName: string;
  readonly PackageReferenceName: string;
  readonly Version: string;
}

const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** `Version`, `StepOrPackage:Version` or `Step:Reference:Version`, as commands write package versions. */
function chosenVersion(one: PackageReference, choices: readonly string[]): string | undefined {
  for (const choice of choices) {
    const parts = choice.split(/[:=/]/).map((part) => part.trim());
    const version = parts.pop() ?? '';
    const fits = (wanted: string | undefined, ...names: string[]) =>
      wanted === undefined || wanted === '' || wanted === '*' || names.some((name) => isSame(name, wanted));
    if (parts.length === 2 && !fits(parts[1], one.reference)) continue;
    if (fits(parts[0], one.step, one.action, one.packageId)) return version;
  }
  return undefined;
}

/** The versions of a package in the built-in feed, newest first. */
export const feedVersions = (instance: Instance, space: string, packageId: string): readonly string[] =>
  allPackages(instance, space)
    .filter(({ id }) => isSame(id, packageId))
    .map(({ version }) => version)
    .toSorted((a, b) => compareVersions(b, a));

/**
 * A version for each package of the process: the chosen one, else the newest in the feed, else the one of the last
 * release. 400 names the steps for which there is no version.
 */
export function selectPackages(
  instance: Instance,
  project: Entry,
  choices: { readonly fallback: string | undefined; readonly packages: readonly string[] },
): readonly Selection[] {
  const { store } = instance;
  const last = asObjects(releasesOf(store, project)[0]?.body['SelectedPackages']);
  const selections = packagesOf(processOf(store, project)).map((one) => {
    const before = last.find(({ ActionName }) => asText(ActionName) === one.action);
    const newest = feedVersions(instance, project.container ?? '', one.packageId)[0];
    const version = chosenVersion(one, choices.packages) ?? choices.fallback ?? newest ?? asText(before?.['Version']);
    return { ActionName: one.action, PackageReferenceName: one.reference, Version: version };
  });
  const missing = selections.filter(({ Version }) => Version === '');
  if (missing.length > 0) {
    throw invalid(...missing.map(({ ActionName }) => `No package version was found for the step '${ActionName}'.`));
  }
  return selections;
}

export const channelsOf = (store: Store, project: Entry): readonly Entry[] =>
  store.all('Channels', project.container).filter(({ body }) => body['ProjectId'] === project.id);

/** The named channel of a project, or its default one. */
export function channelOf(store: Store, project: Entry, text: string | undefined): Entry | undefined {
  const channels = channelsOf(store, project);
  if (text === undefined) return channels.find(({ body }) => body['IsDefault'] === true) ?? channels[0];
  const found = channels.find(({ id, name }) => isSame(id, text) || isSame(name, text));
  if (found === undefined) throw invalid(`There is no channel '${text}' in the project '${project.name}'.`);
  return found;
}

/** Makes a release of the present process and variables. 400 when the project already has that version. */
export function createRelease(instance: Instance, project: Entry, channel: Entry | undefined, given: Json): Entry {
  const { store } = instance;
  const version = asText(given['Version']).trim();
  if (version === '') throw invalid('Please provide a version number for this release.');
  if (!/^v?\d+(\.\d+){0,3}([-+].*)?$/i.test(version)) throw invalid(`'${version}' is not a valid version number.`);
  if (releasesOf(store, project).some(({ name }) => isSame(name, version))) {
    throw invalid(`A release with the version '${version}' already exists for the project '${project.name}'.`);
  }
  return store.atomically(() =>
    putDocument(store, 'Releases', {
      Id: newId(store, 'Releases'),
      SpaceId: project.container,
      ProjectId: project.id,
      Version: version,
      ChannelId: channel?.id ?? null,
      ReleaseNotes: given['ReleaseNotes'] ?? null,
      Assembled: wireDate(new Date()),
      IgnoreChannelRules: given['IgnoreChannelRules'] === true,
      BuildInformation: [],
      SelectedPackages: asObjects(given['SelectedPackages']),
      SelectedGitResources: [],
      LibraryVariableSetSnapshotIds: [],
      ProjectDeploymentProcessSnapshotId: freeze(
        store,
        'DeploymentProcesses',
        asText(project.body['DeploymentProcessId']),
        version,
      ),
      ProjectVariableSetSnapshotId: freeze(store, 'Variables', asText(project.body['VariableSetId']), version),
      VersionControlReference: null,
    }),
  );
}

/** Stores a copy of a process or a variable set, under an id that ends in `-s-<version>-<5 characters>`. */
export function freeze(store: Store, kind: string, id: string, occasion: string): string {
  const mark = createHash('sha256').update(`${id}|${occasion}`).digest('hex').slice(0, 5).toUpperCase();
  const entry = store.get(kind, id);
  const snapshot = `${id}-s-${asText(entry?.body['Version'], '0')}-${mark}`;
  putDocument(store, kind, { ...entry?.body, Id: snapshot, IsFrozen: true });
  return snapshot;
}
