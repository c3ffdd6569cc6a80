import type { Store } from '../../shared/store.ts';
import { objectType } from '../metadata/object-types.ts';
import type { ObjectRef } from '../metadata/object.ts';
import { preDefinedFolders, rootFolder } from '../metadata/project.ts';
import { linkEntry } from '../metadata/security-link.ts';
import { addConfiguration, addObject, fullControl, sampleId, type SampleObject } from './builder.ts';

export const tutorial = 'B19DEDCC11D4E0EFC000EB9495D0F44F';

/** A project with the folders that the product makes. */
export function addProject(store: Store, name: string, id: string, status = 0): void {
  addConfiguration(store, {
    name,
    id,
    type: objectType.project,
    definition: { status },
    description: `${name} project`,
  });
  const folder = (number: number) => preDefinedFolders[number] ?? { id: '', name: '' };
  const add = (number: number, parent: string | undefined) =>
    addObject(store, id, {
      ...folder(number),
      type: objectType.folder,
      system: true,
      ...(parent === undefined ? {} : { parent }),
    });
  addObject(store, id, { id: rootFolder, name, type: objectType.folder, system: true });
  for (const number of [1, 24]) add(number, rootFolder);
  for (const number of [2, 3, 4, 5, 6, 7, 8]) add(number, folder(1).id);
  for (const number of [26, 27, 28, 33]) add(number, folder(24).id);
}

const inFolder = (number: number): { readonly parent: string } => ({ parent: preDefinedFolders[number]?.id ?? '' });
const of = (type: number, ...names: readonly string[]): readonly ObjectRef[] =>
  names.map((name) => ({
    id: attributeIds[name] !== undefined && type === 12 ? attributeIds[name] : sampleId(type, name),
    type,
  }));

/** The well-known ids of the product's tutorial. */
const attributeIds: Readonly<Record<string, string>> = {
  Year: '8D679D5111D3E4981000E787EC6DE8A4',
  Month: '8D679D4411D3E4981000E787EC6DE8A4',
  Day: '96ED3EC811D5B117C000E78A4CC5F24F',
  Region: '8D679D4B11D3E4981000E787EC6DE8A4',
};

const folderOf = (name: string, number: number): SampleObject => ({ name, type: 8, ...inFolder(number) });
const below = (name: string) => ({ parent: sampleId(8, name) });

/** The schema and what is built on it: the same versions on both servers. */
function shared(): readonly SampleObject[] {
  const source = { id: sampleId(29, 'Tutorial Data'), type: 29 };
  const table = (name: string): SampleObject => ({ name, type: 15, ...inFolder(33), uses: [source] });
  const attribute = (name: string, lookup: string, ...parents: readonly string[]): SampleObject => ({
    name,
    type: 12,
    ...(attributeIds[name] === undefined ? {} : { id: attributeIds[name] }),
    ...inFolder(26),
    uses: [...of(15, lookup), ...of(12, ...parents)],
  });
  const fact = (name: string): SampleObject => ({ name, type: 13, ...inFolder(27), uses: of(15, 'ORDER_DETAIL') });
  const metric = (name: string, expression: string, uses: readonly ObjectRef[]): SampleObject => ({
    name,
    type: 4,
    ...inFolder(6),
    uses: [...uses, ...of(11, 'Sum')],
    definition: { expression },
  });
  return [
    { name: 'Sum', type: 11, system: true, ...inFolder(24) },
    folderOf('Sales Reports', 7),
    folderOf('Old Filters', 5),
    ...['LU_YEAR', 'LU_MONTH', 'LU_DAY', 'LU_REGION', 'LU_CUSTOMER', 'ORDER_DETAIL'].map(table),
    attribute('Year', 'LU_YEAR'),
    attribute('Month', 'LU_MONTH', 'Year'),
    attribute('Day', 'LU_DAY', 'Month'),
    attribute('Region', 'LU_REGION'),
    attribute('Customer', 'LU_CUSTOMER', 'Region'),
    fact('Revenue'),
    fact('Cost'),
    metric('Revenue', 'Sum(Revenue)', of(13, 'Revenue')),
    metric('Cost', 'Sum(Cost)', of(13, 'Cost')),
    metric('Profit', 'Revenue - Cost', of(4, 'Revenue', 'Cost')),
    { name: 'Time', type: 14, subtype: 3585, ...inFolder(28), uses: of(12, 'Year', 'Month') },
    { name: 'Northern Regions', type: 1, ...inFolder(5), uses: of(12, 'Region') },
    { name: 'Regions by Size', type: 1, subtype: 257, ...inFolder(3), uses: of(12, 'Region') },
    { name: 'North and South', type: 47, ...inFolder(2), uses: of(12, 'Region') },
    { name: 'Time Drill', type: 56, ...inFolder(4), uses: of(12, 'Year', 'Month') },
    { name: 'North Only', type: objectType.securityFilter, ...inFolder(5), uses: of(12, 'Region') },
    {
      name: 'Profit by Year',
      type: 3,
      subtype: 768,
      ...below('Sales Reports'),
      uses: [...of(4, 'Profit'), ...of(12, 'Year')],
    },
  ];
}

const analysts = fullControl(sampleId(34, 'Sales Analysts'), 'Sales Analysts', 8705);

/** Objects that differ between the servers: the target's version is older, newer, or the same in another folder. */
function differing(side: 'source' | 'target'): readonly SampleObject[] {
  const source = side === 'source';
  return [
    {
      name: 'Revenue by Region',
      type: 3,
      subtype: 768,
      ...below('Sales Reports'),
      changed: source ? 200 : 100,
      description: source ? 'with the totals of last year' : '',
      uses: [...of(4, 'Revenue'), ...of(12, 'Region')],
      ...(source ? { acl: [analysts] } : {}),
    },
    {
      name: 'Customer Scorecard',
      type: 3,
      subtype: 768,
      ...inFolder(7),
      changed: source ? 100 : 150,
      description: source ? '' : 'corrected in production',
      uses: [...of(4, 'Revenue', 'Profit'), ...of(12, 'Customer')],
    },
    {
      // The same version with two descriptions: only force_replace copies it.
      name: 'Choose a Year',
      type: 10,
      subtype: 2561,
      ...inFolder(8),
      description: source ? 'the years with sales' : 'the years with sales, by hand',
      uses: of(12, 'Year'),
    },
    { name: 'Last Year', type: 1, ...(source ? inFolder(5) : below('Old Filters')), changed: 20, uses: of(12, 'Year') },
  ];
}

/** Objects that exist only on the source. */
function sourceOnly(): readonly SampleObject[] {
  return [
    { name: 'LU_ITEM', type: 15, ...inFolder(33), uses: [{ id: sampleId(29, 'Tutorial Data'), type: 29 }] },
    { name: 'Item', type: 12, ...inFolder(26), changed: 180, uses: of(15, 'LU_ITEM') },
    { name: 'Units Sold', type: 13, ...inFolder(27), changed: 180, uses: of(15, 'ORDER_DETAIL') },
    { name: "Last Year's", type: 43, subtype: 11009, ...inFolder(24), changed: 180, uses: of(12, 'Year') },
    {
      name: 'Profit Margin',
      type: 4,
      ...inFolder(6),
      changed: 181,
      uses: of(4, 'Profit', 'Revenue'),
      acl: [analysts],
    },
    folderOf('Regional Sales', 7),
    {
      name: 'Sales Cube',
      type: 3,
      subtype: 776,
      ...below('Regional Sales'),
      changed: 190,
      uses: [...of(12, 'Region', 'Item', 'Month'), ...of(4, 'Profit Margin', 'Revenue')],
    },
    {
      name: 'Regional Dashboard',
      type: 55,
      subtype: 14_081,
      ...below('Regional Sales'),
      changed: 195,
      uses: [...of(3, 'Sales Cube', 'Revenue by Region'), ...of(1, 'Last Year')],
    },
    { name: 'Shortcut to Profit by Year', type: 18, ...below('Regional Sales'), uses: of(3, 'Profit by Year') },
    { name: 'All Metrics', type: 39, ...inFolder(6), definition: { searched: 4 } },
    {
      name: 'Nightly Check',
      type: 76,
      ...inFolder(1),
      definition: { scriptType: 'python', scriptUsageType: 'commandManager', code: "print('all is well')\n" },
    },
    { name: 'West Only', type: objectType.securityFilter, ...inFolder(5), changed: 150, uses: of(12, 'Region') },
  ];
}

function targetOnly(): readonly SampleObject[] {
  return [
    {
      name: 'Board Report',
      type: 3,
      subtype: 768,
      ...inFolder(7),
      uses: [...of(4, 'Profit'), ...of(1, 'Northern Regions')],
    },
    { name: 'Retired Prompt', type: 10, subtype: 2561, ...inFolder(8), uses: of(12, 'Year') },
  ];
}

function addLinks(store: Store, side: 'source' | 'target'): void {
  const link = (member: string, roles: readonly string[], filters: readonly string[]) =>
    store.put(
      linkEntry({
        project: tutorial,
        trustee: sampleId(34, member),
        roles: of(44, ...roles).map(({ id }) => id),
        filters: of(58, ...filters).map(({ id }) => id),
      }),
    );
  link(
    'Sales Analysts',
    side === 'source' ? ['Power Users'] : ['Normal Users'],
    side === 'source' ? ['North Only'] : [],
  );
  if (side === 'source') link('Nina New', ['Regional Manager'], ['West Only']);
}

export function addSampleProjects(store: Store, side: 'source' | 'target'): void {
  addProject(store, 'MicroStrategy Tutorial', tutorial);
  const own = side === 'source' ? sourceOnly() : targetOnly();
  for (const object of [...shared(), ...differing(side), ...own]) addObject(store, tutorial, object);
  addLinks(store, side);
  const id = (name: string) => sampleId(objectType.project, name);
  addProject(store, 'Acme Sales', id('Acme Sales'));
  if (side === 'source') {
    addObject(store, id('Acme Sales'), { name: 'Weekly Orders', type: 3, subtype: 768, ...inFolder(7), changed: 40 });
    addProject(store, 'Acme Drafts', id('Acme Drafts'));
    addProject(store, 'Archive 2019', id('Archive 2019'), -1);
  } else {
    addProject(store, 'Acme Finance', id('Acme Finance'));
  }
}
