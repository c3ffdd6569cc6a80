/**
 * `overwrite`: the target's is replaced or changed. `unchanged`: both are equal. `keep`: the target's stays, although
 * the package has a different one. `delete`: the target's is deleted. `beside`: only the target has it, and it stays.
 */
export type PlannedAction = 'create' | 'overwrite' | 'unchanged' | 'keep' | 'delete' | 'beside';

/** What a migration would do to one object on the target. */
export interface PlanItem {
  readonly kind: string;
  readonly name: string;
  /** See SnapshotItem.id. */
  readonly id?: string | undefined;
  readonly action: PlannedAction;
  /** Why this happens, or what is special about it. */
  readonly detail?: string | undefined;
  /** Of `keep`: the options ask for it. */
  readonly asked?: boolean | undefined;
}
