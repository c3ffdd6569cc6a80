import type { Adapter, InstanceInfo, Mover, PreparedMove } from '../../src/ports/adapter.ts';
import type { JobStatus } from '../../src/ports/job.ts';

export const info: InstanceInfo = {
  product: 'river',
  version: '1',
  url: 'http://river.example',
  account: 'me',
  mode: 'normal',
  rights: [],
  notes: [],
};

/** A small server that records the requests in order, and gives prepared answers. */
export interface River {
  readonly asked: string[];
  readonly looks: Partial<JobStatus>[];
  readonly adapter: Adapter;
}

export function river(prepared: Partial<PreparedMove> = {}, dryRuns: Mover['dryRuns'] = 'server'): River {
  const asked: string[] = [];
  const looks: Partial<JobStatus>[] = [];
  const ask = <T>(what: string, answer: T): Promise<T> => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  const nothing = async function* (): AsyncGenerator<never> {
    // An empty list.
  };
  const adapter: Adapter = {
    product: 'river',
    probe: () => Promise.resolve(info),
    versionObstacle: () => undefined,
    inventory: { kinds: ['project'], list: nothing },
    jobs: {
      list: nothing,
      log: nothing,
      advance: (id) => ask(`advance ${id}`, undefined),
      status: (id) => {
        const look = looks.shift() ?? { state: 'succeeded' };
        return ask(`look ${id}`, { id, kind: 'move', state: 'running', wireState: 'x', messages: [], ...look });
      },
    },
    moves: {
      dryRuns,
      reaches: () => Promise.resolve(true),
      prepare: ({ project = 'what belongs to none', dryRun }) =>
        ask(`prepare ${project}`, { project, dryRun, settled: {}, notes: [], ...prepared }),
      start: ({ project }, target) => ask(`start ${project} to ${target.name}`, `job-${project}`),
      find: ({ project }) => ask(`find ${project}`, undefined),
      discard: (id) => ask(`discard ${id}`, undefined),
      packageOf: (id) => ({ id: `of-${id}`, version: '' }),
    },
  };
  return { asked, looks, adapter };
}
