/** One value of a plan file with the line where it stands, whichever format the file has. */
export type PlanNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly line: number;
  readonly value: string | number | boolean | null;
  /** As it is written: `007` is a name, not the number 7. */
  readonly text: string;
}

export interface ListNode {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly PlanNode[];
}

export interface MapNode {
  readonly kind: 'map';
  readonly line: number;
  readonly members: readonly Member[];
}

export interface Member {
  readonly name: string;
  readonly line: number;
  readonly value: PlanNode;
}

export const scalar = (value: ScalarNode['value'], line: number, text = String(value)): ScalarNode => ({
  kind: 'scalar',
  line,
  value,
  text,
});
