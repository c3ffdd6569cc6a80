import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { answerReader, dateOf, isForbidden, jsonOf, oneLine } from '../../../../src/adapters/shared/answers.ts';
import { MigratorError } from '../../../../src/errors.ts';

const schema = z.object({ name: z.string(), tasks: z.array(z.object({ id: z.number() })) });
const hint = 'check the URL';

test('an answer that fits its schema is read', () => {
  expect(answerReader(hint)(schema, { name: 'a', tasks: [], more: 1 }, 'api/x')).toEqual({ name: 'a', tasks: [] });
});

test.each([
  [{ name: 1, tasks: [{ id: 'x' }] }, 'the answer to api/x is not as expected at name, tasks.0.id'],
  [undefined, 'the answer to api/x is not as expected at the document'],
])('an answer that does not fit is refused with the places: %j', (body, message) => {
  const read = () => answerReader(hint)(schema, body, 'api/x');
  expect(read).toThrow(expect.objectContaining({ code: 'REMOTE_UNEXPECTED', message, hint }));
});

test('what the server says itself is quoted instead of the places', () => {
  const read = answerReader(hint, (body) => (body === 'busy' ? 'come back later' : undefined));
  expect(() => read(schema, 'busy', 'api/x')).toThrow('the answer to api/x says: come back later');
  expect(() => read(schema, 'idle', 'api/x')).toThrow('is not as expected at the document');
});

test('a text that is not JSON has no value', () => {
  expect([jsonOf('{"a":1}'), jsonOf('null'), jsonOf('<html>'), jsonOf('')]).toEqual([
    { a: 1 },
    null,
    undefined,
    undefined,
  ]);
});

test('only AUTH_REFUSED with status 403 lacks a right', () => {
  const errors = [
    new MigratorError('AUTH_REFUSED', 'no', { details: { status: 403 } }),
    new MigratorError('AUTH_REFUSED', 'no', { details: { status: 401 } }),
    new MigratorError('NOT_FOUND', 'no', { details: { status: 403 } }),
    new Error('no'),
  ];
  expect(errors.map(isForbidden)).toEqual([true, false, false, false]);
});

test('a Date header is read, and one that is none is left out', () => {
  expect(dateOf('Sat, 21 Nov 2026 01:16:56 GMT')).toEqual(new Date('2026-11-21T01:16:56Z'));
  expect([dateOf(undefined), dateOf('yesterday')]).toEqual([undefined, undefined]);
});

test('of a web page inside a message only the title is kept', () => {
  const page = '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>long</body></html>';
  expect(oneLine(`upstream said ${page}`)).toBe('upstream said a web page titled "502 Bad Gateway"');
  expect(oneLine('<html><body>x</body></html>')).toBe('a web page');
  expect(oneLine('a < b and c > d')).toBe('a < b and c > d');
});
