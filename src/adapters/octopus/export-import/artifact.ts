import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import type { Clock } from '../../../ports/runtime.ts';
import { resumed, without } from '../../shared/resumed-download.ts';
import { wholeZip } from '../../shared/whole-zip.ts';
import type { ExportImport } from './export-import.ts';
import type { ArtifactResource } from '../wire/schemas.ts';

/** Milliseconds between two looks. The server may store the zip a moment after the task has ended. */
const pauses = [500, 1000, 2000, 3000, 5000, 5000, 10_000, 10_000];

/**
 * The zip of an export task. NOT_FOUND when there is none, CONFLICT when nobody can tell which one it is. With `waits` it
 * may still come.
 */
export async function exportArtifact(
  { server, client, tools }: ExportImport,
  task: string,
  { waits }: { readonly waits: boolean },
  signal: AbortSignal,
): Promise<ArtifactResource> {
  const space = await server.space(signal);
  for (const pause of [0, ...(waits ? pauses : [])]) {
    if (pause > 0) await tools.clock.sleep(pause, signal, `the zip of ${task}, which the server has not attached yet`);
    const found = chosen(await client.artifacts(space, task, signal), task);
    if (found !== undefined) return found;
  }
  throw new MigratorError('NOT_FOUND', `${task} has no zip among its artifacts`, {
    hint: 'look at the artifacts of the task in the web portal; retention may have deleted it',
  });
}

/** Whether a file has the name that the server gives its exports. */
export const isExportName = (name: string): boolean => /^Octopus-Export-.*\.zip$/i.test(name);

function chosen(all: readonly ArtifactResource[], task: string): ArtifactResource | undefined {
  // A server that does not know the filter lists the artifacts of other tasks too.
  const own = all.filter(({ ServerTaskId }) => ServerTaskId === undefined || ServerTaskId === task);
  const named = own.filter(({ Filename }) => isExportName(Filename));
  const fitting =
    named.length > 0
      ? named
      : own.filter(({ Filename, ServerTaskId }) => ServerTaskId === task && /\.zip$/i.test(Filename));
  if (fitting.length <= 1) return fitting[0];
  throw new MigratorError('CONFLICT', `${task} has ${fitting.length} zips, and nothing tells which one is the export`, {
    hint: `look at ${fitting.map(({ Id, Filename }) => `${Id} (${Filename})`).join(', ')} in the web portal, delete those that are not, and run the same command again`,
    details: { artifacts: fitting.map(({ Id }) => Id) },
  });
}

/** The zip as a file. A broken download goes on where it was. */
export function fileOfArtifact(
  { server, client }: ExportImport,
  artifact: ArtifactResource,
  clock: Clock,
): ArtifactFile {
  const name = artifact.Filename;
  return {
    path: `native/${safeName(name)}`,
    size: undefined,
    mediaType: 'application/zip',
    open: async function* (signal) {
      const space = await server.space(signal);
      let size: number | undefined;
      const rest = async function* (from: number) {
        const answer = await client.content(space, artifact, from, signal);
        if (answer.status === 416) return;
        // A server without ranges starts again at the first byte.
        const partial = answer.status === 206 && answer.headers['content-range']?.startsWith(`bytes ${from}-`) === true;
        size ??= answer.size === undefined ? undefined : answer.size + (partial ? from : 0);
        yield* without(partial ? 0 : from, answer.body);
      };
      const faults = { cutOff: () => broken(name, 'it is cut off'), noZip: () => broken(name, 'it is not a zip') };
      yield* wholeZip(resumed({ name, size: () => size, rest }, clock, signal), undefined, faults);
    },
  };
}

/** A name that every disk takes. */
const safeName = (name: string): string => name.replaceAll(/[^\w.-]+/g, '_').replace(/^\.+/, '_');

function broken(name: string, why: string): MigratorError {
  return new MigratorError('JOB_FAILED', `the export ${name} cannot be used: ${why}`, {
    hint: 'look at the storage of the server (disk full, quota), then export again',
  });
}
