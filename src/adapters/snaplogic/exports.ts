import { MigratorError } from '../../errors.ts';
import type { ArtifactFile, ByteStream, PackageRef } from '../../ports/artifact.ts';
import type { Exporter, ExportRequest, PreparedExport } from '../../ports/exporter.ts';
import type { HttpResponse } from '../../ports/http.ts';
import { jsonOf } from '../shared/answers.ts';
import { newVersion } from '../shared/new-version.ts';
import { flagOf, listOf, textOf } from '../shared/option-values.ts';
import { wholeZip, type ZipFaults } from '../shared/whole-zip.ts';
import { formatJobId, parseJobId, type Job } from './job-id.ts';
import { countsOf } from './projects/asset-plan.ts';
import { assetTypes, exportTypes, typesOf } from './projects/asset-types.ts';
import { assetOf } from './projects/destination.ts';
import { selectProjects, type Found } from './projects/select-projects.ts';
import type { Server } from './server.ts';
import { bodyError, saidIn } from './wire/errors.ts';
import { formatPath, parsePath, segmentsOf, type ProjectPath } from './wire/paths.ts';

type ExportJob = Extract<Job, { kind: 'export' }>;

/** The control plane exports more files than this only with `force`. */
const mostFiles = 200;

/** Project export: one GET that answers with a zip. So `start` sends nothing and only makes an id. */
export function createExporter(server: Server): Exporter {
  return {
    pushes: false,
    requiredSecrets: [],
    prepare: (request, signal) => prepare(server, request, signal),
    start: (prepared) => {
      const startedAt = server.tools.clock.now();
      const job = jobOf(prepared, startedAt);
      const work = workOf(prepared.package);
      return Promise.resolve(
        server.ledger.begin({ id: formatJobId(job), title: formatPath(job.source), work, startedAt }),
      );
    },
    // Nothing begins on the server, so only jobs of this process can be found.
    find: (prepared, startedAfter) => Promise.resolve(server.ledger.find(workOf(prepared.package), startedAfter)),
    fetch: (id) => {
      const job = parseJobId(id);
      if (job.kind !== 'export') {
        return Promise.reject(new MigratorError('NOT_FOUND', `${id} is not the id of an export`));
      }
      return Promise.resolve({ package: job.package, files: [zipOf(server, job)], notes: [] });
    },
  };
}

async function prepare(server: Server, request: ExportRequest, signal: AbortSignal): Promise<PreparedExport> {
  const { options } = request;
  const asked = typesOf(listOf(options, 'assetType'), assetTypes, 'asset-type');
  const types = asked.filter((type) => type !== 'Policy');
  if (asked.length > 0 && types.length === 0) {
    throw new MigratorError('USAGE', 'policies are not part of an export', {
      hint: `an export takes ${exportTypes.join(', ')}; a migration within one control plane takes policies too`,
    });
  }
  const found = await selectProjects(server, request.projects, signal);
  const [first, ...others] = found;
  if (first === undefined || others.length > 0) {
    throw new MigratorError('USAGE', 'SnapLogic exports one project at a time', {
      hint: 'run the command once for each project',
    });
  }
  const { path } = first;
  return {
    package: {
      id: request.packageId ?? packageIdOf(path),
      version: request.packageVersion ?? newVersion(server.tools),
    },
    projects: [{ id: formatPath(path), name: path.project }],
    settled: { source: formatPath(path), assetTypes: types, force: flagOf(options, 'ignoreSizeLimit') },
    notes: notesOn(first, types, flagOf(options, 'ignoreSizeLimit')),
    omits: omitted(first, asked),
  };
}

function notesOn({ path, assets: listed }: Found, types: readonly string[], force: boolean) {
  const assets = (listed ?? []).map(assetOf);
  const taken: readonly string[] = types.length === 0 ? exportTypes : types;
  const travelling = assets.filter(({ type }) => taken.includes(type));
  const files = travelling.filter(({ type }) => type === 'File').length;
  return [
    listed === undefined
      ? `${formatPath(path)} may not be listed by this account`
      : `${formatPath(path)} holds ${countsOf(travelling) || 'nothing that is exported'}`,
    ...(files > mostFiles && !force
      ? [`${files} files: beyond ${mostFiles} the control plane may demand --ignore-size-limit`]
      : []),
  ];
}

function omitted({ assets = [] }: Found, asked: readonly string[]): readonly string[] {
  const policies = assets.map(assetOf).filter(({ type }) => type === 'Policy');
  if (policies.length === 0 || (asked.length > 0 && !asked.includes('Policy'))) return [];
  return [`policies are not exported: ${policies.map(({ name }) => name).join(', ')}`];
}

function jobOf({ settled, package: ref }: PreparedExport, startedAt: Date): ExportJob {
  return {
    kind: 'export',
    startedAt,
    package: ref,
    source: parsePath(textOf(settled, 'source') ?? '', 'the source'),
    types: listOf(settled, 'assetTypes'),
    force: flagOf(settled, 'force'),
  };
}

function zipOf(server: Server, { source, types: assetTypes, force }: ExportJob): ArtifactFile {
  const name = `${safeName(source.project)}.zip`;
  return {
    path: `native/${name}`,
    size: undefined,
    mediaType: 'application/zip',
    open: async function* (signal) {
      const answer = await server.client.exportProject(source, { assetTypes, force }, signal);
      const type = answer.headers['content-type'] ?? '';
      if (/json|html|^text\//u.test(type)) throw await explained(answer, server);
      yield* wholeZip(answer.body, answer.size, faultsOf(formatPath(source)));
    },
  };
}

/** JOB_FAILED for a zip that is cut off, because the export has to be made again. */
function faultsOf(source: string): ZipFaults {
  return {
    noZip: () => new MigratorError('REMOTE_UNEXPECTED', `the export of ${source} did not answer with a zip`),
    cutOff: () =>
      new MigratorError('JOB_FAILED', `the export of ${source} is cut off`, {
        hint: 'the control plane ends an export after 15 minutes; take fewer --asset-type, or run the command again',
      }),
  };
}

const longestError = 64 * 1024;

/** The error that came in the place of the zip: JSON, with any HTTP status. */
async function explained({ status, body }: HttpResponse<ByteStream>, { connection }: Server): Promise<MigratorError> {
  let text = '';
  for await (const chunk of body) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.length > longestError) break;
  }
  const said = saidIn(jsonOf(text));
  if (said.code !== undefined && said.code >= 400) return bodyError(said.code, connection.scrub(said.text), false);
  const tail = said.text === '' ? '' : `: ${connection.scrub(said.text)}`;
  return new MigratorError('REMOTE_UNEXPECTED', `the export did not answer with a zip${tail}`, { details: { status } });
}

/** The id of the package, `org.space.project`, with only the letters that an id may have. */
function packageIdOf(path: ProjectPath): string {
  const id = segmentsOf(path)
    .map(safeName)
    .join('.')
    .slice(0, 100)
    .replace(/[^A-Za-z0-9]+$/u, '');
  return /^[A-Za-z0-9]/u.test(id) ? id : 'SnapLogic.Project';
}

function safeName(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_-]+/gu, '-').replaceAll(/^[-_]+|[-_]+$/gu, '');
  return safe === '' ? 'project' : safe;
}

function workOf({ id, version }: PackageRef): string {
  return `export ${id}@${version}`;
}
