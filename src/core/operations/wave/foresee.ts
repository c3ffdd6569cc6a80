import type { InstanceInfo, InventoryItem } from '../../../ports/adapter.ts';
import type { Consent, PlannedAction, PlanItem } from '../../../ports/plan.ts';
import { silent } from '../../../ports/reporter.ts';
import type { Foreseen } from '../../../ports/runner.ts';
import { facet, type Placed } from '../../instance.ts';
import { questionBefore } from '../../steps/consent.ts';
import { planImport, plansByName } from '../../steps/plan.ts';
import { requireCompatible, requireSameProduct } from '../../steps/preflight.ts';
import { onWay, settleWay } from '../../steps/settle-way.ts';
import type { MigrateInput } from '../migrate-project/route.ts';
import type { OpenMove } from './open-move.ts';

/** What is read once for all the items of an instance. */
export interface Looks {
  readonly infoOf: (instance: Placed) => Promise<InstanceInfo>;
  readonly projectsOn: (instance: Placed) => Promise<readonly InventoryItem[]>;
}

/**
 * What a move would do, by reading alone: no job is started and no package is made. Fails with what would stop it. A move
 * between servers plans in full. For the other routes the names of the projects tell whether the target has them.
 */
export async function foreseen(
  { source, target, input, secrets }: OpenMove,
  { infoOf, projectsOn }: Looks,
  signal: AbortSignal,
): Promise<Foreseen> {
  requireSameProduct(source, target);
  const [info, targetInfo] = [await infoOf(source), await infoOf(target)];
  const { request, importOptions, ignoreVersion, route } = input;
  const via = await settleWay(
    {
      verb: 'migrate-project',
      ends: [
        { instance: source, as: 'source', info, options: request.options },
        { instance: target, as: 'target', info: targetInfo, options: importOptions },
      ],
      secrets,
      pushes: route === 'push',
      ignoreVersion,
    },
    { run: unnoted, reporter: silent },
    signal,
  );
  const [from, to] = [onWay(source, via?.name), onWay(target, via?.name)];
  requireCompatible(info.version, to, targetInfo, { ignore: ignoreVersion, reporter: silent });
  const { moves } = from.adapter;
  if (moves !== undefined && (route === 'auto' || route === 'move')) {
    const peer = { name: to.name, adapter: to.adapter };
    if ((await moves.reaches(peer, targetInfo, signal)) === true) {
      const { options, projects } = request;
      const given = { project: projects[0], dryRun: false, options, secrets: Object.keys(secrets) };
      const { plan, consent } = await moves.prepare(given, peer, signal);
      return ofPlan(plan ?? [], { target: to.name, whole: plan !== undefined, consent }, input);
    }
  }
  const imports = facet(to, 'imports');
  const prepared = await facet(from, 'exports').prepare(request, signal);
  const named = prepared.projects.map(({ name }) => name);
  const names = named.length > 0 ? named : request.projects;
  if (imports.takes === 'files') {
    const asked = { source: { id: '', version: '' }, projects: names, dryRun: false, options: importOptions };
    await imports.check?.(signal, { ...asked, secrets, ignoreVersion });
  }
  const wanted = names.map((name) => ({ kind: 'project', name }));
  const plan = planImport(wanted, await projectsOn(to), input);
  return ofPlan(plan, { target: to.name, whole: plansByName(imports), consent: undefined }, input);
}

/** A way is only looked for here; the run that takes it notes it. */
const unnoted = { record: { facts: {} }, note: () => Promise.resolve() };

interface Change {
  readonly target: string;
  readonly whole: boolean;
  readonly consent: string | Consent | undefined;
}

function ofPlan(plan: readonly PlanItem[], { target, whole, consent }: Change, { overwrites }: MigrateInput): Foreseen {
  const counts: Partial<Record<PlannedAction, number>> = {};
  for (const { action } of plan) counts[action] = (counts[action] ?? 0) + 1;
  const question = questionBefore({ target, plan, consent, overwrites, whole });
  return { counts, whole, ...(question === undefined ? {} : { question }) };
}
