import { fc } from '../support/property.ts';
import {
  sharedKinds,
  standardGroup,
  standardLifecycle,
  type Company,
  type Step,
  type Tenant,
  type Variable,
} from './company.ts';

const environments = ['Dev', 'Live', 'Test'];
const names = {
  environments,
  lifecycles: ['Fast', 'Slow', standardLifecycle],
  groups: ['Back', 'Front', standardGroup],
  feeds: ['Hub', 'Quay'],
  accounts: ['Cloud', 'Robot'],
  certificates: ['Signing', 'Web'],
  pools: ['Big', 'Small'],
  templates: ['Notify', 'Scan'],
  sets: ['Common', 'Regions'],
  tenants: ['Acme', 'Globex'],
  projects: ['Ledger', 'Portal', 'Shop'],
};

const someOf = (pool: readonly string[], maxLength = pool.length) => fc.subarray([...pool], { maxLength });
const maybe = (pool: readonly string[]) => fc.option(fc.constantFrom(...pool), { nil: undefined, freq: 2 });
const each = <Thing>(pool: readonly string[], thing: fc.Arbitrary<Thing>): fc.Arbitrary<Record<string, Thing>> =>
  fc.record(Object.fromEntries(pool.map((name) => [name, thing])));

const variables = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('Host', 'Port'),
    environments: someOf(environments, 2),
    value: fc.constant(''),
    account: fc.option(fc.constantFrom(...names.accounts), { nil: undefined, freq: 3 }),
    certificate: fc.option(fc.constantFrom(...names.certificates), { nil: undefined, freq: 2 }),
    isSecret: fc.boolean(),
  }),
  { maxLength: 3, selector: ({ name, environments: own }) => `${name} ${own.join()}` },
);

const step = {
  feed: maybe(names.feeds),
  template: maybe(names.templates),
  pool: maybe(names.pools),
  environments: someOf(environments, 1),
};
const steps = fc.array(
  fc.record({ ...step, deploys: fc.option(fc.constantFrom(...names.projects), { nil: undefined, freq: 3 }) }),
  { maxLength: 2 },
);
const runbookSteps = fc.array(fc.record(step), { maxLength: 1 });

/** All that a company could have, and the names of what it has. */
export const plans = fc.record({
  lifecycles: each(names.lifecycles, someOf(environments)),
  versions: each(names.templates, fc.integer({ min: 1, max: 3 })),
  sets: each(names.sets, variables),
  tenants: each(names.tenants, each(names.projects, fc.option(someOf(environments, 2), { freq: 2 }))),
  /** The templates to which tenants give values. */
  given: each(names.tenants, someOf(['Greeting', 'Motto', 'Pin'])),
  projects: each(
    names.projects,
    fc.record({
      group: fc.constantFrom(...names.groups),
      lifecycle: fc.constantFrom(...names.lifecycles),
      sets: someOf(names.sets),
      channels: fc.dictionary(
        fc.constantFrom('Beta', 'Hotfix'),
        fc.option(fc.constantFrom(...names.lifecycles), { freq: 2 }),
        { maxKeys: 1 },
      ),
      variables,
      steps,
      runbooks: fc.dictionary(fc.constantFrom('Restart', 'Wipe'), runbookSteps, { maxKeys: 2 }),
      releases: someOf(['1.0.0', '1.1.0']),
    }),
  ),
  there: fc.record(
    Object.fromEntries(Object.entries(names).map(([kind, pool]) => [kind, someOf(pool)])) as Record<
      keyof typeof names,
      fc.Arbitrary<string[]>
    >,
  ),
});
export type Plan = typeof plans extends fc.Arbitrary<infer One> ? One : never;
type PlannedVariable = Plan['sets'][string][number];
type PlannedStep = Omit<Plan['projects'][string]['steps'][number], 'deploys'>;

/** What is in every space, and in an empty one nothing else. The text of things of the server itself is its own. */
export const everything: Plan['there'] = names;
export const nothing: Plan['there'] = {
  ...Object.fromEntries([...sharedKinds, 'projects'].map((kind) => [kind, []])),
} as unknown as Plan['there'];

/** The company of a plan with what is there. What refers to something that is not there is left out. */
export function companyOf(plan: Plan, mark: string, there: Plan['there'] = plan.there): Company {
  const has = (kind: keyof typeof names, name: string | undefined | null): name is string =>
    typeof name === 'string' && (there[kind].includes(name) || name === standardLifecycle || name === standardGroup);
  const pick = <Thing>(kind: keyof typeof names, make: (name: string) => Thing): Record<string, Thing> =>
    Object.fromEntries([...there[kind]].sort().map((name) => [name, make(name)]));
  const text = (name: string) => ({ text: `${mark}-${name.toLowerCase().replaceAll(' ', '-')}` });
  const live = (all: readonly string[]) => all.filter((name) => has('environments', name));
  const valueOf = ({ account, certificate, isSecret }: PlannedVariable, place: number) => {
    if (has('accounts', account)) return { value: '', account };
    if (has('certificates', certificate)) return { value: '', certificate };
    return isSecret ? { value: '', secret: `${mark}-secret-${place}` } : { value: `${mark}-${place}` };
  };
  const known = (all: readonly PlannedVariable[]): readonly Variable[] => {
    const kept = all.map((one, place) => ({
      name: one.name,
      environments: live(one.environments),
      ...valueOf(one, place),
    }));
    // Two that differed by an environment that is not there would be one.
    const keys = kept.map((one) => `${one.name} ${one.environments.join()}`);
    return kept
      .filter((_, place) => keys.indexOf(keys[place]!) === place)
      .sort((one, other) =>
        `${one.name} ${one.environments.join()}` < `${other.name} ${other.environments.join()}` ? -1 : 1,
      );
  };
  const group = (name: string) => (has('groups', name) ? name : standardGroup);
  const lifecycle = (name: string) => (has('lifecycles', name) ? name : standardLifecycle);
  const usable = ({ feed, template, pool, environments: at }: PlannedStep, place: number): Step => ({
    name: `Step ${place + 1}`,
    environments: live(at),
    ...(has('feeds', feed) ? { feed } : {}),
    ...(has('templates', template) ? { template } : {}),
    ...(has('pools', pool) ? { pool } : {}),
  });
  const linksOf = (tenant: string) =>
    Object.fromEntries(
      Object.entries(plan.tenants[tenant]!).flatMap(([project, own]) =>
        own !== null && has('projects', project) ? [[project, live(own)]] : [],
      ),
    );
  const valuesOf = (tenant: string): Tenant['values'] => {
    const given = plan.given[tenant]!;
    const value = (place: string) => [place, `${mark}-${tenant}-${place}`] as const;
    const ofProject = (at: readonly string[]) =>
      given.filter((one) => one !== 'Motto').flatMap((one) => at.map((environment) => value(`${one}/${environment}`)));
    const links = Object.entries(linksOf(tenant));
    const sets = new Set(links.flatMap(([project]) => plan.projects[project]!.sets).filter((set) => has('sets', set)));
    return Object.fromEntries(
      [
        ...links.map(([project, at]) => [`project ${project}`, Object.fromEntries(ofProject(at))] as const),
        ...[...sets].map(
          (set) => [`set ${set}`, given.includes('Motto') ? Object.fromEntries([value('Motto')]) : {}] as const,
        ),
      ].filter(([, own]) => Object.keys(own).length > 0),
    );
  };
  return {
    environments: pick('environments', text),
    lifecycles: pick('lifecycles', (name) => ({ ...text(name), phases: live(plan.lifecycles[name]!) })),
    groups: pick('groups', text),
    feeds: pick('feeds', text),
    accounts: pick('accounts', (name) => ({ ...text(name), secret: `${mark}-password-${name}` })),
    certificates: pick('certificates', text),
    pools: pick('pools', () => ({})),
    templates: pick('templates', (name) => ({
      ...text(`${name}-${plan.versions[name]!}`),
      version: plan.versions[name]!,
    })),
    sets: pick('sets', (name) => ({ ...text(name), variables: known(plan.sets[name]!) })),
    tenants: pick('tenants', (name) => ({
      ...text(name),
      links: linksOf(name),
      values: valuesOf(name),
    })),
    projects: pick('projects', (name) => {
      const own = plan.projects[name]!;
      return {
        ...text(name),
        group: group(own.group),
        lifecycle: lifecycle(own.lifecycle),
        sets: own.sets.filter((set) => has('sets', set)),
        channels: Object.fromEntries(
          Object.entries(own.channels).map(([one, of]) => [one, has('lifecycles', of) ? of : null]),
        ),
        variables: known(own.variables),
        steps: own.steps.map((one, place) => ({
          ...usable(one, place),
          ...(has('projects', one.deploys) && one.deploys !== name ? { deploys: one.deploys } : {}),
        })),
        runbooks: Object.fromEntries(
          Object.entries(own.runbooks)
            .sort(([one], [other]) => (one < other ? -1 : 1))
            .map(([one, itsSteps]) => [one, { ...text(`${name}-${one}`), steps: itsSteps.map(usable) }]),
        ),
        releases: own.releases,
      };
    }),
  };
}
