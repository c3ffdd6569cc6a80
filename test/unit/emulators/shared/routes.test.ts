import { describe, expect, test } from '@jest/globals';
import { createRoutes } from '../../../../src/emulators/shared/routes.ts';

/** A route of this path for GET, which has its path as its target. */
function routesOf(paths: readonly string[], options?: { caseSensitive: boolean }) {
  const routes = createRoutes<string>(options);
  for (const path of paths) routes.on('GET', path, path);
  return routes;
}

describe('which route a path has', () => {
  const routes = routesOf([
    '/api/:space(^Spaces-\\d+$)/projects',
    '/api/:any/projects',
    '/api/users/projects',
    '/api/users/:id/keys',
    '/api/files/*',
    '/api/files/list/:id',
    '/api',
  ]);

  test.each([
    ['a fixed segment goes before a parameter', '/api/users/projects', '/api/users/projects', {}],
    ['a regular expression goes before any segment', '/api/Spaces-1/projects', '/api/:space(^Spaces-\\d+$)/projects', { space: 'Spaces-1' }], // prettier-ignore
    ['an expression has to match the whole segment', '/api/Spaces-1x/projects', '/api/:any/projects', { any: 'Spaces-1x' }], // prettier-ignore
    ['a fixed segment that leads nowhere is left again', '/api/files/projects', '/api/files/*', { '*': 'projects' }],
    ['a parameter is taken where the fixed segment ends', '/api/users/7/keys', '/api/users/:id/keys', { id: '7' }],
    ['a rest has all that is left', '/api/files/a/b%20c/d', '/api/files/*', { '*': 'a/b c/d' }],
    ['a longer route goes before a rest', '/api/files/list/7', '/api/files/list/:id', { id: '7' }],
    ['case does not count, and parameters keep theirs', '/API/Files/LIST/aB', '/api/files/list/:id', { id: 'aB' }],
    ['slashes at the end and in a row do not count', '//api///files/list/7//', '/api/files/list/:id', { id: '7' }],
    ['an encoded slash is no slash', '/api/files/list/a%2Fb%2525', '/api/files/list/:id', { id: 'a/b%25' }],
    ['a fixed segment may be encoded', '/%61pi', '/api', {}],
  ])('%s', (_, path, target, params) => {
    expect(routes.find('GET', path)).toEqual({ target, params });
    expect(routes.find('HEAD', path)).toEqual({ target, params });
  });

  test.each(['/', '/ap', '/api/files', '/api/users/7', '/api/users/7/keys/8', '/api/%zz/projects'])(
    '%s has none',
    (path) => {
      expect(routes.find('GET', path)).toEqual({ allowed: [] });
    },
  );
});

test('case counts when the routes say so', () => {
  const routes = routesOf(['/api/Files/:id'], { caseSensitive: true });
  expect(routes.find('GET', '/api/files/7')).toEqual({ allowed: [] });
  expect(routes.find('GET', '/api/Files/7')).toEqual({ target: '/api/Files/:id', params: { id: '7' } });
});

test('a path is looked up for the method, and the methods that it allows are named', () => {
  const routes = routesOf(['/a/:id', '/a/new']);
  routes.on('DELETE', '/a/:name', 'gone');
  routes.on('POST', '/a/new', 'made');
  expect(routes.find('DELETE', '/a/new')).toEqual({ target: 'gone', params: { name: 'new' } });
  expect(routes.find('PUT', '/a/new')).toEqual({ allowed: ['GET', 'POST', 'DELETE'] });
  expect(routes.find('POST', '/a/7')).toEqual({ allowed: ['GET', 'DELETE'] });
});

test('two routes that take the same path are a mistake', () => {
  const routes = routesOf(['/a/:id']);
  expect(() => routes.on('GET', '/A/:name', 'other')).toThrow('GET /A/:name has a route already');
});
