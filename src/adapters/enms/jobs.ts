import { MigratorError } from '../../errors.ts';
import type { JobKind, JobMessage, Jobs, JobStatus, JobSummary, LogLine } from '../../ports/job.ts';
import { parseJobId, type JobId } from './job-id.ts';
import { parseFolderName } from './migration/folder-name.ts';
import { importState, importSummary, type Progress } from './migration/import-status.ts';
import { migrationFolder } from './migration/migration-folder.ts';
import type { Refusals } from './objects/object-import.ts';
import { isAdministrator, seesLess, type Server } from './server.ts';

/** After this time the server has given up an export without `metadata.yaml`. */
const longestExportMs = 60 * 60_000;

interface Look {
  readonly status: Omit<JobStatus, 'id' | 'kind'>;
  readonly lines: readonly string[];
}

/** eNMS finishes the work before it answers, so most jobs have ended when they get an id. */
export function createJobs(server: Server, refusals: Refusals): Jobs {
  const progress: Progress = new Map();
  const look = async (id: string, signal: AbortSignal): Promise<Look & { readonly job: JobId }> => {
    const job = parseJobId(id);
    return { ...(await lookAt(server, job, progress, refusals, signal)), job };
  };
  return {
    status: async (id, signal) => {
      const { status, job } = await look(id, signal);
      const messages = [...status.messages, ...leftBehind(server, job, status.state)];
      return { id, kind: kindOf(job), queuedAt: job.at.toISOString(), ...status, messages };
    },
    log: async function* (id, signal) {
      const { status, lines } = await look(id, signal);
      yield line('info', status.wireState);
      for (const text of lines) yield line('info', text);
      for (const { level, text } of status.messages) yield line(level, text);
    },
    list: ({ limit }, signal) => list(server, limit, signal),
  };
}

async function* list(server: Server, limit: number, signal: AbortSignal): AsyncIterable<JobSummary> {
  const folders = (await server.web.folders(signal)).flatMap((folder) => {
    const own = parseFolderName(folder);
    return own === undefined ? [] : [{ folder, ...own }];
  });
  folders.sort((one, other) => other.at.getTime() - one.at.getTime());
  for (const { folder, work, project, at } of folders.slice(0, limit)) {
    const { state, wireState } =
      work === 'import'
        ? await importSummary(server, folder, signal)
        : (await exportState(server, folder, at, signal)).status;
    yield {
      id: `${work}/${folder}`,
      kind: work,
      state,
      wireState,
      title: `${work} of ${project}`,
      queuedAt: at.toISOString(),
    };
  }
}

async function lookAt(
  server: Server,
  job: JobId,
  progress: Progress,
  refusals: Refusals,
  signal: AbortSignal,
): Promise<Look> {
  switch (job.kind) {
    case 'export':
      return exportState(server, job.folder, job.at, signal);
    case 'import':
      return importState(server, job.folder, progress, signal);
    case 'objects':
      return (await isAdministrator(server, signal))
        ? ended('succeeded', 'read when it is fetched', [])
        : ended('partial', 'read when it is fetched', [
            `${seesLess(server.account.username)}; objects that it does not see are not in the export, and the server does not tell how many`,
          ]);
    case 'topology-export':
      return topologyState(server, job.file, signal);
    case 'topology-import':
      return topologyEnd(job.end);
    case 'upsert':
      return upsertState(job, refusals);
  }
}

async function exportState(server: Server, name: string, at: Date, signal: AbortSignal): Promise<Look> {
  const folder = migrationFolder(server, name);
  if ((await folder.read('metadata.yaml', signal)) !== undefined) {
    const lines = [`/migrations/${name}/metadata.yaml is written, which the server does last`];
    return { status: { state: 'succeeded', wireState: 'exported', messages: [] }, lines };
  }
  if (!(await folder.exists(signal))) {
    throw new MigratorError('NOT_FOUND', `eNMS has no folder /migrations/${name}`);
  }
  if (server.clock.now().getTime() - at.getTime() <= longestExportMs) {
    return { status: { state: 'running', wireState: 'no metadata.yaml', messages: [] }, lines: [] };
  }
  return ended('failed', 'no metadata.yaml', [
    `the server never finished /migrations/${name}: its metadata.yaml, which is written last, is missing`,
  ]);
}

async function topologyState({ web }: Server, file: string, signal: AbortSignal): Promise<Look> {
  const opened = await web.open(`spreadsheets/${file}`, signal);
  if (opened === undefined) throw new MigratorError('NOT_FOUND', `eNMS holds no spreadsheet ${file}`);
  for await (const chunk of opened.body) if (chunk.length > 0) break;
  return ended('succeeded', 'exported', []);
}

function topologyEnd(end: 'done' | 'partial' | 'failed'): Look {
  switch (end) {
    case 'done':
      return ended('succeeded', 'Topology successfully imported.', []);
    case 'partial':
      return ended('partial', 'Partial import (see logs).', [
        'Partial import (see logs). Some rows were refused, and the log of the server alone tells which',
      ]);
    case 'failed':
      return ended('failed', 'failed', [
        "eNMS failed at the spreadsheet: devices may be deleted or half imported; only the server's log has the reason",
      ]);
  }
}

function upsertState({ stamp, written, refused, equal }: Extract<JobId, { kind: 'upsert' }>, refusals: Refusals): Look {
  const before = equal === 0 ? '' : `, ${equal} were there already as the package has them`;
  const wireState = `${written} written${before}, ${refused} refused`;
  if (refused === 0) return ended('succeeded', wireState, []);
  const items = refusals.get(stamp) ?? [];
  const known = items.slice(0, 10).map(({ kind, name, reason }) => `${kind} "${name}": ${reason ?? 'refused'}`);
  const text = `eNMS refused ${refused} of ${written + refused + equal} objects`;
  const look = ended(written + equal === 0 ? 'failed' : 'partial', wireState, [text, ...known]);
  return { ...look, status: { ...look.status, items } };
}

function ended(state: JobStatus['state'], wireState: string, errors: readonly string[]): Look {
  const level = state === 'partial' ? 'warning' : 'error';
  return { status: { state, wireState, messages: errors.map((text) => ({ level, text }) as const) }, lines: [] };
}

/** Names the files that stay on the server's disk, because the server has no call that deletes them. */
function leftBehind({ url }: Server, job: JobId, state: JobStatus['state']): readonly JobMessage[] {
  if (state === 'queued' || state === 'running') return [];
  const path =
    job.kind === 'export' || job.kind === 'import'
      ? `migrations/${job.folder}`
      : job.kind === 'topology-export'
        ? `spreadsheets/${job.file}`
        : undefined;
  if (path === undefined) return [];
  return [
    { level: 'info', text: `files/${path} stays on ${url}, where only somebody with access to its disk can delete it` },
  ];
}

function kindOf({ kind }: JobId): JobKind {
  switch (kind) {
    case 'export':
    case 'objects':
    case 'topology-export':
      return 'export';
    default:
      return 'import';
  }
}

function line(level: LogLine['level'], text: string): LogLine {
  return { level, depth: 0, text };
}
