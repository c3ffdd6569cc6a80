import { expect, test } from '@jest/globals';
import { isOlder } from '../../../../../src/adapters/octopus/export-import/versions.ts';

test.each([
  ['2025.9.1', '2025.10.0', true],
  ['2025.10.0', '2025.9.1', false],
  ['2024.4', '2024.4.0', false],
  ['2024.4', '2024.4.1', true],
  ['2024.4.4121', '2024.4.4121', false],
  ['2025.2.5600', '2025.2.5601', true],
  ['2025.2.5601-hotfix.1', '2025.2.5601', false],
  ['unknown', '2025.1', false],
])('%s is older than %s: %s', (one, other, older) => {
  expect(isOlder(one, other)).toBe(older);
});
