import { isMigratorError, MigratorError, together } from '../../../errors.ts';
import type { InstanceInfo, InventoryItem } from '../../../ports/adapter.ts';
import type { PlanItem } from '../../../ports/plan.ts';
import { facet, type Instance } from '../../instance.ts';
import { requireProjectNames, worst } from '../../operation.ts';
import type { Difference } from '../../snapshots/compare.ts';
import { held } from '../../snapshots/snapshot-lookup.ts';
import { compareContent, type CompareInput, type Counterpart, type Verified } from '../../steps/counterpart.ts';
import { fact } from '../../steps/exactly-once.ts';
import { preparedFor } from '../../steps/export.ts';
import { planImport, plansByName } from '../../steps/plan.ts';
import { probeBoth, requireCompatible, requireSameProduct } from '../../steps/preflight.ts';
import { onWay, settleWay, type Via } from '../../steps/settle-way.ts';
import { chooseRoute } from './choose-route.ts';
import { move } from './move.ts';
import { push } from './push.ts';
import { acceptedBy, relay } from './relay.ts';
import type { MigrateInput, MigratePorts, MigrateReport, Route, Verifiable } from './route.ts';

/** Moves projects from one instance to another by the shortest route that works. */
export async function migrateProject(
  input: MigrateInput,
  ports: MigratePorts,
  signal: AbortSignal,
): Promise<MigrateReport & { readonly verified: Verified | undefined; readonly via: Via | undefined }> {
  const { source, target, reporter } = ports;
  requireProjectNames(input.request.projects, source, 'name the projects: migrate-project <project>');
  if (source.name === target.name && source.adapter.moves === undefined) {
    throw new MigratorError('USAGE', `--from and --to both name ${source.name}, so there is nothing to move`, {
      hint: 'name another instance with --to',
    });
  }
  requireSameProduct(source, target);
  const infos = await probeBoth(source, target, reporter, signal);
  const [info, targetInfo] = infos;
  const { request, importOptions, ignoreVersion, route } = input;
  const via = await settleWay(
    {
      verb: 'migrate-project',
      ends: [
        { instance: source, as: 'source', info, options: request.options },
        { instance: target, as: 'target', info: targetInfo, options: importOptions },
      ],
      secrets: ports.secrets,
      pushes: route === 'push',
      ignoreVersion,
    },
    ports,
    signal,
  ).catch(async (error: unknown) => {
    throw await withFurther(error, { ...input, targetInfo }, ports, signal);
  });
  const onIt = { ...ports, source: onWay(source, via?.name), target: onWay(target, via?.name) };
  return { ...(await migrateOnWay({ ...input, via }, onIt, infos, signal)), via };
}

/**
 * A refusal for the releases of the servers alone, with what else the servers refuse on that way: people upgrade a server
 * once, and should not learn of the rest after that.
 */
async function withFurther(
  error: unknown,
  input: MigrateInput,
  ports: MigratePorts,
  signal: AbortSignal,
): Promise<unknown> {
  if (!isMigratorError(error, 'UNSUPPORTED') || error.details['sourceVersion'] === undefined) return error;
  const ways = (error.details['ways'] ?? []) as readonly {
    readonly via: string;
    readonly obstacles: readonly string[];
  }[];
  const further: MigratorError[] = [];
  for (const { via } of ways.filter(({ obstacles }) => obstacles.length === 1)) {
    const [source, target] = [ports.source, ports.target].map((end) => onWay(end, via));
    if (source === undefined || target === undefined) continue;
    const accepted = acceptedBy(input, { ...ports, source, target }, signal);
    try {
      await preparedFor({ request: input.request, accepted }, facet(source, 'exports'), signal);
    } catch (other) {
      if (isMigratorError(other, 'CANCELLED')) throw other;
      const isMeant = isMigratorError(other, 'CONFLICT', 'AUTH_REFUSED', 'NOT_FOUND');
      if (isMeant || (isMigratorError(other) && other.details['obstacles'] !== undefined)) further.push(other);
    }
  }
  return together([error, ...further]);
}

async function migrateOnWay(
  input: MigrateInput,
  ports: MigratePorts,
  [info, targetInfo]: readonly [InstanceInfo, InstanceInfo],
  signal: AbortSignal,
): Promise<MigrateReport & { readonly verified: Verified | undefined }> {
  const { source, target, reporter } = ports;
  requireCompatible(info.version, target, targetInfo, { ignore: input.ignoreVersion, reporter });
  const route = await chooseRoute(input, ports, targetInfo, signal);
  // Moves and importers of files make a plan of their own, in more detail than by project name.
  const { imports } = target.adapter;
  const byName = route !== 'move' && (imports === undefined || plansByName(imports));
  // The target is asked while the source resolves the names. A failure is thrown where the plan is made.
  const there = byName ? projectsOn(target, signal) : undefined;
  there?.catch(() => undefined);
  let made: readonly PlanItem[] | undefined;
  const planned =
    there && (async (names: readonly string[]) => (made ??= projectPlan(names, await there, input, ports)));
  const counterpart = canCompare(ports)
    ? (projects: readonly string[]): Counterpart => ({ ...comparable(projects, input), from: source.name })
    : undefined;
  if (input.verify === true && counterpart === undefined) {
    throw new MigratorError('UNSUPPORTED', `migrator cannot look into the projects of ${source.adapter.product}`, {
      hint: 'leave out --verify',
    });
  }
  const verifies = async (report: Verifiable) =>
    input.verify === true && !input.dryRun && report.outcome !== 'started'
      ? verify(input, report, ports, signal)
      : undefined;
  const report = await travel(
    route,
    { ...input, planned, counterpart, targetInfo, verifies },
    ports,
    { info, targetInfo },
    signal,
  );
  const verified = report.verified ?? (await verifies(report));
  if (verified === undefined) return { ...report, verified };
  const outcome = worst(report.outcome, verified.differences.length === 0 ? 'done' : 'partial');
  return { ...report, verified, outcome };
}

function canCompare({ source, target }: MigratePorts): boolean {
  return source.adapter.snapshots !== undefined && target.adapter.snapshots !== undefined;
}

const comparable = (projects: readonly string[], { request, importOptions, via }: MigrateInput): CompareInput => ({
  projects,
  exportOptions: request.options,
  importOptions,
  via: via?.name,
});

/**
 * What of the source the target does not have, or has differently, and what the move made although the source does not
 * have it, such as a second copy. What only the target had before is no fault of a move.
 */
async function verify(
  input: MigrateInput,
  { result }: Verifiable,
  ports: MigratePorts,
  signal: AbortSignal,
): Promise<Verified> {
  const { equal, differences, blind } = await compareContent(comparable(input.request.projects, input), ports, signal);
  const made = held(result?.items.filter(({ action }) => action === 'created') ?? []);
  const isFault = ({ difference, ...item }: Difference): boolean =>
    difference !== 'only-to' || made.find(item) !== undefined;
  return { equal, differences: differences.filter(isFault), blind };
}

/** Takes the chosen route. If it could not deliver, now or in an earlier process of this run, takes the route relay. */
async function travel(
  route: Route,
  input: MigrateInput,
  ports: MigratePorts,
  { info, targetInfo }: { readonly info: InstanceInfo; readonly targetInfo: InstanceInfo },
  signal: AbortSignal,
): Promise<MigrateReport> {
  const { run, reporter } = ports;
  if (!input.wait && route !== 'move') {
    const message = `the export from ${ports.source.name} is waited for, because the import needs it; the import is not`;
    reporter.report({ type: 'notice', message });
  }
  if (route === 'relay') return relay(input, ports, info, signal);
  let failure = run.record.facts[`${route}.failed`];
  if (typeof failure !== 'string') {
    const answer =
      route === 'move' ? await move(input, ports, targetInfo, signal) : await push(input, ports, info, signal);
    if (!('undelivered' in answer)) return answer;
    failure = answer.undelivered;
    reporter.report({ type: 'warning', message: `${failure}; using the route relay, through this machine, instead` });
    await run.note(fact(route, 'failed', failure));
  }
  return { ...(await relay(input, ports, info, signal)), rerouted: failure };
}

/** Makes the plan by the names of the projects, as the products match them, and tells it. */
function projectPlan(
  names: readonly string[],
  there: readonly InventoryItem[],
  { overwrites, skips, dryRun }: MigrateInput,
  { source, target, reporter }: MigratePorts,
): readonly PlanItem[] {
  const wanted = names.map((name) => ({ kind: 'project', name }));
  const plan = planImport(wanted, there, { overwrites, skips });
  for (const { name, action } of dryRun ? [] : plan)
    reporter.report({ type: 'notice', message: `project "${name}" of ${source.name}, on ${target.name}: ${action}` });
  return plan;
}

async function projectsOn({ adapter }: Instance, signal: AbortSignal): Promise<readonly InventoryItem[]> {
  const items: InventoryItem[] = [];
  for await (const item of adapter.inventory.list('project', signal)) items.push(item);
  return items;
}
