/**
 * What happens to the object on the target. `overwrite`: it is replaced or changed. `unchanged`: it is equal to the one
 * in the package. `keep`: it stays, although the package has a different one. `delete`: it is deleted. `beside`: the
 * package does not have it, and it stays.
 */
export type PlannedAction = 'create' | 'overwrite' | 'unchanged' | 'keep' | 'delete' | 'beside';

/** What a migration would do to one object on the target. */
export interface PlanItem {
  readonly kind: string;
  readonly name: string;
  readonly action: PlannedAction;
  /** The reason, or a special fact. */
  readonly detail?: string | undefined;
}
