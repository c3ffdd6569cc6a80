import { expect, test } from '@jest/globals';
import { checkPackageRef } from '../../../../src/adapters/octopus/package-name.ts';
import { newVersion } from '../../../../src/adapters/shared/new-version.ts';
import { adapterTools } from '../../../support/adapter-tools.ts';

test('new versions are valid, sort by time and differ', () => {
  const tools = adapterTools();
  const versions = Array.from({ length: 50 }, () => newVersion(tools));
  expect(new Set(versions).size).toBe(50);
  for (const version of versions) {
    expect(version).toMatch(/^1\.0\.0-\d{8}T\d{6}-[0-9a-f]{8}$/);
    expect(() => checkPackageRef({ id: 'Octopus.Space.Migration', version })).not.toThrow();
  }
});
