import { createHmac } from 'node:crypto';
import { MigratorError } from '../../errors.ts';
import type { ArtifactFile, PackageRef } from '../../ports/artifact.ts';
import type { Exporter } from '../../ports/exporter.ts';
import type { Importer } from '../../ports/importer.ts';
import type { Options, Secrets } from '../../ports/options.ts';
import type { Clock, Random } from '../../ports/runtime.ts';
import type { Secret } from '../../secret.ts';
import { fileOf, type Door } from './feed.ts';
import { keyOf, type MemoryInstance, type MemoryJob } from './instance.ts';
import { scopeOf } from './snapshots.ts';

/** What an exported package holds. The seal lets an import tell a wrong password. */
interface Content {
  readonly seal: string;
  readonly projects: readonly { readonly name: string; readonly content: string }[];
}

interface Tools {
  readonly clock: Clock;
  readonly random: Random;
}

export function createExporter(door: Door, peers: ReadonlyMap<string, MemoryInstance>, tools: Tools): Exporter {
  return {
    pushes: true,
    requiredSecrets: ['password'],
    prepare: async (request, signal) => {
      const instance = await door(signal);
      const found = request.projects.map((name) => ({
        name,
        project: [...instance.projects.values()].find((project) => project.name === name || project.id === name),
      }));
      const missing = found.filter(({ project }) => project === undefined).map(({ name }) => name);
      if (missing.length > 0) {
        throw new MigratorError('NOT_FOUND', `there is no project ${missing.join(', ')}`, { details: { missing } });
      }
      const version = request.packageVersion ?? `1.0.0-${Buffer.from(tools.random.bytes(6)).toString('hex')}`;
      const ref = { id: request.packageId ?? 'Memory.Export', version };
      if (instance.packages.has(keyOf(ref))) {
        throw new MigratorError('CONFLICT', `the feed already holds ${keyOf(ref)}`);
      }
      const projects = found.flatMap(({ project }) =>
        project === undefined ? [] : [{ id: project.id, name: project.name }],
      );
      return { package: ref, projects, settled: {}, notes: [] };
    },
    start: async (prepared, secrets, destination, signal) => {
      const instance = await door(signal);
      const password = passwordOf(secrets);
      const feed = destination === undefined ? instance : peers.get(destination.url);
      const job = instance.queue(
        {
          kind: 'export',
          title: `export of ${prepared.projects.map(({ name }) => name).join(', ')}`,
          package: prepared.package,
          work: () => {
            if (feed === undefined || (destination !== undefined && destination.secret.reveal() !== feed.token)) {
              throw new Error('the package could not be pushed to its destination');
            }
            const projects = prepared.projects.flatMap(({ name }) => instance.projects.get(name) ?? []);
            const content: Content = {
              seal: sealOf(password, prepared.package),
              projects: projects.map(({ name, content: text }) => ({ name, content: text })),
            };
            feed.store(prepared.package, Buffer.from(JSON.stringify(content)), tools.clock.now());
          },
        },
        tools.clock.now(),
      );
      return job.id;
    },
    find: async (prepared, startedAfter, signal) =>
      newest(await door(signal), startedAfter, (job) => job.kind === 'export' && isFor(job, prepared.package)),
    fetch: async (jobId, _, signal) => {
      const instance = await door(signal);
      const { package: ref } = instance.job(jobId);
      const held = ref === undefined ? undefined : instance.packages.get(keyOf(ref));
      if (ref === undefined || held === undefined)
        throw new MigratorError('NOT_FOUND', `job ${jobId} left no package here`);
      return { package: ref, files: [fileOf(held)], notes: [] };
    },
  };
}

export function createImporter(door: Door, tools: Tools): Importer {
  return {
    takes: 'stored',
    dryRuns: 'server',
    requiredSecrets: ['password'],
    prepare: async ({ source, projects, dryRun, options }, signal) => {
      const instance = await door(signal);
      if (!instance.packages.has(keyOf(source))) {
        throw new MigratorError('NOT_FOUND', `the feed does not hold ${keyOf(source)}`);
      }
      return {
        source,
        dryRun,
        settled: { overwriteExisting: options['overwriteExisting'] === true },
        ...(projects === undefined ? {} : { scope: scopeOf(projects) }),
        notes: [],
      };
    },
    start: async (prepared, secrets, _: readonly ArtifactFile[], signal) => {
      const instance = await door(signal);
      const password = passwordOf(secrets);
      const { source, dryRun, settled } = prepared;
      const job = instance.queue(
        {
          kind: dryRun ? 'dry-run' : 'import',
          title: `import of ${keyOf(source)}`,
          package: source,
          work: () => importInto(instance, source, password, dryRun, settled),
        },
        tools.clock.now(),
      );
      return job.id;
    },
    find: async ({ source, dryRun }, startedAfter, signal) =>
      newest(
        await door(signal),
        startedAfter,
        (job) => job.kind === (dryRun ? 'dry-run' : 'import') && isFor(job, source),
      ),
  };
}

/** All or nothing: what is wrong with the package is found before the first project is written. */
function importInto(
  instance: MemoryInstance,
  ref: PackageRef,
  password: Secret,
  dryRun: boolean,
  settled: Options,
): void {
  const held = instance.packages.get(keyOf(ref));
  if (held === undefined) throw new Error(`the feed no longer holds ${keyOf(ref)}`);
  const content = JSON.parse(Buffer.from(held.bytes).toString('utf8')) as Content;
  if (content.seal !== sealOf(password, ref)) throw new Error('the password is not the one of the export');
  if (dryRun) return;
  for (const { name, content: text } of content.projects) {
    if (settled['overwriteExisting'] === true || !instance.projects.has(name)) instance.put(name, text);
  }
}

function newest(instance: MemoryInstance, startedAfter: Date, wanted: (job: MemoryJob) => boolean): string | undefined {
  return instance.jobs.toReversed().find((job) => Date.parse(job.queuedAt) >= startedAfter.getTime() && wanted(job))
    ?.id;
}

function isFor(job: MemoryJob, ref: PackageRef): boolean {
  return job.package !== undefined && keyOf(job.package) === keyOf(ref);
}

function passwordOf(secrets: Secrets): Secret {
  const password = secrets['password'];
  if (password === undefined) throw new MigratorError('USAGE', 'a migration needs a password');
  return password;
}

function sealOf(password: Secret, ref: PackageRef): string {
  return createHmac('sha256', password.reveal()).update(keyOf(ref)).digest('hex');
}
