import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

interface House {
  readonly roomOf: (file: string) => string | undefined;
  readonly fault: (file: string, specifier: string, target: string | undefined) => string | undefined;
}

const { roomOf, fault } = (await import(new URL('../../scripts/lint/house.mjs', import.meta.url).href)) as House;

test('each file of src is in a room', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const files = execFileSync('git', ['ls-files', 'src'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
  expect(files.length).toBeGreaterThan(500);
  expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
});

test.each([
  'src/core/brandnew/x.ts',
  'src/http/brandnew/x.ts',
  'src/files/brandnew/x.ts',
  'src/package/age/brandnew/x.ts',
  'src/adapters/octopus/brandnew/x.ts',
  'src/emulators/enms/brandnew/x.ts',
  'src/cli/brandnew/x.ts',
  'src/brandnew/x.ts',
])('a file in a folder that nobody named is a fault: %s', (file) => {
  expect(roomOf(file)).toBeUndefined();
  expect(fault(file, '../errors.ts', 'src/errors.ts')).toContain('is in no room');
});

test('a room imports what its row names, and nothing else', () => {
  expect(
    fault('src/core/steps/look.ts', '../snapshots/snapshot-lookup.ts', 'src/core/snapshots/snapshot-lookup.ts'),
  ).toBeUndefined();
  expect(fault('src/core/snapshots/snapshot-lookup.ts', '../steps/look.ts', 'src/core/steps/look.ts')).toContain(
    'must not import',
  );
  expect(fault('src/core/steps/look.ts', 'node:fs', undefined)).toContain('touches no file');
  expect(fault('src/core/steps/look.ts', 'got', undefined)).toContain('does not import the package');
});
