import { asList, asObjects } from '../shared/json.ts';
import type { Entry, Store } from '../shared/store.ts';
import { actionsOf } from './executions/releases.ts';
import { resource } from './resource.ts';
import { asText } from './tolerant-json.ts';

const reference = ({ id, name }: Entry) => ({ Id: id, Name: name });

function tagsOf(store: Store, space: string | undefined): readonly unknown[] {
  return store.all('TagSets', space).flatMap(({ name, body }) =>
    asObjects(body['Tags']).map((tag) => {
      const canonical = `${name}/${asText(tag['Name'])}`;
      return { Id: canonical, Name: canonical };
    }),
  );
}

/** A variable set with everything its variables can be scoped to. Clients look up environments and channels there. */
export function variableSet(store: Store, entry: Entry): Record<string, unknown> {
  const space = entry.container;
  const project = store.get('Projects', asText(entry.body['OwnerId']));
  const process = store.get('DeploymentProcesses', asText(project?.body['DeploymentProcessId']));
  const machines = store.all('Machines', space);
  const roles = machines.flatMap(({ body }) => asList(body['Roles']).map(String));
  const channels = store.all('Channels', space).filter(({ body }) => body['ProjectId'] === project?.id);
  return {
    ...resource(entry),
    ScopeValues: {
      Environments: store.all('Environments', space).map(reference),
      Machines: machines.map(reference),
      Actions: actionsOf(process).map(({ action }) => ({ Id: action['Id'], Name: action['Name'] })),
      Roles: [...new Set(roles)].toSorted().map((role) => ({ Id: role, Name: role })),
      Channels: channels.map(reference),
      TenantTags: tagsOf(store, space),
      Processes: [],
    },
  };
}
