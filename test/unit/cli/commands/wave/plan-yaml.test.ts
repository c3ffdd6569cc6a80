import { describe, expect, it } from '@jest/globals';
import { readYaml } from '../../../../../src/cli/commands/wave/plan-yaml.ts';

const faultsOf = (text: string) => readYaml(text).faults.map(({ line, message }) => `${String(line)}: ${message}`);

describe('reading YAML with its lines', () => {
  it('keeps the line of every value and the spelling of every name', () => {
    expect(readYaml('a: 007\nb:\n  - x\n  - y: true\n').root).toEqual({
      kind: 'map',
      line: 1,
      members: [
        { name: 'a', line: 1, value: { kind: 'scalar', line: 1, value: 7, text: '007' } },
        {
          name: 'b',
          line: 2,
          value: {
            kind: 'list',
            line: 3,
            items: [
              { kind: 'scalar', line: 3, value: 'x', text: 'x' },
              {
                kind: 'map',
                line: 4,
                members: [{ name: 'y', line: 4, value: { kind: 'scalar', line: 4, value: true, text: 'true' } }],
              },
            ],
          },
        },
      ],
    });
  });

  it('reads JSON, indented with tabs too', () => {
    expect(readYaml('{\n\t"name": "x",\n\t"waves": []\n}')).toMatchObject({
      faults: [],
      root: {
        members: [
          { name: 'name', line: 2 },
          { name: 'waves', line: 3 },
        ],
      },
    });
  });

  it.each([
    ['a tab before a key', 'name: x\n\tfrom: y\n', '2: the line is indented with a tab'],
    ['a key that is there twice', 'name: x\nname: y\n', '2: a key is there twice'],
    ['two documents', 'name: x\n---\nname: y\n', '2: a second document begins here'],
    ['an anchor', 'a: &x 1\n', '1: &x is an anchor'],
    ['a reference to an anchor', 'a: 1\nb: *nope\n', '2: *nope refers to another place'],
    ['a tag', 'a: !env HOME\n', '1: !env is a tag'],
    ['an open bracket', 'a: [1, 2\nb: 3', '2: the line is not indented as what it belongs to'],
    ['an open quote', 'a: "x', '1: a quote or a bracket is not closed'],
    ['nothing', '', '1: the file is empty'],
    ['a comment alone', '# later\n', '1: the file is empty'],
  ])('refuses %s', (_, text, fault) => {
    expect(faultsOf(text)).toContain(fault);
  });

  it('does not follow references, which could make a small file endless', () => {
    const bomb = [
      'a0: &a0 x',
      ...Array.from({ length: 60 }, (_, n) => `a${String(n + 1)}: &a${String(n + 1)} [*a${String(n)}, *a${String(n)}]`),
    ];
    expect(faultsOf(bomb.join('\n')).length).toBeGreaterThan(100);
  });
});
