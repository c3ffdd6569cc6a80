// Companies of the rules of Projects Export/Import, by names alone: made at random, and what an import makes of two of them.

/**
 * A variable that holds an account or a certificate names it. The value of a sensitive one is `secret`. Name and
 * environments tell it from the others of its set.
 */
export interface Variable {
  readonly name: string;
  readonly environments: readonly string[];
  readonly value: string;
  readonly account?: string | undefined;
  readonly certificate?: string | undefined;
  readonly secret?: string | undefined;
}

export interface Step {
  readonly name: string;
  readonly feed?: string | undefined;
  readonly template?: string | undefined;
  readonly pool?: string | undefined;
  readonly environments: readonly string[];
  /** The project whose release it deploys. */
  readonly deploys?: string | undefined;
}

export interface Runbook {
  readonly text: string;
  readonly steps: readonly Step[];
}

/** Every project has the variable templates `Greeting`, and `Pin`, which is sensitive. */
export interface Project {
  readonly text: string;
  readonly group: string;
  readonly lifecycle: string;
  readonly sets: readonly string[];
  /** The lifecycle of each, as far as it has one of its own. The channel Default is not among them. */
  readonly channels: Readonly<Record<string, string | null>>;
  readonly variables: readonly Variable[];
  readonly steps: readonly Step[];
  readonly runbooks: Readonly<Record<string, Runbook>>;
  /** The versions of its releases. */
  readonly releases: readonly string[];
}

type Named<Thing> = Readonly<Record<string, Thing>>;

export interface Tenant {
  readonly text: string;
  readonly links: Named<readonly string[]>;
  /**
   * By whose templates they are, `project Shop` or `set Common`, and by template. For projects the environment follows:
   * `Greeting/Dev`. Every set has the template `Motto`.
   */
  readonly values: Named<Named<string>>;
}

/** What a space holds, by kind and name. `text` tells the thing of one company from that of another. */
export interface Company {
  readonly environments: Named<{ readonly text: string }>;
  readonly lifecycles: Named<{ readonly text: string; readonly phases: readonly string[] }>;
  readonly groups: Named<{ readonly text: string }>;
  readonly feeds: Named<{ readonly text: string }>;
  readonly accounts: Named<{ readonly text: string; readonly secret: string }>;
  readonly certificates: Named<{ readonly text: string }>;
  /** Of worker pools only names travel. */
  readonly pools: Named<object>;
  readonly templates: Named<{ readonly text: string; readonly version: number }>;
  readonly sets: Named<{ readonly text: string; readonly variables: readonly Variable[] }>;
  readonly tenants: Named<Tenant>;
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
  'certificates',
  'pools',
  'templates',
  'sets',
  'tenants',
] as const;

/** Stands for a secret that no server shows. */
export const hidden = '(hidden)';

const shown = <Thing extends { readonly secret?: string | undefined }>(thing: Thing): Thing =>
  thing.secret === undefined ? thing : { ...thing, secret: hidden };

const mapped = <Thing, Other>(things: Named<Thing>, change: (thing: Thing) => Other): Record<string, Other> =>
  Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, change(thing)]));

/** The company as a server shows it. */
export function withoutSecrets(company: Company): Company {
  return {
    ...company,
    accounts: mapped(company.accounts, shown),
    sets: mapped(company.sets, (set) => ({ ...set, variables: set.variables.map(shown) })),
    projects: mapped(company.projects, (project) => ({ ...project, variables: project.variables.map(shown) })),
    tenants: mapped(company.tenants, (tenant) => ({
      ...tenant,
      values: mapped(tenant.values, (own) =>
        Object.fromEntries(
          Object.entries(own).map(([place, value]) => [place, place.startsWith('Pin/') ? hidden : value]),
        ),
      ),
    })),
  };
}

/** All secrets of a company, by the places where they are. */
export function secretsOf({ accounts, sets, projects, tenants }: Company): Record<string, string> {
  const variables = (owner: string, all: readonly Variable[]) =>
    all.flatMap(({ name, environments, secret }) =>
      secret === undefined ? [] : [[`${owner}/${name} ${environments.join()}`, secret]],
    );
  return Object.fromEntries([
    ...Object.entries(accounts).map(([name, { secret }]) => [`account ${name}`, secret]),
    ...Object.entries(sets).flatMap(([name, set]) => variables(`set ${name}`, set.variables)),
    ...Object.entries(projects).flatMap(([name, project]) => variables(`project ${name}`, project.variables)),
    ...Object.entries(tenants).flatMap(([name, { values }]) =>
      Object.entries(values).flatMap(([owner, own]) =>
        Object.entries(own).flatMap(([place, value]) =>
          place.startsWith('Pin/') ? [[`tenant ${name}/${owner}/${place}`, value]] : [],
        ),
      ),
    ),
  ]) as Record<string, string>;
}
