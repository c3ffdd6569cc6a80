import type { InstanceInfo, InventoryItem } from '../../../ports/adapter.ts';
import type { RunRecord } from '../../../ports/journal.ts';
import { silent, type Reporter } from '../../../ports/reporter.ts';
import type { Foreseen, ItemWork, Runner, Slot } from '../../../ports/runner.ts';
import type { Instance, Placed } from '../../instance.ts';
import { answerOf } from '../../steps/preflight.ts';
import { onWay } from '../../steps/settle-way.ts';
import { journaled, type Journaling, runKey } from '../../steps/journaled.ts';
import { RunRecorder } from '../../report/recorder.ts';
import { migrateProject } from '../migrate-project/index.ts';
import type { MigrateInput } from '../migrate-project/route.ts';
import { foreseen, type Looks } from './foresee.ts';
import { endOfError, endOfRecord, endOfReport } from './item-end.ts';
import type { OpenMove } from './open-move.ts';

export interface LocalPorts {
  /** Opens an instance once; later calls share it. */
  readonly open: (work: ItemWork) => Promise<OpenMove>;
  readonly journaling: (reporter: Reporter) => Promise<Journaling>;
}

/** Does items in this process, with adapters that are opened once and shared. */
export function localRunner({ open, journaling }: LocalPorts): Runner {
  let runs: Promise<readonly RunRecord[]> | undefined;
  const lists = new Map<string, Promise<readonly InventoryItem[]>>();
  const infos = new Map<string, Promise<InstanceInfo>>();
  const looks = (signal: AbortSignal): Looks => ({
    infoOf: (instance) => {
      const info = infos.get(instance.name) ?? answerOf(instance, instance.adapter.probe(signal));
      infos.set(instance.name, info);
      return info;
    },
    projectsOn: (instance) => {
      const list = lists.get(instance.name) ?? answerOf(instance, projectsOn(instance, signal));
      lists.set(instance.name, list);
      return list;
    },
  });
  return {
    keyOf: async (work) => runKey((await open(work)).identity),
    slotsOf: async (work) => {
      const { source, target, input } = await open(work);
      return [slotOf(source, 'source', input), slotOf(target, 'target', input)];
    },
    run: async (work, _attempt, reporter, signal) => {
      const move = await open(work);
      const jobs: string[] = [];
      const recorder = new RunRecorder(() => new Date(), reporter);
      try {
        const report = await move.around(async () =>
          journaled(
            move.identity,
            await journaling(recorder),
            async (run) => {
              try {
                return await migrateProject(move.input, await move.ports(run, recorder), signal);
              } finally {
                jobs.push(...run.record.jobs);
              }
            },
            signal,
          ),
        );
        return { ...endOfReport(report), ran: recorder.jobs };
      } catch (error) {
        return { ...endOfError(error, jobs, signal), ran: recorder.jobs };
      }
    },
    endOf: async (work, { since }) => {
      runs ??= journaling(silent).then(({ journal }) => journal.list());
      const key = runKey((await open(work)).identity);
      const record = (await runs).find((one) => one.key === key);
      return record === undefined ? undefined : endOfRecord(record, since);
    },
    missing: async (done, signal) => {
      const missing = new Set<string>();
      for (const { work, arrived } of done) {
        const { target } = await open(work);
        if (!shows(await looks(signal).projectsOn(target), arrived)) missing.add(work.id);
      }
      return missing;
    },
    foresee: async (work, signal): Promise<Foreseen> => foreseen(await open(work), looks(signal), signal),
  };
}

/** The adapter of the way that was asked for; without one, the first choice counts. */
export function slotOf(instance: Placed, as: 'source' | 'target', { importOptions, request }: MigrateInput): Slot {
  const options = as === 'source' ? request.options : importOptions;
  const { adapter } = onWay(instance, instance.adapter.ways?.asked(options)?.via);
  const { of, most } = adapter.parallel?.(as) ?? { of: instance.place, most: 1 };
  return { of: `${adapter.product} ${of}`, most };
}

/** Whether a target that has these projects shows all that once arrived there. */
export function shows(projects: readonly InventoryItem[], arrived: readonly string[]): boolean {
  const there = new Set(projects.map(({ name }) => name));
  return arrived.every((name) => there.has(name));
}

export async function projectsOn({ adapter }: Instance, signal: AbortSignal): Promise<readonly InventoryItem[]> {
  const items: InventoryItem[] = [];
  for await (const item of adapter.inventory.list('project', signal)) items.push(item);
  return items;
}
