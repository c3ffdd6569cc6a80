import { expect, test } from '@jest/globals';
import { requireProjectNames } from '../../../src/core/project-names.ts';

test.each([[['']], [['Web Shop', ' ']], [['\t\n']]])('an empty name is refused: %j', (names) => {
  expect(() => requireProjectNames(names)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

test.each([[[]], [['Web Shop']], [['0', ' x ']]])('any other is not: %j', (names) => {
  expect(() => requireProjectNames(names)).not.toThrow();
});
