import { MigratorError } from '../../errors.ts';
import type { Adapter, AdapterModule } from '../../ports/adapter.ts';
import type { Jobs, JobStatus, JobSummary } from '../../ports/job.ts';
import { createFeed, type Door } from './feed.ts';
import type { MemoryInstance, MemoryJob } from './instance.ts';
import { createExporter, createImporter } from './migration.ts';
import { createSnapshots } from './snapshots.ts';

/** The reference adapter: the contract over servers that live in memory. An instance's URL says which one is meant. */
export function memoryModule(instances: readonly MemoryInstance[]): AdapterModule {
  const peers = new Map(instances.map((instance) => [instance.url, instance]));
  return {
    contract: 1,
    product: 'memory',
    secretSettings: ['token'],
    create: (connection, tools): Adapter => {
      const instance = peers.get(connection.url);
      if (instance === undefined) {
        throw new MigratorError('CONFIG_INVALID', `there is no instance in memory at ${connection.url}`);
      }
      const door: Door = (signal) => Promise.resolve().then(() => enter(instance, connection.secrets['token'], signal));
      return {
        product: 'memory',
        probe: async (signal) => {
          const { version, url } = await door(signal);
          return { product: 'memory', version, url, account: 'memory', mode: 'normal', rights: [], notes: [] };
        },
        versionObstacle: (source, target) =>
          source === target.version ? undefined : `versions differ: ${source} and ${target.version}`,
        parallel: () => ({ most: 8, of: connection.url, because: 'it is in memory' }),
        inventory: {
          kinds: ['project'],
          list: (kind, signal) => {
            if (kind !== 'project') throw new MigratorError('USAGE', `there is no inventory of ${kind}`);
            return projects(door, signal);
          },
        },
        jobs: createJobs(door),
        exports: createExporter(door, peers, tools),
        imports: createImporter(door, tools),
        feed: createFeed(door, tools),
        snapshots: createSnapshots(door),
      };
    },
  };
}

function enter(instance: MemoryInstance, token: { reveal(): string } | undefined, signal: AbortSignal): MemoryInstance {
  if (signal.aborted) throw new MigratorError('CANCELLED', `the call to ${instance.url} was interrupted`);
  if (token?.reveal() !== instance.token) {
    throw new MigratorError('AUTH_REFUSED', `${instance.url} does not accept the token`);
  }
  return instance;
}

async function* projects(door: Door, signal: AbortSignal) {
  for (const { id, name } of (await door(signal)).projects.values()) yield { kind: 'project', id, name };
}

function createJobs(door: Door): Jobs {
  return {
    status: async (id, signal) => {
      const instance = await door(signal);
      const job = instance.job(id);
      instance.advance(job);
      return statusOf(job);
    },
    log: async function* (id, signal) {
      yield* (await door(signal)).job(id).lines;
    },
    list: async function* ({ limit }, signal) {
      yield* (await door(signal)).jobs.toReversed().slice(0, limit).map(summaryOf);
    },
    cancel: async (id, signal) => {
      const job = (await door(signal)).job(id);
      if (job.state !== 'queued' && job.state !== 'running') {
        throw new MigratorError('CONFLICT', `job ${id} has ended already`);
      }
      job.state = 'cancelling';
    },
  };
}

function summaryOf(job: MemoryJob): JobSummary {
  const { id, kind, state, title, queuedAt } = job;
  return { id, kind, state, wireState: state, title, queuedAt };
}

function statusOf(job: MemoryJob): JobStatus {
  const { id, kind, state, queuedAt, messages } = job;
  return { id, kind, state, wireState: state, queuedAt, messages: [...messages] };
}
