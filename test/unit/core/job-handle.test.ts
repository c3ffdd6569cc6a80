import { describe, expect, test } from '@jest/globals';
import { formatHandle, parseHandle } from '../../../src/core/job-handle.ts';

describe('job handles', () => {
  test.each([
    ['octopus:prod:ServerTasks-1234', { product: 'octopus', instance: 'prod', id: 'ServerTasks-1234' }],
    ['microstrategy:b:AAAA:BBBB', { product: 'microstrategy', instance: 'b', id: 'AAAA:BBBB' }],
    [
      'octopus:lab:ServerTasks-7/Acme.Move@1.0.0-x',
      { product: 'octopus', instance: 'lab', id: 'ServerTasks-7/Acme.Move@1.0.0-x' },
    ],
  ])('%s is parsed and printed unchanged', (text, parts) => {
    expect(parseHandle(text)).toEqual(parts);
    expect(formatHandle(parts)).toBe(text);
  });

  test.each(['', 'ServerTasks-1', 'octopus:prod', 'octopus:prod:', ':prod:x', 'octopus:a b:c', 'Octopus:prod:x'])(
    'refuses %p',
    async (text) => {
      await expect(() => parseHandle(text)).toThrowCode('USAGE');
    },
  );
});
