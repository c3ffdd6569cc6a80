import { MigratorError } from '../../../errors.ts';
import type { InstanceInfo, InventoryItem } from '../../../ports/adapter.ts';
import type { Instance } from '../../instance.ts';
import { requireProjectNames, worst } from '../../operation.ts';
import type { Comparison } from '../../snapshots/compare.ts';
import { fact } from '../../steps/exactly-once.ts';
import { planImport, plansByName } from '../../steps/plan.ts';
import { probeBoth, requireCompatible, requireSameProduct } from '../../steps/preflight.ts';
import { compareContent, type Verified } from '../compare.ts';
import { chooseRoute } from './choose-route.ts';
import { move } from './move.ts';
import { push } from './push.ts';
import { relay } from './relay.ts';
import type { MigrateInput, MigratePorts, MigrateReport, Route } from './route.ts';

/** Moves projects from one instance to another by the shortest route that works. */
export async function migrateProject(
  input: MigrateInput,
  ports: MigratePorts,
  signal: AbortSignal,
): Promise<MigrateReport & { readonly verified: Verified | undefined }> {
  const { source, target, reporter } = ports;
  requireProjectNames(input.request.projects, source.adapter, 'name the projects: migrate-project <project>');
  if (source.name === target.name && source.adapter.moves === undefined) {
    throw new MigratorError('USAGE', `--from and --to both name ${source.name}, so there is nothing to move`, {
      hint: 'name another instance with --to',
    });
  }
  requireSameProduct(source, target);
  const [info, targetInfo] = await probeBoth(source, target, reporter, signal);
  requireCompatible(info.version, target, targetInfo, { ignore: input.ignoreVersion, reporter });
  const route = await chooseRoute(input, ports, targetInfo, signal);
  // Moves and importers of files make a plan of their own, in more detail than by project name.
  const { imports } = target.adapter;
  const byName = route !== 'move' && (imports === undefined || plansByName(imports));
  let made: ReturnType<typeof projectPlan> | undefined;
  const planned = byName
    ? (names: readonly string[]) => (made ??= projectPlan(names, input, ports, signal))
    : undefined;
  const comparing = canCompare(ports)
    ? (projects: readonly string[]) => comparison(projects, input, ports, signal)
    : undefined;
  if (input.verify === true && comparing === undefined) {
    throw new MigratorError('UNSUPPORTED', `migrator cannot look into the projects of ${source.adapter.product}`, {
      hint: 'leave out --verify',
    });
  }
  const report = await travel(route, { ...input, planned, comparing, targetInfo }, ports, { info, targetInfo }, signal);
  if (input.verify !== true || input.dryRun || report.outcome === 'started') return { ...report, verified: undefined };
  const { equal, differences, blind } = await comparison(input.request.projects, input, ports, signal);
  const verified = { equal, differences, blind };
  const outcome = worst(report.outcome, verified.differences.length === 0 ? 'done' : 'partial');
  return { ...report, verified, outcome };
}

function canCompare({ source, target }: MigratePorts): boolean {
  return source.adapter.snapshots !== undefined && target.adapter.snapshots !== undefined;
}

/** What of the source the target does not have, or has differently. What only the target has is no fault of a move. */
async function comparison(
  projects: readonly string[],
  { request, importOptions }: MigrateInput,
  ports: MigratePorts,
  signal: AbortSignal,
): Promise<Verified & Comparison> {
  const given = { projects, exportOptions: request.options, importOptions };
  const found = await compareContent(given, ports, signal);
  return { ...found, differences: found.differences.filter(({ difference }) => difference !== 'only-to') };
}

/** Takes the chosen route. If it could not deliver, now or in an earlier process of this run, takes the route relay. */
async function travel(
  route: Route,
  input: MigrateInput,
  ports: MigratePorts,
  { info, targetInfo }: { readonly info: InstanceInfo; readonly targetInfo: InstanceInfo },
  signal: AbortSignal,
): Promise<MigrateReport> {
  if (route === 'relay') return relay(input, ports, info, signal);
  const { run, reporter } = ports;
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

/** The plan by the names of the projects, as the products match them. */
async function projectPlan(
  names: readonly string[],
  input: MigrateInput,
  { source, target, reporter }: MigratePorts,
  signal: AbortSignal,
) {
  const wanted = names.map((name) => ({ kind: 'project', name }));
  const plan = planImport(wanted, await projectsOn(target, signal), input.overwrites);
  for (const { name, action } of plan)
    reporter.report({ type: 'notice', message: `project "${name}" of ${source.name}, on ${target.name}: ${action}` });
  return plan;
}

async function projectsOn({ adapter }: Instance, signal: AbortSignal): Promise<readonly InventoryItem[]> {
  const items: InventoryItem[] = [];
  for await (const item of adapter.inventory.list('project', signal)) items.push(item);
  return items;
}
