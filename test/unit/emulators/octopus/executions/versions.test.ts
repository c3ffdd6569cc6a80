import { describe, expect, test } from '@jest/globals';
import { nextVersion } from '../../../../../src/emulators/octopus/executions/versions.ts';

const template = (...names: string[]) => names.map((name) => `#{Octopus.Version.${name}}`).join('.');

describe('the next version', () => {
  test.each([
    [template('LastMajor', 'LastMinor', 'NextPatch'), undefined, '0.0.1'],
    [template('LastMajor', 'LastMinor', 'NextPatch'), '1.2.3', '1.2.4'],
    [template('LastMajor', 'NextMinor') + '.0', 'v1.9.3-beta.2', '1.10.0'],
    [template('NextMajor') + '.0.0', '9', '10.0.0'],
    [template('LastMajor', 'LastMinor', 'LastBuild', 'NextRevision'), '1.2.3', '1.2.3.1'],
    ['2.0.#{Octopus.Date.Year}', '1.0.0', '2.0.0'],
    ['7.7.7', '1.0.0', '7.7.7'],
  ])('by the template %s after %s is %s', (text, last, next) => {
    expect(nextVersion(text, last)).toBe(next);
  });
});
