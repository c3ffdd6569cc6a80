/**
 * `overwrite`: the target's is replaced or changed. `unchanged`: both are equal. `keep`: the target's stays, or there is
 * none, although the package or the source has another one. `delete`: the target's is deleted. `beside`: only the target has it, and it stays.
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
  /** Of `overwrite`: all that is written is what the target does not show, such as a password. */
  readonly unseen?: boolean | undefined;
  /** Of `keep` and `overwrite`: an option or a rule that the user gave asks for it. */
  readonly asked?: boolean | undefined;
}

/** A question about what a plan cannot show item by item. */
export interface Consent {
  readonly question: string;
  /**
   * It is about overwriting alone: true when an option or a rule that the user gave allows it. Absent when something is
   * destroyed besides: then it always needs an answer.
   */
  readonly allowed?: boolean;
}
