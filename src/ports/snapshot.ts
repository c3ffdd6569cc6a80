import type { Json } from './journal.ts';
import type { Options } from './options.ts';

/** `listing` takes a handful of requests. `content` reads everything that a migration carries. */
export type Depth = 'listing' | 'content';

/** What a snapshot looks at, on one instance: plain data that the adapter made and reads again. */
export type Scope = Options;

/** One thing that a project, or the named objects, consist of. */
export interface SnapshotItem {
  /** As in plans: `project`, `environment`, `pipeline`. */
  readonly kind: string;
  /** The name or path by which the product finds its counterpart on another instance. As in plans. */
  readonly name: string;
  /** The id by which the product finds its counterpart, where it does not go by the name (MicroStrategy). */
  readonly id?: string | undefined;
  /** The thing that this one is a part of, where a result counts only the whole: the library set of a variable. */
  readonly of?: Named | undefined;
  /**
   * The server's own mark of change: a version id, a modification time, a hash. Each write changes it. Absent when the
   * server has none.
   */
  readonly mark?: string | undefined;
  /**
   * With `content`: what a migration carries, by name. Without ids, times and other fields that each server makes
   * itself. A secret is only `true` (it is there) or absent. References to other things are their names.
   */
  readonly fields?: Readonly<Record<string, Json>> | undefined;
}

/** What names one thing: an item of a snapshot, of a plan, or of a server's report. */
export interface Named {
  readonly kind: string;
  readonly name: string;
  readonly id?: string | undefined;
}

/** Looks at what an instance holds. Everything but `remove` reads only, and may be repeated. */
export interface Snapshots {
  /** Sentences for people: what each depth cannot see on a server of this product. */
  readonly blind: Readonly<Record<Depth, readonly string[]>>;
  /**
   * Fields that no migration of this product carries, such as whether a task is active. Only an undo compares them: it
   * brings a target back to what it was.
   */
  readonly uncarried?: readonly string[];
  /**
   * The scope of the projects that the user names, with the options that a move of them gets. A project that is not there
   * is no error. USAGE for options that cannot be understood.
   */
  scopeOf(projects: readonly string[], options: Options, signal: AbortSignal): Promise<Scope>;
  /**
   * All items, in any order. Each pair of kind and name (or id) comes once; a second copy of a thing has a name of its
   * own, such as `Web Shop (2)`, or is told apart by its path. A list that the account may not read is AUTH_REFUSED: an
   * incomplete snapshot is never returned as a whole one.
   */
  take(scope: Scope, depth: Depth, signal: AbortSignal): AsyncIterable<SnapshotItem>;
  /**
   * Deletes things that an import created, for an undo, in an order that the product allows. What belongs to another one
   * of them goes with it. May be repeated: what is gone already is no failure. Returns a sentence for each thing that the
   * server did not let go; the caller looks at the target again.
   */
  remove?(scope: Scope, items: readonly Named[], signal: AbortSignal): Promise<readonly string[]>;
}
