/** The numbers of metadata object types, which package contents and look-ups use, by the names that people type. */
const types = {
  filter: 1,
  template: 2,
  report: 3,
  metric: 4,
  'base-formula': 7,
  folder: 8,
  device: 9,
  prompt: 10,
  function: 11,
  attribute: 12,
  fact: 13,
  hierarchy: 14,
  table: 15,
  shortcut: 18,
  column: 26,
  'data-source': 29,
  user: 34,
  transmitter: 35,
  search: 39,
  transformation: 43,
  'security-role': 44,
  locale: 45,
  consolidation: 47,
  'consolidation-element': 48,
  event: 49,
  schedule: 51,
  document: 55,
  'drill-map': 56,
  'security-filter': 58,
  'auto-style': 61,
  'external-shortcut': 67,
  palette: 71,
  script: 76,
  'content-group': 77,
  application: 78,
  timezone: 79,
  runtime: 80,
  calendar: 81,
} as const;

const aliases: Readonly<Record<string, number>> = {
  ...types,
  'custom-group': 1,
  cube: 3,
  'user-group': 34,
  dashboard: 55,
  dossier: 55,
  'content-bundle': 77,
};

export const typeNames: readonly string[] = Object.keys(types);

/** Names for some of the objects of a type, and other names of a type. */
export const typeAliases: readonly string[] = Object.keys(aliases).filter((name) => !typeNames.includes(name));

/** The subtypes that an alias means, where it means only some objects of its type. */
const subtypes: Readonly<Record<string, readonly number[]>> = {
  'custom-group': [257],
  cube: [776, 779],
  'user-group': [8705],
};

export const subtypesOf = (text: string): readonly number[] | undefined => subtypes[typeWord(text)];

/** A name as it is compared. */
export const typeWord = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-');

/**
 * The number of a type that was typed as a number or a name. Names may be in any case, with blanks, `_` or `-` between
 * words.
 */
export function typeNumber(text: string): number | undefined {
  const word = text.trim();
  if (/^\d{1,4}$/.test(word)) return Number(word);
  return aliases[typeWord(text)];
}

export function typeName(type: number): string {
  return Object.entries(types).find(([, number]) => number === type)?.[0] ?? `type ${type}`;
}

export const shortcut = types.shortcut;
export const folder = types.folder;
/** Users and groups. */
export const user = types.user;

/** The types of objects that belong to the environment, not to a project. Configuration packages take only these. */
const ofConfiguration: readonly number[] = [
  types.user,
  types['data-source'],
  types['security-role'],
  types.application,
  types.palette,
  types.timezone,
  types.calendar,
  types['content-group'],
  types.device,
  types.locale,
  types.event,
  types.schedule,
  types.transmitter,
  types.runtime,
];

export type PackageType = 'project' | 'configuration' | 'project_security';

/** Whether a package takes objects of a type. Content groups fit into configuration and project packages. */
export function fits(type: number, packageType: PackageType): boolean {
  switch (packageType) {
    case 'configuration':
      return ofConfiguration.includes(type);
    case 'project_security':
      return type === types.user;
    case 'project':
      return type === types['content-group'] || !ofConfiguration.includes(type);
  }
}

/** The numbers of all types that a package takes. */
export const typesIn = (packageType: PackageType): readonly number[] =>
  Object.values(types).filter((type) => fits(type, packageType));
