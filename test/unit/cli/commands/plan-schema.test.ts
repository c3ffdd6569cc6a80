import { expect, test } from '@jest/globals';
import { readYaml } from '../../../../src/cli/commands/wave/plan-yaml.ts';
import { planJsonSchema } from '../../../../src/cli/commands/plan-schema.ts';
import { itemMembers, planMembers, readPlan, waveMembers } from '../../../../src/core/waves/plan-file.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
}

const root = planJsonSchema() as Schema;
const wave = root.properties?.['waves']?.items;
const item = wave?.properties?.['items']?.items?.anyOf?.find(({ properties }) => properties !== undefined);

test('the published schema of a plan has the members that a plan may have', () => {
  expect(Object.keys(root.properties ?? {}).sort()).toEqual([...planMembers].sort());
  expect(Object.keys(wave?.properties ?? {}).sort()).toEqual([...waveMembers].sort());
  expect(Object.keys(item?.properties ?? {}).sort()).toEqual([...itemMembers].sort());
  expect([root.required, wave?.required, item?.required]).toEqual([['waves'], ['name', 'items'], ['project']]);
});

test('the published schema of a plan has the words that a plan may have', () => {
  const instances = [
    { name: 'lab', product: 'octopus' },
    { name: 'prod', product: 'octopus' },
  ];
  const faultsOf = (text: string) => {
    const { root: node } = readYaml(`from: lab\nto: prod\n${text}`);
    return node === undefined ? ['unreadable'] : readPlan(node, { name: 'x', instances }).faults;
  };
  for (const word of root.properties?.['onFailure']?.enum ?? ['none'])
    expect(faultsOf(`onFailure: ${word}\nwaves: [{ name: a, items: [b] }]`)).toEqual([]);
  for (const route of item?.properties?.['route']?.enum ?? ['none'])
    expect(faultsOf(`waves: [{ name: a, items: [{ project: b, route: ${route} }] }]`)).toEqual([]);
});
