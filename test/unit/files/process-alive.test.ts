import { expect, test } from '@jest/globals';
import { isAlive, processStart } from '../../../src/files/process-alive.ts';

test('says whether a process is alive, and on Linux when it began', () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(1)).toBe(process.platform !== 'win32');
  for (const pid of [0, -1, 1.5, 2 ** 31 - 2]) expect(isAlive(pid)).toBe(false);
  if (process.platform === 'linux') expect(processStart(process.pid)).toMatch(/^\d+$/);
  expect(processStart(2 ** 31 - 2)).toBeUndefined();
});
