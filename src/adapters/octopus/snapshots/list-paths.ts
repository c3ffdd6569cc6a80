import type { ListPath } from '../wire/client.ts';
import type { Links } from '../wire/links.ts';

/** What projects of a space share, by the kind in snapshots. An export of a project brings along what the project uses. */
export const sharedLists: Readonly<Record<string, ListPath>> = {
  'project-group': { link: 'ProjectGroups', path: 'projectgroups' },
  environment: { link: 'Environments', path: 'environments' },
  lifecycle: { link: 'Lifecycles', path: 'lifecycles' },
  'variable-set': { link: 'LibraryVariables', path: 'libraryvariablesets' },
  tenant: { link: 'Tenants', path: 'tenants' },
  'tag-set': { link: 'TagSets', path: 'tagsets' },
  feed: { link: 'Feeds', path: 'feeds' },
  account: { link: 'Accounts', path: 'accounts' },
  certificate: { link: 'Certificates', path: 'certificates' },
  'machine-policy': { link: 'MachinePolicies', path: 'machinepolicies' },
  machine: { link: 'Machines', path: 'machines' },
  'worker-pool': { link: 'WorkerPools', path: 'workerpools' },
  worker: { link: 'Workers', path: 'workers' },
  'step-template': { link: 'ActionTemplates', path: 'actiontemplates' },
  proxy: { link: 'Proxies', path: 'proxies' },
  'git-credential': { link: 'GitCredentials', path: 'git-credentials' },
};

/** What belongs to one project, by the links of its document. `path` is below the path of the project. */
export const ownLists: Readonly<Record<string, ListPath>> = {
  channel: { link: 'Channels', path: 'channels' },
  runbook: { link: 'Runbooks', path: 'runbooks' },
  trigger: { link: 'Triggers', path: 'triggers' },
};

export const releases: ListPath = { link: 'Releases', path: 'releases' };
export const processes: ListPath = { link: 'DeploymentProcesses', path: 'deploymentprocesses' };
export const runbookProcesses: ListPath = { link: 'RunbookProcesses', path: 'runbookProcesses' };
export const projects: ListPath = { link: 'Projects', path: 'projects' };

/**
 * Whether this server has the list. A server names all its lists in its links, so a kind that an older release lacks is
 * legitimately empty. A server that names none is asked by the documented path.
 */
export function offers(links: Links, { link }: ListPath): boolean {
  return links.size <= 1 || links.has(link.toLowerCase());
}
