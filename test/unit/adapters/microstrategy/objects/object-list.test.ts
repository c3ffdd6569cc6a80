import { describe, expect, test } from '@jest/globals';
import { wantedObjects } from '../../../../../src/adapters/microstrategy/objects/object-list.ts';
import { isMigratorError } from '../../../../../src/errors.ts';

const id = '8D679D5111D3E4981000E787EC6DE8A4';
const read = (objects: string) => wantedObjects({ objects });
const units = { named: 'Units, Sold', isId: false, type: 13, action: 'replace', includeDependents: true };
const year = { named: id, isId: true, type: 12, action: undefined, includeDependents: false };

function refusal(objects: string): string {
  try {
    return JSON.stringify(read(objects));
  } catch (error) {
    if (!isMigratorError(error, 'USAGE')) throw error;
    return `${error.message} | ${error.hint ?? ''}`;
  }
}

describe('a list of objects', () => {
  test.each([
    ['UTF-16 without a mark', Buffer.from('name,type\nЭ,metric', 'utf16le').toString()],
    ['Windows-1252', Buffer.from('name,type\nGr\xf6\xdfe,metric', 'latin1').toString()],
  ])('that is %s is refused, and the hint names the encodings', (_, text) => {
    expect(refusal(text)).toMatch(/encoding.*UTF-8.*UTF-16/);
  });

  test.each([
    ['commas', `Name,TYPE,Action,include_dependents\r\n"Units, Sold",fact,replace,yes\r\n${id},12,,\r\n`],
    ['semicolons', `name;type;action;dependents\n"Units, Sold";fact;replace;1\n\n${id};12;;`],
    ['semicolons and no quotes', `name;type;action;dependents\nUnits, Sold;fact;replace;1\n${id};12;;no`],
    ['tabs', `name\ttype\taction\tincludeDependents\nUnits, Sold\tfact\treplace\ttrue\n${id}\tattribute\t\t`],
  ])('is read with %s between its values', (_, text) => {
    expect(read(text)).toEqual([units, year]);
  });

  test.each([
    ['a column', 'name,type,action,action\nUnits,fact,replace,use_existing', 'has the column "action" more than once'],
    ['an alias of a column', 'name;type;dependents;include_dependents\nUnits;fact;yes;no', '"includeDependents" more'],
    ['a key', '[{"name":"U:","type":"fact","action":"replace","\\u0061ction":"delete"}]', 'has the key "action" more'],
    ['a key of the whole', '{"objects":[],"objects":[{"name":"U","type":"fact"}]}', 'has the key "objects" more'],
    [
      'an alias of a key',
      '[{"name":"U","type":"fact"},{"Name":"U","name":"V","type":"fact"}]',
      'entry 2 .* "name" more',
    ],
  ])('with %s given twice is refused', (_, text, said) => {
    expect(refusal(text)).toMatch(new RegExp(said));
  });

  test('is read as JSON, alone or as `objects`', () => {
    const list = [
      { name: 'Units, Sold', Type: 'fact', action: 'replace', include_dependents: true },
      { id, type: 12 },
    ];
    expect(read(JSON.stringify(list))).toEqual([units, year]);
    expect(read(JSON.stringify({ objects: list }))).toEqual([units, year]);
  });

  test.each([
    [
      'a column',
      'name,type,actoin\nUnits,fact,delete',
      'has the column "actoin", which is not known | did you mean action?',
    ],
    [
      'a column',
      'id;type;owner\nx;fact;me',
      'has the column "owner", which is not known | leave it out; known are id, name',
    ],
    [
      'a key',
      '[{"name":"Units","type":"fact","actoin":"delete"}]',
      'entry 1 of the list of objects has the key "actoin"',
    ],
    [
      'a key beside `objects`',
      '{"objects":[{"name":"Year","type":"attribute"}],"defaultAction":"replace"}',
      'the list of objects has the key "defaultAction", which is not known | beside `objects` there is nothing',
    ],
    [
      'an action beside `objects`',
      '{"objects":[{"name":"Year","type":"attribute"}],"action":"replace"}',
      'has the key "action", which is not known',
    ],
    [
      'an object without a list',
      '{"name":"Year","type":"attribute"}',
      'has the key "name", which is not known | a list',
    ],
    ['a key that every object inherits', '[{"name":"U","type":"fact","constructor":"delete"}]', '"constructor", which'],
    ['a key of the prototype', '[{"name":"U","type":"fact","__proto__":{"action":"delete"}}]', '"__proto__", which'],
    ['half of its JSON', '[{"name":"U",\n "type":', 'is not valid JSON at line 2, column 9: expected a value'],
    ['a value', 'name,type\nUnits, Sold,fact', 'row 1 of the list of objects has more values than there are columns'],
    [
      'its columns',
      'Units:fact',
      'has no columns id or name, and type | its first line names the columns, with commas, sem',
    ],
  ])('is refused when it does not know %s: %#', (_, text, words) => {
    expect(refusal(text)).toContain(words);
  });
});
