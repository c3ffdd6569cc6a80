import { parseHandle } from '../../core/job-handle.ts';
import type { RunRecord } from '../../ports/journal.ts';
import type { Context } from '../context.ts';
import { instancesOf } from '../servers/instances.ts';

/** All runs of this machine, without a choice. */
export async function runsOfMachine(context: Context) {
  const records = await (await context.journal()).list();
  return { records, ours: records };
}

/** All runs of this machine, and those on servers of this rc file. */
export async function runsHere(context: Context) {
  const { file } = await context.config();
  const { records } = await runsOfMachine(context);
  // Without an rc file there are no servers to choose by.
  return { records, ours: file === undefined ? records : await onServers(records, context) };
}

/** The runs whose servers are all in this rc file, under any name. */
async function onServers(records: readonly RunRecord[], context: Context): Promise<readonly RunRecord[]> {
  const known = await (await instancesOf(context)).places();
  const places = new Set(known.values());
  return records.filter((record) =>
    record.places === undefined
      ? record.jobs.every((handle) => known.has(parseHandle(handle).instance))
      : Object.values(record.places).every((place) => places.has(place)),
  );
}
