import { expect, test } from '@jest/globals';
import { parsePackageName } from '../../../../src/emulators/octopus/package-name.ts';

test.each([
  ['Acme.Move.1.0.0.zip', 'Acme.Move', '1.0.0', '.zip'],
  ['A.2.1.0.0.zip', 'A', '2.1.0.0', '.zip'],
  ['A.2.1.0.0.1.zip', 'A.2', '1.0.0.1', '.zip'],
  ['My-App_2.1.0.nupkg', 'My-App_2', '1.0', '.nupkg'],
  ['Octopus.Space.Migration.1.0.0-AbCd1234.zip', 'Octopus.Space.Migration', '1.0.0-AbCd1234', '.zip'],
  ['App.1.0.0-beta.2+build.5.zip', 'App', '1.0.0-beta.2+build.5', '.zip'],
  ['x.1.0.0.tar.gz', 'x', '1.0.0', '.tar.gz'],
  ['x.1.TGZ', 'x', '1', '.TGZ'],
])('%s has the id %s, the version %s and the extension %s', (name, id, version, extension) => {
  expect(parsePackageName(name)).toEqual({ id, version, extension });
});

test.each([
  'App.zip',
  '1.zip',
  'App.1.0.0.exe',
  'App.1.0.0',
  'App..1.0.0.zip',
  'App.1.0.0-.zip',
  '../App.1.0.0.zip',
  '',
])('"%s" is not a package name', (name) => {
  expect(parsePackageName(name)).toBeUndefined();
});

test('a hostile name is refused quickly', () => {
  const started = performance.now();
  expect(parsePackageName(`${'a_-.'.repeat(5000)}!.zip`)).toBeUndefined();
  expect(parsePackageName(`${'a.'.repeat(5000)}!.zip`)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(20_000);
});
