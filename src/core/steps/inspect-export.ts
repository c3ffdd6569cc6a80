import type { Artifact, ArtifactFile } from '../../ports/artifact.ts';
import type { Exporter, PreparedExport } from '../../ports/exporter.ts';
import type { Secrets } from '../../ports/options.ts';
import type { OperationPorts } from '../operation.ts';
import { downloadWhole } from './download.ts';
import type { Spool } from './seal-artifact.ts';
import { warnOnce } from './verdict.ts';

export interface Inspected {
  readonly artifact: Artifact;
  /** With the projects that the files hold, where the adapter can tell. */
  readonly prepared: PreparedExport | undefined;
  /** What the adapter found. They are warnings. */
  readonly remarks: readonly string[];
}

interface Exported {
  readonly exporter: Exporter;
  readonly artifact: Artifact;
  readonly prepared: PreparedExport | undefined;
  readonly secrets: Secrets;
  readonly spool: Spool;
}

/**
 * Lets the adapter look into what it exported, before anything is made of it. For that the files are brought to this
 * machine, as long as `work` needs them. Without such a look they stay where they are.
 */
export async function inspecting<Result>(
  { exporter, artifact, prepared, secrets, spool }: Exported,
  ports: Pick<OperationPorts, 'clock' | 'reporter'>,
  signal: AbortSignal,
  work: (inspected: Inspected) => Promise<Result>,
): Promise<Result> {
  if (exporter.inspect === undefined) return work({ artifact, prepared, remarks: [] });
  const releases: (() => Promise<void>)[] = [];
  try {
    const files: ArtifactFile[] = [];
    for (const file of artifact.files) {
      const local = await downloadWhole(() => spool(file.open(signal), signal), ports, signal);
      releases.push(() => local.release());
      const { size } = local;
      files.push({
        ...file,
        size,
        open: () => local.content(),
        range: (start, length) => local.part(start, start + length),
      });
    }
    const { projects, remarks } = await exporter.inspect(files, prepared, secrets, signal);
    warnOnce(remarks, ports.reporter);
    return await work({ artifact: { ...artifact, files }, prepared: prepared && holding(prepared, projects), remarks });
  } finally {
    for (const release of releases) await release();
  }
}

/** The server may have added projects, whose ids nobody asked for. */
function holding(prepared: PreparedExport, names: readonly string[] | undefined): PreparedExport {
  if (names === undefined) return prepared;
  const known = new Map(prepared.projects.map((project) => [project.name, project]));
  return { ...prepared, projects: names.map((name) => known.get(name) ?? { id: '', name }) };
}
