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

describe('a secret that can be fetched again', () => {
  test('is new in all its forms, and is fetched once for several who ask at the same time', async () => {
    let count = 0;
    const token = new Secret('old').renewedBy(() => Promise.resolve(`new ${++count}`));
    const header = token.as((value) => `Bearer ${value}`);
    expect(header.reveal()).toBe('Bearer old');
    expect(await Promise.all([header.renew(), token.renew()])).toEqual([true, true]);
    expect([token.reveal(), header.reveal()]).toEqual(['new 1', 'Bearer new 1']);
    expect(inspect(header)).toContain('***');
  });

  test('tells that it is the same, and that there is no way to fetch it', async () => {
    expect(await new Secret('same').renewedBy(() => Promise.resolve('same')).renew()).toBe(false);
    expect(await new Secret('alone').renew()).toBe(false);
  });
});

test('toThrowCode tells codes apart', async () => {
  await expect(Promise.reject(new MigratorError('USAGE', 'x'))).rejects.toMatchObject({ code: 'USAGE' });
  await expect(() => Promise.reject(new MigratorError('USAGE', 'x'))).toThrowCode('USAGE');
  await expect(() => Promise.reject(new MigratorError('USAGE', 'x'))).not.toThrowCode('CONFLICT');
});
