import { MigratorError } from '../../errors.ts';
import type { InstanceInfo, WayReport, WayRequest, Ways } from '../../ports/adapter.ts';
import type { Facts, RunRecord } from '../../ports/journal.ts';
import type { Options, Secrets } from '../../ports/options.ts';
import type { Instance } from '../instance.ts';
import type { OperationPorts } from '../operation.ts';

/** The way that a run takes, for products that have several, and why. */
export interface Via {
  readonly name: string;
  readonly reason: string;
}

/** One end of a run. */
interface End {
  readonly instance: Instance;
  readonly as: WayRequest['as'];
  readonly info: InstanceInfo;
  readonly options: Options;
}

export interface Journey {
  readonly verb: WayRequest['verb'];
  /** One or two, the source first. */
  readonly ends: readonly End[];
  readonly secrets: Secrets;
  readonly pushes: boolean;
  /** The release of the source, when only its package is there. */
  readonly sourceVersion?: string | undefined;
  /** What needs no choice: a package or a job names its way. */
  readonly given?: { readonly via: string; readonly reason: string } | undefined;
  readonly ignoreVersion: boolean;
}

/** What of a run keeps the way. */
interface Noting {
  readonly record: Pick<RunRecord, 'facts'>;
  note(facts: Facts): Promise<void>;
}

/**
 * Settles the way of a run once, and keeps it, so that a resumed run takes the same one. Undefined for products with one
 * way. UNSUPPORTED with what speaks against each way when none is left.
 */
export async function settleWay(
  journey: Journey,
  { run, reporter }: Pick<OperationPorts, 'reporter'> & { readonly run: Noting },
  signal: AbortSignal,
): Promise<Via | undefined> {
  const [first] = journey.ends;
  const ways = first?.instance.adapter.ways;
  if (ways === undefined) return undefined;
  const { facts } = run.record;
  const kept = facts['way.via'];
  const via =
    typeof kept === 'string'
      ? { name: kept, reason: facts['way.reason'] ?? 'the run began with it' }
      : await chosen(journey, ways, signal);
  if (kept !== via.name) await run.note({ 'way.via': via.name, 'way.reason': via.reason });
  reporter.report({ type: 'notice', message: `by ${via.name}: ${via.reason}` });
  return via;
}

/** The instance with the facets of the way. */
export function onWay<One extends Instance>(instance: One, via: string | undefined): One {
  const { ways } = instance.adapter;
  return via === undefined || ways === undefined ? instance : { ...instance, adapter: ways.of(via) };
}

async function chosen(journey: Journey, ways: Ways, signal: AbortSignal): Promise<Via> {
  const asked = askedFor(journey);
  const { given } = journey;
  if (given !== undefined) {
    // Fails for a way of a later release.
    ways.of(given.via);
    if (asked?.by === 'option' && asked.via !== given.via)
      throw new MigratorError('USAGE', `--via ${asked.via} does not fit: ${given.reason}`, { hint: 'leave out --via' });
  }
  const looks = await looksOf(journey, ways, signal);
  const wanted = given?.via ?? asked?.via;
  if (wanted === undefined) {
    const open = looks.find(({ obstacles }) => obstacles.length === 0);
    if (open === undefined) throw refusal(looks, journey);
    const passed = looks.slice(0, looks.indexOf(open));
    const against = passed.flatMap(({ title, obstacles }) => `not by ${title}: ${obstacles.join('; ')}`);
    return {
      name: open.via,
      reason: against.length === 0 ? 'the first choice, and it is possible' : against.join('. '),
    };
  }
  const own = looks.filter(({ via }) => via === wanted);
  if (own.some(({ obstacles }) => obstacles.length > 0)) throw refusal(own, journey, looks);
  return { name: wanted, reason: given?.reason ?? asked?.reason ?? '' };
}

interface Look {
  readonly via: string;
  readonly title: string;
  readonly obstacles: readonly string[];
  /** Another account could take it. */
  readonly lacksRight: boolean;
  /** The obstacle of the releases. */
  readonly version: string | undefined;
  /** The flags without which it would be open, but for the releases. Undefined when other things speak against it. */
  readonly without: readonly string[] | undefined;
}

/** The ways between two instances for a project without options, and what speaks against each. Reads only. */
export async function waysBetween(
  ends: readonly [Omit<End, 'as' | 'options'>, Omit<End, 'as' | 'options'>],
  signal: AbortSignal,
): Promise<readonly Pick<Look, 'via' | 'title' | 'obstacles'>[]> {
  const [source, target] = ends;
  const { ways } = source.instance.adapter;
  if (ways === undefined) return [];
  const journey: Journey = {
    verb: 'migrate-project',
    ends: [
      { ...source, as: 'source', options: {} },
      { ...target, as: 'target', options: {} },
    ],
    secrets: {},
    pushes: false,
    ignoreVersion: false,
  };
  const asked = askedFor(journey)?.via;
  return (await looksOf(journey, ways, signal)).filter(({ via }) => asked === undefined || via === asked);
}

/** What speaks against each way, on both ends and between them. */
async function looksOf(journey: Journey, ways: Ways, signal: AbortSignal): Promise<readonly Look[]> {
  const { verb, ends, secrets, pushes } = journey;
  const reports = await Promise.all(
    ends.map(({ instance, as, options }) => {
      const request = { verb, as, options, secrets: Object.keys(secrets), pushes };
      return instance.adapter.ways?.check(request, signal) ?? Promise.resolve([]);
    }),
  );
  const [order = []] = reports;
  return order.map(({ via, title }) => {
    const said = reports.flat().filter((report) => report.via === via);
    const version = versionObstacle(journey, ways, via);
    const obstacles = [
      ...said.flatMap(({ obstacles: own }) => own),
      // A package that is only pushed is not imported yet.
      ...(verb === 'partial-export' ? [] : spaceObstacle(said)),
      ...(version === undefined ? [] : [version]),
    ];
    const byRight = said.filter(({ obstacles: own }) => own.length > 0);
    const lacksRight =
      byRight.length > 0 &&
      byRight.every((report) => report.lacksRight === true) &&
      obstacles.length === byRight.flatMap(({ obstacles: own }) => own).length;
    const distinct = [...new Set(obstacles)];
    const flags = [...new Set(said.flatMap((report) => report.flags ?? []))];
    const others = distinct.length - flags.length - (version === undefined ? 0 : 1);
    return { via, title, obstacles: distinct, version, lacksRight, without: others === 0 ? flags : undefined };
  });
}

/** The reports of the two ends, the source first. */
function spaceObstacle([source, target]: readonly WayReport[]): readonly string[] {
  const [from, to] = [source?.space, target?.space];
  if (from === undefined || to === undefined || from.toLowerCase() === to.toLowerCase()) return [];
  return [`it imports into the space of the source's name (${from}), and the target is space ${to}`];
}

function versionObstacle(journey: Journey, ways: Ways, via: string): string | undefined {
  const { ends, ignoreVersion } = journey;
  const target = ends.find(({ as }) => as === 'target');
  const version = journey.sourceVersion ?? ends.find(({ as }) => as === 'source')?.info.version;
  if (ignoreVersion || target === undefined || version === undefined) return undefined;
  return ways.of(via).versionObstacle(version, target.info);
}

interface Asked {
  readonly via: string;
  readonly by: 'option' | 'setting';
  readonly reason: string;
}

/** USAGE when two instances are set to different ways, and no option says which one it is. */
function askedFor({ ends }: Journey): Asked | undefined {
  const all = ends.flatMap(({ instance, options }): readonly Asked[] => {
    const asked = instance.adapter.ways?.asked(options);
    if (asked === undefined) return [];
    const reason =
      asked.by === 'option' ? 'asked for with --via' : `instance "${instance.name}" is set to it (via in the rc file)`;
    return [{ ...asked, reason }];
  });
  const [first, ...others] = all;
  const other = others.find(({ via }) => via !== first?.via);
  if (first === undefined || other === undefined) return first;
  throw new MigratorError('CONFIG_INVALID', `the instances are set to different ways: ${first.via} and ${other.via}`, {
    hint: 'say which one it is with --via',
  });
}

/** `all` has the ways that are not wanted too: one of them may be open. */
function refusal(looks: readonly Look[], journey: Journey, all: readonly Look[] = looks): MigratorError {
  const { ends, sourceVersion } = journey;
  const [first, last] = [ends[0], ends.at(-1)];
  const names = first === last ? [first?.instance.name] : [first?.instance.name, last?.instance.name];
  const against = looks.map(({ title, obstacles }) => `by ${title}: ${obstacles.join('; ')}`);
  const versions = looks.flatMap(({ version }) => version ?? []);
  const target = ends.find(({ as }) => as === 'target');
  return new MigratorError('UNSUPPORTED', `no way for ${names.join(' to ')}: ${against.join('. ')}`, {
    hint: otherWay(all, journey) ?? wayOut(looks),
    details: {
      // A server refuses the account again.
      ...(looks.some(({ lacksRight }) => lacksRight) ? { hopeless: true } : {}),
      ways: looks.map(({ via, obstacles }) => ({ via, obstacles })),
      ...(versions.length === 0
        ? {}
        : { sourceVersion: sourceVersion ?? first?.info.version, targetVersion: target?.info.version }),
    },
  });
}

/** Another way than the wanted one that is open. */
function otherWay(all: readonly Look[], { given }: Journey): string | undefined {
  const open = all.find(({ obstacles }) => obstacles.length === 0);
  if (open === undefined) return undefined;
  return given === undefined
    ? `use --via ${open.via}, or leave out --via`
    : `export the projects again, with --via ${open.via}`;
}

/** What opens one of the ways: the least first. */
function wayOut(looks: readonly Look[]): string {
  const flags = looks.find(({ without, version }) => without !== undefined && version === undefined);
  if (flags?.without !== undefined) return `leave out ${flags.without.join(', ')}`;
  if (looks.some(({ lacksRight }) => lacksRight)) return 'use an account with that right';
  const releases = looks.find(({ without }) => without !== undefined);
  if (releases?.without === undefined) return 'upgrade the servers to a release that offers one of these ways on both';
  const leave = releases.without.length === 0 ? '' : `, without ${releases.without.join(', ')}`;
  return `upgrade both servers to the same release, or try at your own risk with --ignore-version${leave}`;
}
