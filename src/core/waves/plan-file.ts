import { nearest } from '../../nearest.ts';
import { circlesIn } from './circles.ts';
import type { Fault, Plan, PlannedFlag, Wave, WaveItem } from './plan.ts';
import {
  choiceOf,
  countOf,
  faultList,
  flagsOf,
  inOrder,
  membersOf,
  nameOf,
  namesOf,
  type Tell,
} from './plan-fields.ts';
import type { Member, PlanNode } from './plan-node.ts';

/** What the rc file says of an instance. */
export interface KnownInstance {
  readonly name: string;
  readonly product: string;
}

export interface Known {
  /** The name of a plan that has none: the stem of the file's name. */
  readonly name: string;
  readonly instances: readonly KnownInstance[];
  /** The instances that the rc file has as defaults. */
  readonly from?: unknown;
  readonly to?: unknown;
}

export const planMembers = ['$schema', 'name', 'from', 'to', 'defaults', 'limits', 'onFailure', 'waves'] as const;
export const waveMembers = ['name', 'needs', 'items'] as const;
export const itemMembers = ['project', 'as', 'needs', 'from', 'to', 'route', 'options', 'owner'] as const;

interface Line {
  readonly name: string;
  readonly line: number;
}

type Draft = Omit<WaveItem, 'needs'> & { readonly needs: readonly Line[] };
type WaveDraft = Omit<Wave, 'needs'> & { readonly needs: readonly Line[] };

/** The meaning of a plan file, and everything that is wrong with it. A plan with faults must not be run. */
export function readPlan(root: PlanNode, known: Known): { readonly plan: Plan; readonly faults: readonly Fault[] } {
  const { faults, tell } = faultList();
  const members = membersOf(root, 'the plan', planMembers, tell) ?? new Map<string, Member>();
  const text = (name: string) => {
    const found = members.get(name);
    return found === undefined ? undefined : nameOf(found.value, `"${name}"`, tell);
  };
  const usual = (name: unknown) => (typeof name === 'string' ? name : undefined);
  const base = {
    from: instanceOf(members.get('from'), known, tell) ?? usual(known.from),
    to: instanceOf(members.get('to'), known, tell) ?? usual(known.to),
  };
  const flags = defaultsOf(members.get('defaults'), tell);
  const { waves, items } = wavesOf(members.get('waves'), { ...base, flags, known, rootLine: root.line }, tell);
  const plan: Plan = {
    name: text('name') ?? known.name,
    ...base,
    limits: limitsOf(members.get('limits'), known, tell),
    onFailure: onFailureOf(members.get('onFailure'), tell),
    waves: waves.map(({ needs, ...wave }) => ({ ...wave, needs: [...new Set(needs.map(({ name }) => name))] })),
    items: items.map(({ needs, ...item }) => ({ ...item, needs: [...new Set(needs.map(({ name }) => name))] })),
  };
  unknownNeeds(waves, items, tell);
  for (const { path, line } of circlesIn(plan)) tell(line, `these need each other: ${path.join(' → ')}`);
  return { plan, faults: inOrder(faults) };
}

/** Items that would write to the same place of a target. `arrivesAt` says where an item does; undefined: nobody knows. */
export function sharedTargets(
  items: readonly WaveItem[],
  arrivesAt: (item: WaveItem) => string | undefined,
): readonly Fault[] {
  const seen = new Map<string, WaveItem>();
  return items.flatMap((item) => {
    const place = arrivesAt(item);
    const first = place === undefined ? undefined : seen.get(place);
    if (place !== undefined && first === undefined) seen.set(place, item);
    if (first === undefined) return [];
    const message = `"${item.id}" and "${first.id}" (line ${String(first.line)}) would both write to the same place on ${item.to}`;
    return [{ line: item.line, message }];
  });
}

function instanceOf(member: Member | undefined, { instances }: Known, tell: Tell): string | undefined {
  if (member === undefined) return undefined;
  const name = nameOf(member.value, `"${member.name}"`, tell);
  const names = instances.map((one) => one.name);
  if (name === undefined || names.includes(name)) return name;
  const near = nearest(name, names);
  tell(
    member.value.line,
    `there is no instance "${name}" in the rc file`,
    near === undefined ? `there are: ${names.join(', ') || 'none'}` : `did you mean "${near}"?`,
  );
  return name;
}

function defaultsOf(member: Member | undefined, tell: Tell): readonly PlannedFlag[] {
  if (member === undefined) return [];
  const members = membersOf(member.value, '"defaults"', ['route', 'options'], tell);
  return members === undefined
    ? []
    : [...routeOf(members.get('route'), tell), ...flagsOf(members.get('options'), 'options', tell)];
}

function routeOf(member: Member | undefined, tell: Tell): readonly PlannedFlag[] {
  const value = member && choiceOf(member.value, '"route"', ['auto', 'move', 'push', 'relay'], tell);
  return member === undefined || value === undefined ? [] : [{ name: 'route', value, line: member.line }];
}

function limitsOf(member: Member | undefined, known: Known, tell: Tell): Plan['limits'] {
  const none = { workers: undefined, instances: {} };
  const members = member && membersOf(member.value, '"limits"', ['workers', 'instances'], tell);
  if (members === undefined) return none;
  const workers = members.get('workers');
  const each = members.get('instances');
  const names = known.instances.map(({ name }) => name);
  const limits = each && membersOf(each.value, '"instances"', names, tell);
  return {
    workers: workers && countOf(workers.value, '"workers"', tell),
    instances: Object.fromEntries(
      [...(limits ?? [])].flatMap(([name, { value }]) => {
        const count = countOf(value, `the limit of "${name}"`, tell);
        return count === undefined ? [] : [[name, count]];
      }),
    ),
  };
}

function onFailureOf(member: Member | undefined, tell: Tell): Plan['onFailure'] {
  return (member && choiceOf(member.value, '"onFailure"', ['continue', 'stop'], tell)) ?? 'continue';
}

interface Base {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly flags: readonly PlannedFlag[];
  readonly known: Known;
  readonly rootLine: number;
}

function wavesOf(
  member: Member | undefined,
  base: Base,
  tell: Tell,
): { readonly waves: readonly WaveDraft[]; readonly items: readonly Draft[] } {
  const waves = new Map<string, WaveDraft>();
  const items = new Map<string, Draft>();
  if (member?.value.kind !== 'list' || member.value.items.length === 0) {
    tell(member?.line ?? base.rootLine, 'the plan has no list of waves', 'add one: waves: [{ name: all, items: [] }]');
    return { waves: [], items: [] };
  }
  for (const node of member.value.items) {
    const members = membersOf(node, 'a wave', waveMembers, tell);
    if (members === undefined) continue;
    const named = members.get('name');
    if (named === undefined) tell(node.line, 'a wave has no name');
    const name = (named && nameOf(named.value, 'the name of a wave', tell)) ?? '';
    const twin = waves.get(name);
    if (twin !== undefined) tell(node.line, `there are two waves "${name}" (the other one: line ${String(twin.line)})`);
    else waves.set(name, { name, needs: namesOf(members.get('needs'), '"needs"', tell), line: node.line });
    const list = members.get('items');
    if (list?.value.kind !== 'list' || list.value.items.length === 0) {
      tell(list?.line ?? node.line, `wave "${name}" has no items`);
      continue;
    }
    for (const one of list.value.items) {
      const item = itemOf(one, name, base, tell);
      if (item === undefined) continue;
      const other = items.get(item.id);
      if (other === undefined) items.set(item.id, item);
      else {
        const where = `there are two items "${item.id}" (the other one: line ${String(other.line)})`;
        tell(item.line, where, 'give one of them another id: as: <id>');
      }
    }
  }
  return { waves: [...waves.values()], items: [...items.values()] };
}

function itemOf(node: PlanNode, wave: string, base: Base, tell: Tell): Draft | undefined {
  const members =
    node.kind === 'map'
      ? membersOf(node, 'an item', itemMembers, tell)
      : new Map<string, Member>([['project', { name: 'project', line: node.line, value: node }]]);
  if (members === undefined) return undefined;
  const named = members.get('project');
  if (named === undefined) tell(node.line, 'an item names no project', 'write the name alone, or project: <name>');
  const project = named && nameOf(named.value, 'the project of an item', tell);
  if (project === undefined) return undefined;
  const as = members.get('as');
  const id = (as && nameOf(as.value, '"as"', tell)) ?? project;
  const end = (side: 'from' | 'to') => {
    const own = instanceOf(members.get(side), base.known, tell) ?? base[side];
    if (own === undefined)
      tell(node.line, `"${id}": nobody says ${side} which instance`, `add ${side}: to the plan, or to the item`);
    return own ?? '';
  };
  const [from, to] = [end('from'), end('to')];
  otherProducts(node.line, from, to, base.known, tell);
  const owner = members.get('owner');
  return {
    id,
    project,
    wave,
    from,
    to,
    needs: namesOf(members.get('needs'), '"needs"', tell),
    owner: owner && nameOf(owner.value, '"owner"', tell),
    flags: merged(base.flags, [
      ...routeOf(members.get('route'), tell),
      ...flagsOf(members.get('options'), 'options', tell),
    ]),
    line: node.line,
  };
}

function otherProducts(line: number, from: string, to: string, { instances }: Known, tell: Tell): void {
  const [source, target] = [from, to].map((end) => instances.find(({ name }) => name === end)?.product);
  if (source === undefined || target === undefined || source === target) return;
  tell(line, `${from} is ${source}, but ${to} is ${target}`, 'projects stay within one product');
}

function merged(defaults: readonly PlannedFlag[], own: readonly PlannedFlag[]): readonly PlannedFlag[] {
  return [...defaults.filter(({ name }) => !own.some((flag) => flag.name === name)), ...own];
}

function unknownNeeds(waves: readonly WaveDraft[], items: readonly Draft[], tell: Tell): void {
  const lookFor = (all: readonly { readonly needs: readonly Line[] }[], known: readonly string[], what: string) => {
    const names = new Set(known);
    for (const { needs } of all)
      for (const { name, line } of needs) {
        if (names.has(name)) continue;
        const near = nearest(name, known);
        tell(line, `there is no ${what} "${name}" to need`, near === undefined ? undefined : `did you mean "${near}"?`);
      }
  };
  const waveNames = waves.map(({ name }) => name);
  lookFor(waves, waveNames, 'wave');
  lookFor(
    items,
    items.map(({ id }) => id),
    'item',
  );
}
