import { asList, asObjects } from '../shared/json.ts';
import type { Entry, Store } from '../shared/store.ts';

const ids = (value: unknown): readonly string[] => asList(value).map(String);

export interface Phase {
  readonly body: Readonly<Record<string, unknown>>;
  readonly environments: readonly string[];
}

const phasesOf = (lifecycle: Entry): readonly Phase[] => {
  const phases = lifecycle.body['Phases'];
  return asObjects(phases).map((body) => ({
    body,
    environments: [...ids(body['OptionalDeploymentTargets']), ...ids(body['AutomaticDeploymentTargets'])],
  }));
};

/** The phases of a lifecycle. A lifecycle without phases has one for each environment of the space. */
export function lifecyclePhases(store: Store, lifecycle: Entry): readonly Phase[] {
  const phases = phasesOf(lifecycle);
  if (phases.length > 0) return phases;
  return store.all('Environments', lifecycle.container).map(({ id, name }) => ({
    body: { Id: id, Name: name, OptionalDeploymentTargets: [id], AutomaticDeploymentTargets: [] },
    environments: [id],
  }));
}

/** The ids of the environments of a lifecycle, in its order. */
export const lifecycleEnvironments = (store: Store, lifecycle: Entry): readonly string[] =>
  lifecyclePhases(store, lifecycle).flatMap(({ environments }) => environments);
