import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { fc } from '../../../support/property.ts';
import { valueOf, type YamlValue } from '../../../../src/adapters/enms/yaml-node.ts';
import { readYaml } from '../../../../src/adapters/enms/yaml-read.ts';
import { nodeOf, writeItems } from '../../../../src/adapters/enms/yaml-write.ts';

const read = (text: string): YamlValue => valueOf(readYaml(text, 'device.yaml'));
const fixture = (name: string) => readFile(new URL(`../../../fixtures/enms/${name}`, import.meta.url), 'utf8');

describe('readYaml', () => {
  test('reads the tagged style of current servers', async () => {
    expect(read(await fixture('tagged.yaml'))).toEqual([
      {
        close_connection: false,
        description:
          'a text that is longer than the server likes to keep on one line, so it is folded with a backslash, and has "quotes", a tab\t and an é',
        labels: { note: { positions: [-10, 2.5] } },
        name: 'wf-1',
        positions: { 'wf-1': [500, 0] },
        services: ['[Shared] Start', '[wf-1] snip'],
        target_devices: [],
        custom_json: {},
        type: 'workflow',
      },
      {
        custom_json: {
          1: 'one',
          "a key that is so long that the server's own writer puts it behind a question mark, because it would not be found again otherwise":
            null,
        },
        name: '[wf-1] snip',
        source_code: 'results["success"] = True\n\n# done\n',
        priority: 10,
        type: 'python_snippet_service',
      },
    ]);
  });

  test('reads the plain style of older servers and of people', async () => {
    expect(read(await fixture('plain.yaml'))).toEqual([
      {
        close_connection: false,
        description: "it's plain and goes on",
        name: 'wf-1',
        port: 22,
        latitude: '0.0',
        ratio: 1,
        positions: { 'wf-1': [500, 0] },
        services: ['[Shared] Start', '[wf-1] snip'],
        mapping: { a: 1, b: ['x', 'y'], c: null },
        empty: null,
        code: 'if x:\n  pass\n',
        folded: 'one two\nthree',
        type: 'workflow',
      },
      {
        name: 'second',
        url: 'http://host:8080/#anchor',
        when: '2026-11-20 23:53:38.968133',
        enabled: true,
        rights: ['admin'],
        again: ['admin'],
      },
    ]);
  });

  test.each([
    [
      '{export_time: 2026-11-20 23:53:38.968133, version: 4.6}\n',
      { export_time: '2026-11-20 23:53:38.968133', version: 4.6 },
    ],
    ['[]\n', []],
    ['', null],
    ['- [a, {b: c}, "d: e"]\n', [['a', { b: 'c' }, 'd: e']]],
    ['- - 1\n  - 2\n- - 3\n', [[1, 2], [3]]],
    ['? "a\\n"\n: - 1\n  - 2\n? b\n: c: d\n  e: f\n', { 'a\n': [1, 2], b: { c: 'd', e: 'f' } }],
    ['[{? "a\\n" : b, ? c : [d]}]\n', [{ 'a\n': 'b', c: ['d'] }]],
    ['a: b\r\nc: d\r\n', { a: 'b', c: 'd' }],
    ['key:\n- a\n- b\nother: c\n', { key: ['a', 'b'], other: 'c' }],
    ['"a" : 0x10\nb: 0o7\nc: 010\nd: 1_000\n', { a: 16, b: '0o7', c: 8, d: 1000 }],
    ['a: !!str 12\nb: ! 12\nc: "12"\n', { a: '12', b: '12', c: '12' }],
    ['a: 123456789012345678901234567890\n', { a: '123456789012345678901234567890' }],
    ['"__proto__": {"x": 1}\n', Object.fromEntries([['__proto__', { x: 1 }]])],
    ['a: >\n  one\n  two\n   more\n  three\n\n\nb: |+\n  x\n\n', { a: 'one two\n more\nthree\n', b: 'x\n\n' }],
  ])('reads %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  test.each([
    ['an object to build', '- !!python/object/apply:os.system ["rm -rf /"]\n'],
    ['a name to import', '- name: !!python/name:os.system ""\n'],
    ['a module', '- !!python/module:os ""\n'],
    ['a class', '- !!python/object:eNMS.models.User {name: x}\n'],
    ['a new object', '- !!python/object/new:type\n  args: [x]\n'],
    ['the long form of a tag', '- !<tag:yaml.org,2002:python/object/apply:os.system> [x]\n'],
    ['a tag that does not fit', '- !!python/tuple "x"\n'],
    ['a tag of one’s own', '- !device {name: x}\n'],
    ['a tag directive', '%TAG !! tag:yaml.org,2002:python/\n---\n- !!object/apply:os.system [x]\n'],
    ['nesting without end', '['.repeat(5000)],
    ['an anchor that holds itself', '- &a [*a]\n'],
    ['an unknown alias', '- *nothing\n'],
    ['a key twice', '- name: a\n  name: b\n'],
    ['a list that is not closed', '- [a, b\n'],
    ['a quote that is not closed', '- name: "core\n- name: edge\n'],
    ['wrong indentation', '- name: a\n   port: 22\n'],
    ['two documents', '- a\n---\n- b\n'],
    ['tabs', 'a:\n\t- b\n'],
    ['two keys on a line', 'a: b: c\n'],
    ['half an escape', '- "\\x4"\n'],
    ['a number that is none', '- !!int "many"\n'],
    ['a web page', '<!doctype html>\n<title>Login</title>\na: b\n'],
  ])('refuses %s', async (_, text) => {
    await expect(() => read(text)).toThrowCode('PACKAGE_MALFORMED');
  });

  test('stops at values that multiply', async () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n'
        : `a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]\n`,
    );
    const node = readYaml(levels.join(''), 'device.yaml');
    await expect(() => valueOf(node, { left: 100_000 })).toThrowCode('PACKAGE_MALFORMED');
  });

  test('names the file and the line', () => {
    expect(() => read('- name: a\n- name: [\n')).toThrow(/^device\.yaml cannot be read: line 3: /);
  });
});

describe('writeItems', () => {
  test('writes as the server does', () => {
    const text = writeItems([
      nodeOf({ name: 'core-1', port: 22, is_admin: false, ratio: 0.5, pools: ['a'], none: [], map: { x: null } }),
    ]);
    expect(text).toBe(
      '-\n  "name": "core-1"\n  "port": !!int "22"\n  "is_admin": !!bool "false"\n  "ratio": !!float "0.5"\n' +
        '  "pools":\n    - "a"\n  "none": []\n  "map":\n    "x": !!null "null"\n',
    );
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

  test('what is written is read again as it was', () => {
    fc.assert(
      fc.property(fc.array(value.value, { maxLength: 4 }), (items) => {
        const text = writeItems(items.map((item) => nodeOf(item)));
        expect(read(text)).toEqual(items);
        // Once more, from what was read: tags and digits stay as they are.
        const node = readYaml(text, 'device.yaml');
        expect(node.kind === 'seq' && writeItems(node.items)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});
