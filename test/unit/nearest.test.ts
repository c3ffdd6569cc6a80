import { describe, expect, test } from '@jest/globals';
import { nearest } from '../../src/nearest.ts';

describe('nearest', () => {
  const keys = ['instances', 'defaults', 'keys', 'http', 'adapters'];
  test.each([
    ['instnces', 'instances'],
    ['Instances', 'instances'],
    ['defualts', 'defaults'],
    ['key', 'keys'],
    ['htpp', 'http'],
    ['adaptor', 'adapters'],
    ['zebra', undefined],
    ['', undefined],
  ])('takes %j for %j', (word, meant) => expect(nearest(word, keys)).toBe(meant));

  test('takes a plural in "ies" for its singular', () =>
    expect(nearest('retry', ['timeout', 'retries'])).toBe('retries'));

  test.each([
    ['envs', 'environment'],
    ['proj', 'project'],
    ['certs', 'certificate'],
    ['us', undefined],
  ])('takes the beginning %j, also of a plural', (word, meant) =>
    expect(nearest(word, ['project', 'environment', 'certificate', 'user'])).toBe(meant),
  );

  test('takes the nearer of two candidates', () => expect(nearest('prob', ['prod', 'probe'])).toBe('prod'));
});
