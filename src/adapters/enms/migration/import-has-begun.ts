import { createHash } from 'node:crypto';
import type { Options } from '../../../ports/options.ts';
import { listOf, textOf } from '../../shared/option-values.ts';
import { targetNames, type TargetNames } from '../model/target-names.ts';
import type { Type } from '../model/types-and-relations.ts';
import type { Server } from '../server.ts';
import { typesOf } from '../way-and-types.ts';
import { stillDiffering } from './changes-to-watch.ts';
import { isOfMigrations } from './folder-name.ts';
import { migrationFolder, readRemark, remarks } from './migration-folder.ts';

const leastWaitMs = 2_000;
/** A small server takes about 11 ms for an object (444 objects in 5 s). */
const waitPerObjectMs = 20;
const longestWaitMs = 10 * 60_000;

/** A digest of the names of all objects of these types. It changes when an import creates or deletes an object. */
export async function printOf(target: TargetNames, wanted: readonly Type[], signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (const type of wanted) {
    const names = [...(await target.of(type, signal))].filter((name) => !isOfMigrations(name)).sort();
    hash.update(JSON.stringify([type, names]));
  }
  return hash.digest('hex');
}

/**
 * Whether an import that may have been sent has changed the target. The remark beside its files is written before the
 * call, so it does not prove that the call was sent. False when an import of this size has had its time, no object is
 * new or gone, and none of the watched objects has changed. Then the import never arrived, or it writes nothing that
 * can be seen (passwords, or what is there already), and a second import does no harm.
 */
export async function hasLeftTrace(
  server: Server,
  settled: Options,
  startedAfter: Date,
  signal: AbortSignal,
): Promise<boolean> {
  const folder = migrationFolder(server, textOf(settled, 'folder') ?? '');
  const before = textOf(settled, 'namesBefore');
  const wanted = typesOf(settled, 'types') ?? [];
  if (before === undefined || (await readRemark(folder, remarks.answer, signal)) !== undefined) return true;
  const witnesses = listOf(settled, 'witnesses');
  const files =
    witnesses.length === 0
      ? new Map<string, Buffer>()
      : await folder.readAll(
          wanted.map((type) => `${type}.yaml`),
          signal,
        );
  const differs = async () =>
    (await printOf(targetNames(server), wanted, signal)) !== before ||
    (await stillDiffering(server, files, witnesses, signal)).length < witnesses.length;
  if (await differs()) return true;
  const objects = typeof settled['objects'] === 'number' ? settled['objects'] : 0;
  const patience = Math.min(leastWaitMs + objects * waitPerObjectMs, longestWaitMs);
  const left = startedAfter.getTime() + patience - server.clock.now().getTime();
  if (left <= 0) return false;
  await server.clock.sleep(left, signal, `traces of an import whose answer was lost, on ${server.name}`);
  return differs();
}
