// What the vendor's documents say of an import of projects, as plain code over names. It shares nothing with the adapter and
// the emulator, and imports nothing of theirs.
import { sharedKinds, standardLifecycle, type Company, type Project, type Variable } from './company.ts';

/** The projects, and those whose releases their steps deploy, and so on. */
export function withDeployed(source: Company, wanted: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const { deploys } of source.projects[name]!.steps) if (deploys !== undefined) visit(deploys);
  };
  wanted.forEach(visit);
  return [...found].sort();
}

const connected = ({ tenants }: Company, projects: readonly string[]): readonly string[] =>
  Object.keys(tenants).filter((tenant) => projects.some((project) => project in tenants[tenant]!.links));

/** The names of what travels with the projects, by kind. */
function carried(source: Company, projects: readonly string[]): Record<(typeof sharedKinds)[number], Set<string>> {
  const all = projects.map((name) => source.projects[name]!);
  const sets = new Set(all.flatMap((project) => project.sets));
  const tenants = new Set(connected(source, projects));
  const steps = all.flatMap((project) => [
    ...project.steps,
    ...Object.values(project.runbooks).flatMap((runbook) => runbook.steps),
  ]);
  const variables: readonly Variable[] = [
    ...all.flatMap((project) => project.variables),
    ...[...sets].flatMap((set) => source.sets[set]!.variables),
  ];
  const lifecycles = new Set(
    all.flatMap(({ lifecycle, channels }) => [lifecycle, ...Object.values(channels)]).filter((name) => name !== null),
  );
  const given = (names: readonly (string | undefined)[]) => new Set(names.filter((name) => name !== undefined));
  return {
    sets,
    tenants,
    lifecycles,
    groups: new Set(all.map(({ group }) => group)),
    feeds: given(steps.map(({ feed }) => feed)),
    templates: given(steps.map(({ template }) => template)),
    accounts: given(variables.map(({ account }) => account)),
    certificates: given(variables.map(({ certificate }) => certificate)),
    pools: given(steps.map(({ pool }) => pool)),
    environments: new Set([
      // The environments of the default lifecycle do not travel for its sake.
      ...[...lifecycles]
        .filter((name) => name !== standardLifecycle)
        .flatMap((name) => source.lifecycles[name]!.phases),
      ...variables.flatMap(({ environments }) => environments),
      ...steps.flatMap(({ environments }) => environments),
      ...[...tenants].flatMap((tenant) => projects.flatMap((project) => source.tenants[tenant]!.links[project] ?? [])),
    ]),
  };
}

const sameVariable = (one: Variable, other: Variable): boolean =>
  one.name === other.name && one.environments.join() === other.environments.join();

/** The variables of the target, and those that it lacks. */
const merged = (here: readonly Variable[], there: readonly Variable[]): readonly Variable[] => [
  ...here,
  ...there.filter((one) => !here.some((other) => sameVariable(one, other))),
];

export interface Outcome {
  readonly company: Company;
  /** What the target did not have, as `kind/name`. */
  readonly created: readonly string[];
  /** Projects of the export that the target has, which stay as they are. */
  readonly left: readonly string[];
}

/** The target after an import of these projects. */
export function imported(source: Company, wanted: readonly string[], target: Company): Outcome {
  const projects = withDeployed(source, wanted);
  const left = projects.filter((name) => name in target.projects);
  const arriving = projects.filter((name) => !left.includes(name));
  const travelling = carried(source, projects);
  const company: Record<string, Record<string, unknown>> = { projects: { ...target.projects } };
  const created = arriving.map((name) => `projects/${name}`);
  for (const name of arriving) company['projects']![name] = source.projects[name] satisfies Project | undefined;
  for (const kind of sharedKinds) {
    const here = target[kind] as Readonly<Record<string, unknown>>;
    const there = source[kind] as Readonly<Record<string, unknown>>;
    company[kind] = { ...here };
    for (const name of travelling[kind]) {
      if (name in here) continue;
      // What is not there arrives as it is.
      company[kind][name] = there[name];
      created.push(`${kind}/${name}`);
    }
  }
  for (const name of travelling.templates) {
    const [here, there] = [target.templates[name], source.templates[name]!];
    // A newer version of a step template is added.
    if (here !== undefined && there.version > here.version) company['templates']![name] = there;
  }
  for (const name of travelling.sets) {
    const [here, there] = [target.sets[name], source.sets[name]!];
    if (here !== undefined)
      company['sets']![name] = { text: here.text, variables: merged(here.variables, there.variables) };
  }
  // A tenant has values for the sets of the projects that it is connected to.
  const isAskedFor = (owner: string, links: Readonly<Record<string, unknown>>): boolean => {
    if (owner.startsWith('project ')) return owner.slice('project '.length) in links;
    const users = Object.keys(links).map((project) => company['projects']![project] as Project);
    return users.some(({ sets }) => sets.includes(owner.slice('set '.length)));
  };
  for (const name of travelling.tenants) {
    const here = target.tenants[name];
    const there = source.tenants[name]!;
    // Connections are merged: those to projects that arrive. Others did not travel, or are to projects that stay as they are.
    const links: Record<string, readonly string[]> = { ...here?.links };
    for (const project of arriving) if (project in there.links) links[project] = there.links[project]!;
    // Its variables travel with it: those of arriving projects, and those of sets. A value that is there stays.
    const values: Record<string, Readonly<Record<string, string>>> = { ...here?.values };
    for (const owner of [
      ...arriving.map((one) => `project ${one}`),
      ...[...travelling.sets].map((one) => `set ${one}`),
    ]) {
      const given = { ...there.values[owner], ...here?.values[owner] };
      if (Object.keys(given).length > 0 && isAskedFor(owner, links)) values[owner] = given;
    }
    company['tenants']![name] = { text: (here ?? there).text, links, values };
  }
  return { company: company as unknown as Company, created: created.sort(), left };
}
