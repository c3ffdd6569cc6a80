import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fc } from '../../../../support/property.ts';
import { readYaml } from '../../../../../src/emulators/enms/yaml/read.ts';
import { Float, Tuple, yamlText } from '../../../../../src/emulators/enms/yaml/write.ts';

describe('the writer', () => {
  test('sorts keys, quotes texts, tags other values and indents', () => {
    expect(
      yamlText([
        {
          b: true,
          a: 'text',
          c: 22,
          d: new Float(1),
          e: [],
          f: {},
          g: ['x', 1, ['y']],
          h: { k: new Tuple([500, -1]), l: { m: null } },
          i: new Tuple([]),
        },
      ]),
    ).toBe(
      [
        '- "a": "text"',
        '  "b": !!bool "true"',
        '  "c": !!int "22"',
        '  "d": !!float "1.0"',
        '  "e": []',
        '  "f": {}',
        '  "g":',
        '  - "x"',
        '  - !!int "1"',
        '  - - "y"',
        '  "h":',
        '    "k": !!python/tuple',
        '    - !!int "500"',
        '    - !!int "-1"',
        '    "l":',
        '      "m": !!null "null"',
        '  "i": !!python/tuple []',
        '',
      ].join('\n'),
    );
    expect(yamlText([])).toBe('[]\n');
  });

  test('escapes characters and folds lines', () => {
    const text = yamlText([{ k: `${'word '.repeat(30)}é\t"\\\n☃😀` }]);
    expect(text).toBe(
      String.raw`- "k": "word word word word word word word word word word word word word word word\
    \ word word word word word word word word word word word word word word word \xE9\
    \t\"\\\n\u2603\U0001F600"
`,
    );
  });
});

describe('the reader', () => {
  test.each([
    ['1', 1],
    ['-0x1F', -31],
    ['017', 17],
    ['0o17', 15],
    ['1_000', 1000],
    ['1:30', '1:30'],
    ['1.5', 1.5],
    ['1e3', 1000],
    ['1.0e+3', 1000],
    ['.inf', Infinity],
    ['yes', 'yes'],
    ['Off', 'Off'],
    ['True', true],
    ['~', null],
    ['NULL', null],
    ['2026-11-20', '2026-11-20'],
    ['"yes"', 'yes'],
    ["'it''s'", "it's"],
    ['!!int "7"', 7],
    ['!!float "1"', 1],
    ['!!bool "true"', true],
    ['!!str 5', '5'],
    ['!!null "null"', null],
    ['!!python/tuple [1, 2]', [1, 2]],
    ['[a, "b, c", {d: e, f}, [1]]', ['a', 'b, c', { d: 'e', f: null }, [1]]],
    ['{a: 1, "b": [x]}', { a: 1, b: ['x'] }],
    ['http://host:80/a#b', 'http://host:80/a#b'],
    ['text # comment', 'text'],
    ['- - 1\n  - 2\n- 3', [[1, 2], 3]],
    ['a:\n- 1\n- 2\nb: 3', { a: [1, 2], b: 3 }],
    ['a:\n  b:\n    c: 1\n  d:\n', { a: { b: { c: 1 }, d: null } }],
    ['a: one\n  two\n\n  three', { a: 'one two\nthree' }],
    ['a: "one\n  two\n\n  three"', { a: 'one two\nthree' }],
    ['a: "one\\\n  \\ two"', { a: 'one two' }],
    ['a: |\n  x\n   y\n\n  z\nb: 1', { a: 'x\n y\n\nz\n', b: 1 }],
    ['a: >-\n  x\n  y\n\n  z\n', { a: 'x y\nz' }],
    ['a: |+\n  x\n\nb: 1', { a: 'x\n\n', b: 1 }],
    ['---\n# comment\na: 1\n...\n', { a: 1 }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['base: &b {x: 1, y: 2}\nc:\n  <<: *b\n  y: 3', { base: { x: 1, y: 2 }, c: { x: 1, y: 3 } }],
    ['a: !!python/tuple\n- 1\n- 2', { a: [1, 2] }],
    ['- a: 1\n  b: 2\n-\n  c: 3\n- ', [{ a: 1, b: 2 }, { c: 3 }, null]],
    ['', null],
    ['# nothing', null],
    ['a: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
  ])('reads %j', (text, value) => {
    expect(readYaml(text)).toEqual(value);
  });

  test.each([
    '- {a: 1',
    '[1, 2',
    '"open',
    'a: 1\n b: 2',
    'a: b: c',
    'a:\n    b: 1\n  c: 2',
    '*none',
    '!!python/object/apply:os.system [ls]',
    '!!python/name:os.system',
    '!!int "x"',
    'a: 1\n- 2',
    '@x',
    '"\\q"',
    '['.repeat(300),
  ])('refuses %j', (text) => {
    expect(() => readYaml(text)).toThrow();
  });

  test('makes one object for all aliases of an anchor', () => {
    const levels = Array.from({ length: 60 }, (_, level) => `- &a${level + 1} [*a${level}, *a${level}]\n`);
    expect(readYaml(`- &a0 [x]\n${levels.join('')}`)).toHaveLength(61);
  });

  test('takes __proto__ as a key like any other', () => {
    const read = readYaml('__proto__: {x: 1}') as object;
    expect(Object.keys(read)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('reads all that the writer writes', () => {
    const key = fc.string({ minLength: 1, unit: 'binary' });
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(fc.dictionary(key, tree, { minKeys: 1, maxKeys: 5 }), { maxLength: 4 }), (objects) => {
        expect(readYaml(yamlText(objects as Record<string, unknown>[]))).toEqual(
          JSON.parse(JSON.stringify(objects)) as unknown,
        );
      }),
      { numRuns: 300 },
    );
  });

  test.each(['tagged.yaml', 'plain.yaml'])('reads the sample %s', (file) => {
    const text = readFileSync(new URL(`../../../../fixtures/enms/emulator/${file}`, import.meta.url), 'utf8');
    const expected = readFileSync(new URL('../../../../fixtures/enms/emulator/expected.json', import.meta.url), 'utf8');
    expect(readYaml(text)).toEqual(JSON.parse(expected));
  });
});
