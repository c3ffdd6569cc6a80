import type { ArtifactFile } from '../../ports/artifact.ts';
import type { ExportRequest, PreparedExport } from '../../ports/exporter.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Instance } from '../instance.ts';
import { recordOf } from '../snapshots/package-record.ts';
import { take } from '../snapshots/snapshot-lookup.ts';
import { looked } from './look.ts';

/** What the projects consist of, when an import could not read it from the package of this product. */
export async function contentRecord(
  source: Instance,
  prepared: PreparedExport | undefined,
  request: ExportRequest,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly ArtifactFile[]> {
  const { snapshots, exports } = source.adapter;
  if (prepared === undefined || snapshots === undefined || exports?.opaque !== true) return [];
  const look = async () => {
    const names = prepared.projects.map(({ name }) => name);
    const scope = await snapshots.scopeOf(names, request.options, signal);
    return take(source, scope, 'content', signal);
  };
  const content = await looked(source, reporter, look);
  return content === undefined ? [] : [recordOf(content)];
}
