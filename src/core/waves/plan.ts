import type { OptionValue } from '../../ports/options.ts';

/** What is wrong in a plan file, and the line that says it. */
export interface Fault {
  /** From 1. */
  readonly line: number;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** A flag of `migrate-project` in a plan, by its name without dashes, as it stands there. */
export interface PlannedFlag {
  readonly name: string;
  readonly value: OptionValue;
  readonly line: number;
}

/** One project's move. */
export interface WaveItem {
  /** Unique in the plan: `as`, else the name of the project. */
  readonly id: string;
  /** A name, id or path, as `migrate-project` takes it. */
  readonly project: string;
  /** The name of its wave. */
  readonly wave: string;
  /** The names of instances. */
  readonly from: string;
  readonly to: string;
  /** The ids of the items that must have been moved before. */
  readonly needs: readonly string[];
  /** For people. */
  readonly owner: string | undefined;
  /** Those of the plan's defaults too, where the item does not say another thing. */
  readonly flags: readonly PlannedFlag[];
  readonly line: number;
}

export interface Wave {
  readonly name: string;
  /** The names of the waves whose items must all have been moved before. */
  readonly needs: readonly string[];
  readonly line: number;
}

export interface Plan {
  readonly name: string;
  /** The instances of the items that name none. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly limits: {
    readonly workers: number | undefined;
    /** How many items at once may work with an instance, by its name. */
    readonly instances: Readonly<Record<string, number>>;
  };
  /** What happens after the failure of an item: `stop` starts nothing more. What needs it is skipped in any case. */
  readonly onFailure: 'continue' | 'stop';
  readonly waves: readonly Wave[];
  /** In the order of the file. */
  readonly items: readonly WaveItem[];
}
