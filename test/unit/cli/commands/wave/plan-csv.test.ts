import { describe, expect, it } from '@jest/globals';
import { readCsv } from '../../../../../src/cli/commands/wave/plan-csv.ts';
import { readPlan } from '../../../../../src/core/waves/plan-file.ts';
import { fc } from '../../../../support/property.ts';

const flags = ['overwrite-existing', 'tag'];
const known = {
  name: 'sheet',
  instances: [
    { name: 'lab', product: 'octopus' },
    { name: 'prod', product: 'octopus' },
  ],
};

function read(text: string) {
  const { root, faults } = readCsv(text, flags);
  if (root === undefined) throw new Error('no rows');
  const { plan, faults: others } = readPlan(root, known);
  return { plan, faults: [...faults, ...others].map(({ line, message }) => `${String(line)}: ${message}`) };
}

const brief = (text: string) => {
  const { plan, faults } = read(text);
  expect(faults).toEqual([]);
  return plan.items.map(({ id, wave, needs, flags: own }) => [
    id,
    wave,
    needs,
    Object.fromEntries(own.map(({ name, value }) => [name, value])),
  ]);
};

const expected = [
  ['Identity', 'shared', [], {}],
  ['Web "Shop", new', 'shop', ['Identity'], { 'overwrite-existing': true }],
  ['Billing', 'shop', ['Identity', 'Web "Shop", new'], { tag: ['a', 'b'] }],
];

const rows = [
  ['project', 'wave', 'from', 'to', 'needs', 'overwrite-existing', 'tag', '# size'],
  ['Identity', 'shared', 'lab', 'prod', '', '', '', '12 MB'],
  ['Web "Shop", new', 'shop', 'lab', 'prod', 'Identity', 'TRUE', '', ''],
  ['Billing', 'shop', 'lab', 'prod', 'Identity|Web "Shop", new', '', 'a|b', ''],
];

const written = (separator: string, end: string, all: readonly (readonly string[])[] = rows) =>
  all
    .map((row) =>
      row.map((cell) => (/["\r\n,;\t]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(separator),
    )
    .join(end);

describe('a plan as a table', () => {
  it.each([
    ['commas and Unix lines', written(',', '\n')],
    ['semicolons and Windows lines', `${written(';', '\r\n')}\r\n`],
    ['tabs and lines of an old Mac', written('\t', '\r')],
    ['empty rows at the end', `${written(',', '\n')}\n,,,,,,,\n\n`],
  ])('is read with %s', (_, text) => {
    expect(brief(text)).toEqual(expected);
  });

  it('is read as it was written, whatever the names of the projects hold', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `p ${text} p`);
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(',', ';', '\t'),
        (names, separator) => {
          const text = written(separator, '\r\n', [
            ['project', 'from', 'to'],
            ...names.map((one) => [one, 'lab', 'prod']),
          ]);
          expect(read(text).plan.items.map(({ project }) => project)).toEqual(names.map((one) => one.trim()));
        },
      ),
    );
  });

  it('names the line of a row behind a cell of several lines', () => {
    const { plan } = read('project,from,to,owner\none,lab,prod,"two\nlines"\ntwo,lab,prod,x\n');
    expect(plan.items.map(({ line }) => line)).toEqual([2, 4]);
  });

  it('tells what is wrong, with the line', () => {
    expect(
      read(
        'project,wave,from,to,overwrite-existin,wave\none,a,lab,prod,,\ntwo,a,lab\n"three"x,a,lab,prod,,\n"four,a,lab,prod',
      ).faults,
    ).toEqual([
      '4: there is text after the closing quote of a cell',
      '5: a quote is not closed',
      '1: two columns are named "wave"',
      '1: "overwrite-existin" is neither a column of a plan nor a flag of migrate-project',
      '3: the row has 3 cells, and the first row 6',
    ]);
    expect(readCsv('name;wave\nx;y', flags).faults.map(({ message }) => message)).toEqual([
      'no column is named "project"',
      '"name" is neither a column of a plan nor a flag of migrate-project',
    ]);
    expect(readCsv('', flags).faults.map(({ message }) => message)).toEqual(['the file is empty']);
  });
});
