import { nearest } from '../../nearest.ts';
import type { OptionValue } from '../../ports/options.ts';
import type { Fault, PlannedFlag } from './plan.ts';
import type { Member, PlanNode } from './plan-node.ts';

export type Tell = (line: number, message: string, hint?: string) => void;

/** Collects faults instead of throwing: people repair a file once. */
export function faultList(): { readonly faults: Fault[]; readonly tell: Tell } {
  const faults: Fault[] = [];
  return {
    faults,
    tell: (line, message, hint) => faults.push({ line, message, ...(hint === undefined ? {} : { hint }) }),
  };
}

export const inOrder = (faults: readonly Fault[]): readonly Fault[] =>
  [...faults].sort((one, other) => one.line - other.line);

/** The members of a map by name. Unknown ones are told. Undefined, and told, when the node is no map. */
export function membersOf(
  node: PlanNode,
  what: string,
  known: readonly string[],
  tell: Tell,
): ReadonlyMap<string, Member> | undefined {
  if (node.kind !== 'map') {
    tell(node.line, `${what} must have the members ${known.join(', ')}`);
    return undefined;
  }
  const members = new Map<string, Member>();
  for (const member of node.members) {
    if (members.has(member.name)) {
      tell(member.line, `${what} has "${member.name}" twice`);
    } else if (known.includes(member.name)) {
      members.set(member.name, member);
    } else {
      const near = nearest(member.name, known);
      const hint = near === undefined ? `there are: ${known.join(', ')}` : `did you mean "${near}"?`;
      tell(member.line, `${what} cannot have "${member.name}"`, hint);
    }
  }
  return members;
}

/** A name: a text that is not empty. Undefined, and told, when the member is anything else. */
export function nameOf(node: PlanNode, what: string, tell: Tell): string | undefined {
  if (node.kind !== 'scalar' || node.value === null || typeof node.value === 'boolean') {
    tell(node.line, `${what} must be a text`, node.kind === 'scalar' ? 'put it in quotes' : undefined);
    return undefined;
  }
  if (node.text.trim() !== '') return node.text;
  tell(node.line, `${what} is empty`);
  return undefined;
}

/** A list of names with their lines; one name stands for a list of one. */
export function namesOf(
  member: Member | undefined,
  what: string,
  tell: Tell,
): readonly { readonly name: string; readonly line: number }[] {
  if (member === undefined) return [];
  const { value } = member;
  const nodes = value.kind === 'list' ? value.items : [value];
  return nodes.flatMap((node) => {
    const name = nameOf(node, what, tell);
    return name === undefined ? [] : [{ name, line: node.line }];
  });
}

/** A whole number from 1. Undefined, and told, when it is anything else. */
export function countOf(node: PlanNode, what: string, tell: Tell): number | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'number' && Number.isInteger(node.value) && node.value > 0)
    return node.value;
  tell(node.line, `${what} must be a whole number from 1`);
  return undefined;
}

export function choiceOf<Choice extends string>(
  node: PlanNode,
  what: string,
  choices: readonly Choice[],
  tell: Tell,
): Choice | undefined {
  const found = choices.find((choice) => node.kind === 'scalar' && node.value === choice);
  if (found === undefined) tell(node.line, `${what} must be one of ${choices.join(', ')}`);
  return found;
}

/** The flags of `options`. What each one may be is for the command to say. */
export function flagsOf(member: Member | undefined, what: string, tell: Tell): readonly PlannedFlag[] {
  if (member === undefined) return [];
  const { value } = member;
  if (value.kind !== 'map') {
    tell(value.line, `${what} must hold flags of migrate-project by their names, such as overwrite-existing: true`);
    return [];
  }
  const flags = new Map<string, PlannedFlag>();
  for (const { name, line, value: node } of value.members) {
    if (flags.has(name)) tell(line, `${what} has "${name}" twice`);
    const found = valueOf(node);
    if (found === undefined) tell(line, `${what}: "${name}" must be a text, a number, true, false or a list of texts`);
    else flags.set(name, { name, value: found, line });
  }
  return [...flags.values()];
}

function valueOf(node: PlanNode): OptionValue | undefined {
  if (node.kind === 'scalar') return node.value ?? undefined;
  if (node.kind !== 'list') return undefined;
  const texts = node.items.map((item) => (item.kind === 'scalar' && item.value !== null ? item.text : undefined));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}
