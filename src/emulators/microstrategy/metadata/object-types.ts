// Numbers and names of object types (EnumDSSObjectType), and the type of package that contains each of them.

const names: Readonly<Record<number, string>> = {
  1: 'Filter',
  2: 'Template',
  3: 'Report',
  4: 'Metric',
  7: 'Base Formula',
  8: 'Folder',
  9: 'Device',
  10: 'Prompt',
  11: 'Function',
  12: 'Attribute',
  13: 'Fact',
  14: 'Hierarchy',
  15: 'Table',
  18: 'Shortcut',
  26: 'Column',
  29: 'Database Instance',
  32: 'Project',
  34: 'User',
  35: 'Transmitter',
  39: 'Search',
  43: 'Transformation',
  44: 'Security Role',
  45: 'Locale',
  47: 'Consolidation',
  48: 'Consolidation Element',
  49: 'Event',
  51: 'Schedule',
  55: 'Document',
  56: 'Drill Map',
  58: 'Security Filter',
  61: 'Auto Style',
  67: 'External Shortcut',
  71: 'Palette',
  76: 'Script',
  77: 'Content Group',
  78: 'Application',
  79: 'Timezone',
  80: 'Runtime',
  81: 'Calendar',
};

export const objectType = {
  folder: 8,
  project: 32,
  user: 34,
  securityRole: 44,
  securityFilter: 58,
  contentGroup: 77,
} as const;

/** The subtypes that distinguish users and groups. */
export const userSubtype = 8704;
export const groupSubtype = 8705;

const configurationTypes: readonly number[] = [9, 29, 34, 35, 44, 45, 49, 51, 71, 77, 78, 79, 80, 81];

/** The name of a type, such as `Attribute`; `Object` for an unknown number. */
export const typeName = (type: number): string => names[type] ?? 'Object';

export const isKnownType = (type: number): boolean => type in names;

export const isConfigurationType = (type: number): boolean => configurationTypes.includes(type);

/** Whether a type of package can contain the object. Both can contain content groups, none the project itself. */
export const isProjectType = (type: number): boolean =>
  isKnownType(type) &&
  type !== objectType.project &&
  (type === objectType.contentGroup || !configurationTypes.includes(type));
