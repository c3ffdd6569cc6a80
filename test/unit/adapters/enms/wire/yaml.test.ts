import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { nodeIn, valueOf, type YamlValue } from '../../../../../src/adapters/enms/wire/yaml.ts';

const read = (text: string): YamlValue => valueOf(nodeIn(text, 'device.yaml'));
const fixture = (name: string) => readFile(new URL(`../../../../fixtures/enms/${name}`, import.meta.url), 'utf8');

describe('nodeIn', () => {
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
        enabled: 'yes',
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
    // The server's loader is one of YAML 1.2: a leading zero makes no octal number, and yes is a word.
    ['"a" : 0x10\nb: 0o7\nc: 010\nd: 1_000\n', { a: 16, b: 7, c: 10, d: 1000 }],
    ['a: yes\nb: Off\nc: 1:30\nd: True\ne: n\n', { a: 'yes', b: 'Off', c: '1:30', d: true, e: 'n' }],
    ['a: 1e3\nb: 1.0e+3\nc: .5\nd: 1.\ne: "1e3"\n', { a: 1000, b: 1000, c: 0.5, d: 1, e: '1e3' }],
    ['a: .inf\nb: -.INF\nc: .nan\nd: 1e999\n', { a: '.inf', b: '-.INF', c: '.nan', d: '1e999' }],
    ['a: 9007199254740993\nb: !!int "-9007199254740993"\n', { a: '9007199254740993', b: '-9007199254740993' }],
    ['a: 2026-11-20\nb: 2026-1-2\nc: 2026-99-99\n', { a: '2026-11-20', b: '2026-1-2', c: '2026-99-99' }],
    ['a: !!bool "yes"\nb: !!float "1e3"\nc: !!null "x"\n', { a: true, b: 1000, c: null }],
    ['base: &b {x: 1, y: 2}\nc:\n  <<: *b\n  y: 3\n', { base: { x: 1, y: 2 }, c: { x: 1, y: 3 } }],
    ['- &a [x]\n- *a\n', [['x'], ['x']]],
    ['\ufeff- a\n', ['a']],
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
    ['an escape beyond Unicode', '- "\\U00110000"\n'],
    ['half a character pair beyond Unicode', '- "a\\\\ \\UFFFFFFFF"\n'],
    ['an escaped break before an empty line', '- "a\\\n\n  b"\n'],
    ['a zero byte', '- "a\0b"\n'],
    ['a control character', '- "a\u0001b"\n'],
    ['a list as a key', '? [a]\n: b\n'],
    ['a map as a key', '{{a: b}: c}\n'],
    ['another document behind three dots', '- a\n...\n- b\n'],
    ['half a document', '- "name": "a"\n  "port": !!int "2'],
    ['nesting by indentation', Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['a number in words', '- !!float "NaN seconds"\n'],
    ['a date that is none', '- !!timestamp "soon"\n'],
    ['a web page', '<!doctype html>\n<title>Login</title>\na: b\n'],
  ])('refuses %s', async (_, text) => {
    await expect(() => read(text)).toThrowCode('PACKAGE_MALFORMED');
  });

  test('stops when references multiply the values', async () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n'
        : `a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]\n`,
    );
    const node = nodeIn(levels.join(''), 'device.yaml');
    await expect(() => valueOf(node, { left: 100_000 })).toThrowCode('PACKAGE_MALFORMED');
  });

  test('names the file, the line and the column', () => {
    expect(() => read('- name: a\n- name: [\n')).toThrow(/^device\.yaml cannot be read: line 3, column 1: /);
  });
});

test.each([
  ['an alias', 'password: *hunter2\n'],
  ['a tag', 'password: !hunter2 x\n'],
  ['a handle', 'password: !hunter2!x y\n'],
  ['a tag of characters that none has', 'password: !hunter2^ x\n'],
  ['a key', 'hunter2: 1\nhunter2: 2\n'],
  ['a value', 'password: !!int hunter2\n'],
  ['a line', 'password: hunter2: x\n'],
  ['a quote', 'password: "hunter2\n'],
  ['a directive', '%hunter2\n%TAG hunter2 hunter2\n---\na\n'],
])('what is wrong with %s is told without it', (_, text) => {
  expect(() => read(text)).toThrow('device.yaml cannot be read: line ');
  expect(() => read(text)).not.toThrow('hunter2');
});
