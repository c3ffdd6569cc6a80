import { describe, expect, test } from '@jest/globals';
import { expand, linksOf, pathOf } from '../../../../../src/adapters/octopus/wire/links.ts';

const values = { id: 'Tasks 1', skip: 0, take: 30, name: 'a&b', all: true };

test.each([
  ['/api/tasks{/id}{?skip,take,ids}', '/api/tasks/Tasks%201?skip=0&take=30'],
  ['/api/{id}', '/api/Tasks%201'],
  ['/api/x{?name}', '/api/x?name=a%26b'],
  ['/api/x?fixed=1{&name,all}', '/api/x?fixed=1&name=a%26b&all=true'],
  ['/api/x{/other}{?none}', '/api/x'],
  ['/api/x{?skip*}', '/api/x?skip=0'],
  ['/api/plain', '/api/plain'],
])('%s', (template, expected) => {
  expect(expand(template, values)).toBe(expected);
});

describe('pathOf', () => {
  const links = linksOf({ SpaceHome: '/octopus/api/{id}', home: '~/api', Nested: { a: 1 } });

  test('takes the link whatever its case, else the documented path', () => {
    expect(pathOf(links, 'spacehome', 'x', { id: 1 })).toBe('/octopus/api/1');
    expect(pathOf(links, 'Nested', 'api/nested{/id}', { id: 2 })).toBe('api/nested/2');
  });

  test('resolves ~/ against the base URL', () => {
    expect(pathOf(links, 'Home', 'x')).toBe('api');
  });
});
