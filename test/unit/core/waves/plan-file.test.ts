import { describe, expect, it } from '@jest/globals';
import { readYaml } from '../../../../src/cli/commands/wave/plan-yaml.ts';
import { readPlan, sharedTargets, type Known } from '../../../../src/core/waves/plan-file.ts';

const known: Known = {
  name: 'spring',
  instances: [
    { name: 'lab', product: 'octopus' },
    { name: 'prod', product: 'octopus' },
    { name: 'grid', product: 'snaplogic' },
  ],
};

function read(text: string) {
  const { root, faults } = readYaml(text);
  expect(faults).toEqual([]);
  if (root === undefined) throw new Error('the text has no meaning');
  return readPlan(root, known);
}

const faultsOf = (text: string) => read(text).faults.map(({ line, message }) => `${String(line)}: ${message}`);

const whole = `name: spring-move
from: lab
to: prod
defaults: { route: push, options: { ignore-machines: true, tag: [a, b] } }
limits: { workers: 4, instances: { prod: 2 } }
onFailure: stop
waves:
  - name: shared
    items: [Identity]
  - name: shop
    needs: [shared]
    items:
      - Web Shop
      - { project: Billing, needs: [Web Shop], options: { ignore-machines: false }, owner: finance, as: billing, route: relay }
`;

describe('the meaning of a plan file', () => {
  it('gives each item its wave, its ends, its needs and the flags of the defaults that it does not change', () => {
    const { plan, faults } = read(whole);
    expect(faults).toEqual([]);
    expect(plan).toMatchObject({
      name: 'spring-move',
      limits: { workers: 4, instances: { prod: 2 } },
      onFailure: 'stop',
      waves: [
        { name: 'shared', needs: [] },
        { name: 'shop', needs: ['shared'] },
      ],
    });
    expect(plan.items.map(({ id, wave, from, to, needs }) => [id, wave, from, to, needs])).toEqual([
      ['Identity', 'shared', 'lab', 'prod', []],
      ['Web Shop', 'shop', 'lab', 'prod', []],
      ['billing', 'shop', 'lab', 'prod', ['Web Shop']],
    ]);
    expect(plan.items[2]).toMatchObject({ project: 'Billing', owner: 'finance', line: 14 });
    expect(Object.fromEntries(plan.items[2]?.flags.map(({ name, value }) => [name, value]) ?? [])).toEqual({
      route: 'relay',
      'ignore-machines': false,
      tag: ['a', 'b'],
    });
  });

  it('takes a name as it is written, also one that looks like a number', () => {
    const { plan } = read('from: lab\nto: prod\nwaves: [{ name: 1, items: [007, 2024] }]');
    expect(plan.items.map(({ id }) => id)).toEqual(['007', '2024']);
    expect(plan.name).toBe('spring');
  });

  it('tells everything that is wrong at once, with the line of each', () => {
    expect(
      faultsOf(`from: lap
to: prod
colour: red
limits: { workers: 0, instances: { pord: 1 } }
onFailure: pause
waves:
  - name: shared
    items: [Identity, Identity]
  - name: shop
    needs: [sharde]
    items:
      - { project: Billing, needs: [Web Shup], route: car }
      - { project: Web Shop, from: grid }
      - ""
      - { as: x }
  - name: shop
    items: []
`),
    ).toEqual([
      '1: there is no instance "lap" in the rc file',
      '3: the plan cannot have "colour"',
      '4: "instances" cannot have "pord"',
      '4: "workers" must be a whole number from 1',
      '5: "onFailure" must be one of continue, stop',
      '8: there are two items "Identity" (the other one: line 8)',
      '10: there is no wave "sharde" to need',
      '12: "route" must be one of auto, move, push, relay',
      '12: there is no item "Web Shup" to need',
      '13: grid is snaplogic, but prod is octopus',
      '14: the project of an item is empty',
      '15: an item names no project',
      '16: there are two waves "shop" (the other one: line 9)',
      '17: wave "shop" has no items',
    ]);
  });

  it('names the way round of a circle, also of one that goes through waves', () => {
    expect(
      faultsOf(`from: lab
to: prod
waves:
  - name: a
    items: [{ project: one, needs: [two] }, { project: two, needs: [three] }, { project: three, needs: [one] }]
  - name: b
    needs: [c]
    items: [four]
  - name: c
    items: [{ project: five, needs: [four] }, { project: six, needs: [six] }]
`),
    ).toEqual([
      '5: these need each other: "one" → "two" → "three" → "one"',
      '8: these need each other: "four" → wave "c" → "five" → "four"',
      '10: these need each other: "six" → "six"',
    ]);
  });

  it('needs an end for each item, and takes those of the rc file', () => {
    const text = 'waves: [{ name: a, items: [one] }]';
    expect(faultsOf(text)).toEqual([
      '1: "one": nobody says from which instance',
      '1: "one": nobody says to which instance',
    ]);
    const { root } = readYaml(text);
    if (root === undefined) throw new Error('no root');
    expect(readPlan(root, { ...known, from: 'lab', to: 'prod' }).faults).toEqual([]);
  });

  it('finds two items that would write to one place', () => {
    const { plan } = read('from: lab\nto: prod\nwaves: [{ name: a, items: [one, { project: one, as: other }] }]');
    expect(sharedTargets(plan.items, ({ project }) => project)).toEqual([
      { line: 3, message: '"other" and "one" (line 3) would both write to the same place on prod' },
    ]);
    expect(sharedTargets(plan.items, ({ id }) => id)).toEqual([]);
    expect(sharedTargets(plan.items, () => undefined)).toEqual([]);
  });
});
