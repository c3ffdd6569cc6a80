import { describe, expect, test } from '@jest/globals';
import { valueOf, type YamlValue } from '../../../src/adapters/enms/wire/yaml.ts';
import { readYaml } from '../../../src/enms-yaml/read.ts';
import type { YamlNode } from '../../../src/enms-yaml/scalars.ts';
import { writeItems } from '../../../src/enms-yaml/write.ts';
import { fc } from '../../support/property.ts';
import { nodeOf } from '../../support/yaml-nodes.ts';

describe('writeItems', () => {
  test('writes values as the server does', () => {
    const text = writeItems([
      nodeOf({ name: 'core-1', port: 22, is_admin: false, ratio: 0.5, pools: ['a'], none: [], map: { x: null } }),
    ]);
    expect(text).toBe(
      '- "name": "core-1"\n  "port": !!int "22"\n  "is_admin": !!bool "false"\n  "ratio": !!float "0.5"\n' +
        '  "pools":\n  - "a"\n  "none": []\n  "map":\n    "x": !!null "null"\n',
    );
  });

  test('folds and escapes as the server does', () => {
    const long = 'word '.repeat(24);
    const nested = { long, list: [long, ['short', { deep: `é☃😀\u2028\t"\\${'x'.repeat(70)}` }]] };
    const tuple: YamlNode = { kind: 'seq', tuple: true, items: [nodeOf(500)] };
    expect(writeItems([nodeOf(nested), nodeOf('a\nb'), tuple, nodeOf({ 'a\nb': [1] }), nodeOf([]), nodeOf({})])).toBe(
      String.raw`- "long": "word word word word word word word word word word word word word word word\
    \ word word word word word word word word word "
  "list":
  - "word word word word word word word word word word word word word word word word\
    \ word word word word word word word word "
  - - "short"
    - "deep": "\xE9\u2603\U0001F600\L\t\"\\${'x'.repeat(70)}"
- "a\nb"
- !!python/tuple
  - !!int "500"
- ? "a\nb"
  : - !!int "1"
- []
- {}
`,
    );
    expect(writeItems([])).toBe('[]\n');
  });

  test('writes a question mark before a key that is too long for loaders', () => {
    const text = writeItems([nodeOf({ ['k'.repeat(2000)]: 'v' })]);
    expect(text).toMatch(/^- \? "k{2000}"\n {2}: "v"\n$/);
    expect(valueOf(readYaml(text))).toEqual([{ ['k'.repeat(2000)]: 'v' }]);
  });

  test('writes a text of many lines as one scalar', () => {
    const text = `${'line of a configuration \\ "quoted"\n'.repeat(20_000)} \n\t`;
    expect(valueOf(readYaml(writeItems([nodeOf({ text })])))).toEqual([{ text }]);
  });

  const value = fc.letrec<{ value: YamlValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom(
        'yes',
        '0x1',
        '---',
        '- a',
        'a: b',
        '# no',
        "it's",
        '\u2028',
        '\x85',
        ' ',
        '\n',
        '~',
        '!!int "1"',
      ),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }).map((map) => Object.fromEntries(Object.entries(map))),
    ),
  }));

  test('writes what the reader reads as it was', () => {
    fc.assert(
      fc.property(fc.array(value.value, { maxLength: 4 }), (items) => {
        const text = writeItems(items.map((item) => nodeOf(item)));
        expect(valueOf(readYaml(text))).toEqual(items);
        // Written again from what was read, the tags and digits stay the same.
        const node = readYaml(text);
        expect(node.kind === 'seq' && writeItems(node.items)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});
