import { describe, expect, test } from '@jest/globals';
import { readYaml } from '../../../src/enms-yaml/read.ts';
import type { YamlNode } from '../../../src/enms-yaml/scalars.ts';
import { fc } from '../../support/property.ts';

const itemsOf = (node: YamlNode) => (node.kind === 'seq' ? node.items : []);

describe('a list of many items', () => {
  const item = (index: number) => `- "name": "core-${index}"\n  "port": !!int "22"\n  "text": "- a\\\n    \\ b"\n`;
  const many = (count: number) => Array.from({ length: count }, (_, index) => item(index)).join('');
  const lines = 4 * 3000;

  test('is read like one that is not cut into pieces', () => {
    const items = itemsOf(readYaml(many(3000)));
    expect(items).toHaveLength(3000);
    for (const index of [0, 1, 500, 2999]) expect([items[index]]).toEqual(itemsOf(readYaml(item(index))));
  });

  test('has the right line numbers in messages', () => {
    expect(() => readYaml(`${many(3000)}- "name": "x"\n  "port": !!int "many"\n`)).toThrow(
      `line ${lines + 2}, column 11: the value does not fit its tag !!int`,
    );
    expect(() => readYaml(`${many(3000)}- "open`)).toThrow(new RegExp(`^line ${lines + 1}, column `));
    expect(() => readYaml(`${many(3000).replaceAll('\n', '\r\n')}- [`)).toThrow(
      new RegExp(`^line ${lines + 1}, column `),
    );
  });

  test.each([
    ['an anchor', '- &first x\n', '- *first\n', 'x'],
    ['an anchor in a flow', '- [&first x]\n', '- *first\n', 'x'],
    ['a directive', '%TAG !e! tag:yaml.org,2002:\n---\n', '- !e!str 5\n', '5'],
  ])('is not cut when it has %s', (_, first, last, text) => {
    expect(itemsOf(readYaml(`${first}${many(3000)}${last}`)).at(-1)).toMatchObject({ text });
  });

  test.each([
    ['three dots', '...\n- a\n'],
    ['three dashes', '---\n- a\n'],
    ['a key', 'name: a\n- b\n'],
    ['an alias to nothing', '- *a\n'],
    ['a list that goes on at the margin', '- [a,\n- b]\n'],
    ['a text that goes on at the margin', '- "a\n- b"\n'],
  ])('with %s in it is refused', (_, strange) => {
    expect(() => readYaml(`${many(2000)}${strange}${many(1000)}`)).toThrow(/^line 8\d\d\d, column /);
  });
});

describe('the reader', () => {
  test('never fails with another error, whatever the text is', () => {
    const piece = fc.constantFrom(
      ...[
        '- ',
        '  ',
        '\n',
        'a',
        ': ',
        '"',
        "'",
        '[',
        ']',
        '{',
        '}',
        ',',
        '&a ',
        '*a',
        '!!int ',
        '!x ',
        '|',
        '>',
        '?',
        '#',
      ],
      ...['%', '<<: ', '\\', '\\U', '0', '\t', '---', '...', '\r', '\0', '\x85', '\ufeff', '😀', '!!python/tuple '],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        let end = 'read';
        try {
          readYaml(pieces.join(''));
        } catch (error) {
          end = String(error);
        }
        expect(end).toMatch(/^(read|YamlError: line \d+, column \d+: [^"\n]+)$/);
      }),
      { numRuns: 2000 },
    );
  });

  test('keeps tags and digits', () => {
    expect(readYaml('- !!float "1.50"\n- 0x1F\n- !!python/tuple [~]\n- 2026-11-20\n')).toEqual({
      kind: 'seq',
      tuple: false,
      items: [
        { kind: 'scalar', tag: 'float', text: '1.50' },
        { kind: 'scalar', tag: 'int', text: '0x1F' },
        { kind: 'seq', tuple: true, items: [{ kind: 'scalar', tag: 'null', text: '~' }] },
        { kind: 'scalar', tag: 'timestamp', text: '2026-11-20' },
      ],
    });
  });

  test.each(['\x85', '\u2028', '\u2029'])(
    'refuses the line break %j of YAML 1.1, which loaders read differently',
    (sign) => {
      expect(() => readYaml(`- a\n- "b${sign}c"\n`)).toThrow('line 2, column 5: ');
    },
  );

  test('takes the own key of a map instead of a merged one, in either order', () => {
    const text = 'a: &a {x: 1, 2: two}\nb: &b {<<: *a, y: 3}\nc: {<<: *b, x: 9, 2: zwei}\nd: {x: 8, <<: *a}\n';
    const { entries } = readYaml(text) as Extract<YamlNode, { kind: 'map' }>;
    const shown = entries.map(([, map]) =>
      map.kind === 'map'
        ? map.entries.flatMap((pair) => pair.map((one) => (one.kind === 'scalar' ? one.text : '')))
        : [],
    );
    expect(shown.slice(2)).toEqual([
      ['x', '9', '2', 'zwei', 'y', '3'],
      ['x', '8', '2', 'two'],
    ]);
  });
});
