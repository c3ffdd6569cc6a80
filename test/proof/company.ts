// Companies of the rules of Projects Export/Import, by names alone: made at random, and what an import makes of two of them.

/** A variable that holds an account names it in `account`. Name and environments tell it from the others of its set. */
export interface Variable {
  readonly name: string;
  readonly environments: readonly string[];
  readonly value: string;
  readonly account?: string | undefined;
}

export interface Step {
  readonly name: string;
  readonly feed?: string | undefined;
  readonly template?: string | undefined;
  readonly environments: readonly string[];
  /** The project whose release it deploys. */
  readonly deploys?: string | undefined;
}

export interface Project {
  readonly text: string;
  readonly group: string;
  readonly lifecycle: string;
  readonly sets: readonly string[];
  /** The lifecycle of each, as far as it has one of its own. The channel Default is not among them. */
  readonly channels: Readonly<Record<string, string | null>>;
  readonly variables: readonly Variable[];
  readonly steps: readonly Step[];
}

type Named<Thing> = Readonly<Record<string, Thing>>;

/** What a space holds, by kind and name. `text` tells the thing of one company from that of another. */
export interface Company {
  readonly environments: Named<{ readonly text: string }>;
  readonly lifecycles: Named<{ readonly text: string; readonly phases: readonly string[] }>;
  readonly groups: Named<{ readonly text: string }>;
  readonly feeds: Named<{ readonly text: string }>;
  readonly accounts: Named<{ readonly text: string }>;
  readonly templates: Named<{ readonly text: string; readonly version: number }>;
  readonly sets: Named<{ readonly text: string; readonly variables: readonly Variable[] }>;
  readonly tenants: Named<{ readonly text: string; readonly links: Named<readonly string[]> }>;
  readonly projects: Named<Project>;
}

/** What every space has. */
export const standardLifecycle = 'Default Lifecycle';
export const standardGroup = 'Default Project Group';

export const sharedKinds = [
  'environments',
  'lifecycles',
  'groups',
  'feeds',
  'accounts',
  'templates',
  'sets',
  'tenants',
] as const;
