import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { MigratorError } from '../../src/errors.ts';
import { Secret } from '../../src/secret.ts';

describe('Secret', () => {
  const secret = new Secret('hunter2');

  test.each([
    ['String()', String(secret)],
    ['JSON', JSON.stringify({ secret })],
    ['inspect', inspect({ secret }, { depth: 5, showHidden: true })],
  ])('does not show its value in %s', (_, text) => {
    expect(text).not.toContain('hunter2');
    expect(text).toContain('***');
  });

  test('gives its value when it is asked to reveal it', () => {
    expect(secret.reveal()).toBe('hunter2');
  });
});

test('toThrowCode tells codes apart', async () => {
  await expect(Promise.reject(new MigratorError('USAGE', 'x'))).rejects.toMatchObject({ code: 'USAGE' });
  await expect(() => Promise.reject(new MigratorError('USAGE', 'x'))).toThrowCode('USAGE');
  await expect(() => Promise.reject(new MigratorError('USAGE', 'x'))).not.toThrowCode('CONFLICT');
});
