import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { fc } from '../../../support/property.ts';
import { isCommon, Redactor } from '../../../../src/cli/secrets/redactor.ts';
import { Secret } from '../../../../src/secret.ts';

function redactorOf(...secrets: readonly string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(new Secret(secret));
  return redactor;
}

const secret = 'p@ss w/rd+"<é>&\\';

describe('forms of a secret', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  test.each([
    ['plain', secret],
    ['encodeURIComponent', encodeURIComponent(secret)],
    ['lower-case hex', encodeURIComponent(secret).toLowerCase()],
    ['form encoding', new URLSearchParams({ secret }).toString()],
    ['encodeURI', encodeURI(secret)],
    ['encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['every byte encoded', [...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join('')],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['JSON with escaped slashes', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
    ['JSON in ASCII', 'p@ss w/rd+\\"<\\u00e9>&\\\\'],
    ['JSON safe for HTML', 'p@ss w/rd\\u002B\\u0022\\u003C\\u00E9\\u003E\\u0026\\\\'],
    ['HTML', 'p@ss w/rd+&quot;&lt;é&gt;&amp;\\'],
    ['HTML by number', 'p@ss w/rd+&#34;&#x3c;é&#x3E;&#38;&#92;'],
    ['hex', Buffer.from(secret).toString('hex')],
    ['upper-case hex', Buffer.from(secret).toString('hex').toUpperCase()],
    ['base64', base64(secret)],
    ['base64url', Buffer.from(secret).toString('base64url')],
    ['base64 in a URL', encodeURIComponent(base64(secret))],
    ['base64 in JSON', base64(secret).replaceAll('/', '\\/')],
  ])('%s', (_, form) => {
    const redacted = redactorOf(secret).redact(`before ${form} after`);
    expect(redacted).toContain('***');
    expect(redacted.startsWith('before ')).toBe(true);
    expect(redacted.endsWith(' after')).toBe(true);
    expect(redacted).not.toContain(form.slice(2, -2));
  });

  test.each(['', 'a', 'ab', 'abc', 'user:', 'admin:x'])(
    'a secret in base64 after %j and before any text is masked',
    (prefix) => {
      for (const suffix of ['', 'z', 'zz', 'zzz']) {
        const header = Buffer.from(`${prefix}${secret}${suffix}`).toString('base64');
        const redacted = redactorOf(secret).redact(`Authorization: Basic ${header}`);
        expect(redacted).toContain('***');
        const rest = redacted.replace('Authorization: Basic ', '').split('***');
        // The rest of the header decodes to no part of the secret.
        for (const piece of rest) expect(Buffer.from(piece, 'base64').toString()).not.toContain(secret.slice(0, 3));
        expect(rest.join('').length).toBeLessThanOrEqual(
          Buffer.from(`${prefix}${suffix}`).toString('base64').length + 4,
        );
      }
    },
  );
});

describe('Redactor', () => {
  test('without a secret, text is not changed', () => expect(new Redactor().redact('text')).toBe('text'));

  test('masks several secrets, the longest first', () => {
    expect(redactorOf('abcd', 'abcdefgh').redact('x abcdefgh y abcd z')).toBe('x *** y *** z');
  });

  test('masks overlapping secrets with one mask', () => {
    expect(redactorOf('abcdef', 'defghi').redact('<abcdefghi>')).toBe('<***>');
    expect(redactorOf('aaaa').redact('aaaaaa')).toBe('***');
  });

  test('a very short secret is masked only as a separate word', () => {
    expect(redactorOf('ab').redact('ab cab ab, {"k":"ab"} abc')).toBe('*** cab ***, {"k":"***"} abc');
    expect(redactorOf('').redact('text')).toBe('text');
    expect(redactorOf('1').redactValue({ exitCode: 1 })).toEqual({ exitCode: 1 });
  });

  test('lines of a long secret are masked one by one', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\nBCIEIHcHbQpzGKV9\n-----END PRIVATE KEY-----\n';
    const redactor = redactorOf(key);
    expect(redactor.redact('line: MC4CAQAwBQYDK2Vw')).toBe('line: ***');
    expect(redactor.redact(`all: ${JSON.stringify(key.trim())}`)).toBe('all: "***"');
    expect(redactor.redact('-----BEGIN PRIVATE KEY-----')).toContain('BEGIN');
  });

  test('a secret from a file is also masked without its line end', () => {
    expect(redactorOf('hunter2!\n').redact('it is hunter2!')).toBe('it is ***');
  });

  test('redactValue masks text for people, and neither facts nor keys', () => {
    const redactor = redactorOf('hunter2', '123456');
    const cycle: Record<string, unknown> = { name: 'hunter2', text: 'hunter2' };
    cycle['self'] = cycle;
    expect(
      redactor.redactValue({
        warnings: ['x hunter2 y', 7, true, null],
        hunter2: { reason: 'not hunter2', id: 'hunter2-4' },
        handle: 'octopus:hunter2:ServerTasks-1',
        n: 123456,
        big: 5n,
        s: new Secret('other'),
        d: new Date(0),
        cycle,
      }),
    ).toEqual({
      warnings: ['x *** y', 7, true, null],
      hunter2: { reason: 'not ***', id: 'hunter2-4' },
      handle: 'octopus:hunter2:ServerTasks-1',
      n: 123456,
      big: '5',
      s: '***',
      d: '1970-01-01T00:00:00.000Z',
      cycle: { name: 'hunter2', text: '***', self: '[circular]' },
    });
  });

  test('a fact stays whole in a text, and the secret is masked everywhere else', () => {
    const redactor = redactorOf('Tasks', 'octopus');
    redactor.keep('octopus:lab:ServerTasks-192');
    redactor.keepFacts({ version: 'octopus', message: 'my Tasks', file: '/octopus/a.tar' });
    expect(redactor.redact('octopus:lab:ServerTasks-192 in /octopus/a.tar: Tasks of octopus, my Tasks')).toBe(
      'octopus:lab:ServerTasks-192 in /octopus/a.tar: *** of ***, my ***',
    );
  });

  test.each([
    ['of one line', randomBytes(48 * 1024).toString('base64')],
    ['of one letter', 'A'.repeat(64 * 1024)],
    ['of many lines', Array.from({ length: 900 }, () => randomBytes(36).toString('base64')).join('\n')],
  ])('a secret of 64 KiB %s is masked in all forms', (_, secret) => {
    const redactor = redactorOf(secret);
    for (const form of [
      secret,
      JSON.stringify(secret),
      encodeURIComponent(secret),
      Buffer.from(`x:${secret}`).toString('base64'),
      Buffer.from(secret).toString('hex'),
    ]) {
      const redacted = redactor.redact(`before ${form} after`);
      expect(redacted.length).toBeLessThan(60);
      expect(redacted).toMatch(/^before .*\*\*\*.* after$/u);
    }
  });

  test('a long part of a secret that a server cut off is masked', () => {
    const long = randomBytes(3000).toString('base64');
    expect(redactorOf(long).redact(`bad value "${long.slice(0, 200)}…`)).toBe('bad value "***…');
  });

  test('a secret in JSON that is inside JSON is masked', () => {
    const value = 'a"b\\c\nd/e';
    const twice = JSON.stringify({ body: JSON.stringify({ value }) });
    expect(redactorOf(value).redact(twice)).toBe(String.raw`{"body":"{\"value\":\"***\"}"}`);
  });

  test.each([
    ['Tasks', true],
    ['octopus', true],
    ['1.0.0', true],
    ['Summer2026', true],
    ['x!9', true],
    ['correct horse battery staple', false],
    ['API-ABCDEFGHIJKLMNOPQRSTUVWX', false],
    ['hunter2!pw', false],
  ])('whether %s may stand in output by chance: %s', (value, common) => {
    expect(isCommon(new Secret(value))).toBe(common);
  });

  test('a secret that is added later is masked too', () => {
    const redactor = redactorOf('first-one');
    expect(redactor.redact('second-one')).toBe('second-one');
    redactor.add(new Secret('second-one'));
    expect(redactor.redact('first-one second-one')).toBe('*** ***');
  });

  test('any secret is masked in any text and any form', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4, unit: 'grapheme' }).filter((text) => text.trim().length >= 4),
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom<(text: string) => string>(
          (text) => text,
          encodeURIComponent,
          (text) => JSON.stringify(text).slice(1, -1),
          (text) => Buffer.from(text).toString('base64'),
          (text) => Buffer.from(text).toString('hex'),
        ),
        (value, around, form) => {
          const redacted = redactorOf(value).redact(`${around}${form(value)}${around}`);
          expect(redacted).toContain('***');
          expect(redacted).not.toContain(form(value));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a megabyte of log without a secret is not changed', () => {
    const secrets = Array.from({ length: 20 }, (_, index) => `API-${String(index).repeat(4)}ABCDEFGHIJKLMNOPQRSTUVWX`);
    const redactor = redactorOf(...secrets);
    const text = 'The task API log line 42 went on without any trouble: 7f3a9b0c==\n'.repeat(16_000);
    expect(redactor.redact(text)).toBe(text);
  });
});
