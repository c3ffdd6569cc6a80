import { describe, expect, test } from '@jest/globals';
import { exitCodeOf, exitCodeOfOutcome, exitCodes } from '../../../src/cli/exit-codes.ts';
import { asInterruption, explain } from '../../../src/cli/explain.ts';
import { errorCodes, isMigratorError, MigratorError } from '../../../src/errors.ts';
import { documentSchema } from '../../support/documents.ts';

const quietly = { debug: false };

describe('explain', () => {
  test.each([
    ['REMOTE_UNREACHABLE', true, exitCodes.refused],
    ['REMOTE_UNEXPECTED', true, exitCodes.refused],
    ['REMOTE_UNREACHABLE', undefined, exitCodes.remote],
    ['CONFLICT', true, exitCodes.conflict],
  ] as const)('%s with hopeless %p has exit code %p', (code, hopeless, exitCode) => {
    expect(explain(new MigratorError(code, 'it failed', { details: { hopeless } }), quietly).exitCode).toBe(exitCode);
  });

  test.each([
    [{ code: 'EMFILE', syscall: 'open', path: '/x/y' }, /^cannot use \/x\/y: too many files are open$/u, /ulimit -n/u],
    [{ code: 'ENOSPC', syscall: 'write' }, /^cannot use write: no space is left on the disk$/u, /free some space/u],
    [{ code: 'EROFS', path: '/ro/z' }, /^cannot use \/ro\/z: the file system is read-only$/u, undefined],
  ])('an error of the operating system that nobody named is LOCAL_IO: %j', (given, message, hint) => {
    const { exitCode, document } = explain(Object.assign(new Error('raw words'), given), quietly);
    expect({ exitCode, document }).toMatchObject({
      exitCode: exitCodes.localIo,
      document: { code: 'LOCAL_IO', message: expect.stringMatching(message) },
    });
    if (hint !== undefined) expect(document['hint']).toMatch(hint);
  });

  test('an error with a code that is none of the operating system is a bug', () => {
    const error = Object.assign(new Error('odd'), { code: 'ERR_INVALID_ARG_TYPE' });
    expect(explain(error, quietly).exitCode).toBe(exitCodes.bug);
  });

  test('a fault in code that the rc file names is told as one of that file, and not of migrator', () => {
    const error = Object.assign(new TypeError('x is not a function'), {
      stack:
        'TypeError: x is not a function\n    at Object.start (file:///adapters/acme.mjs:87:7)\n    at run (file:///a/b.js:1:1)',
    });
    expect(explain(error, quietly)).toMatchObject({ exitCode: exitCodes.bug });
    expect(explain(error, quietly).lines.at(-1)).toMatch(
      /^migrator: hint: this is a bug in .adapters.acme\.mjs, which migrator /u,
    );
    expect(explain(new TypeError('own'), quietly).lines.at(-1)).toMatch(/^migrator: hint: this is a bug in migrator /u);
  });

  test.each(errorCodes)('%s has a message, a hint, a document and an exit code that agree', (code) => {
    const error = new MigratorError(code, 'the thing failed', { hint: 'do that', details: { thing: 1 } });
    const { exitCode, lines, document } = explain(error, quietly);
    expect(lines).toEqual(['migrator: error: the thing failed', 'migrator: hint: do that']);
    expect(exitCode).toBe(exitCodeOf(code));
    expect(document).toMatchObject({
      code,
      exitCode,
      message: 'the thing failed',
      hint: 'do that',
      details: { thing: 1 },
    });
    expect(documentSchema('error').safeParse(document).error).toBeUndefined();
  });

  test.each([
    [400, exitCodes.refused],
    [413, exitCodes.refused],
    [422, exitCodes.refused],
    [408, exitCodes.remote],
    [500, exitCodes.remote],
    [undefined, exitCodes.remote],
  ])('a server that answers %p ends with exit code %i', (status, expected) => {
    const error = new MigratorError('REMOTE_UNEXPECTED', 'x', { details: { status } });
    const { exitCode, document } = explain(error, quietly);
    expect(exitCode).toBe(expected);
    expect(document['exitCode']).toBe(expected);
  });

  test('an error without a hint prints no hint', () => {
    expect(explain(new MigratorError('USAGE', 'x'), quietly).lines).toEqual(['migrator: error: x']);
  });

  test.each([new TypeError('x is not a function'), 'a text', undefined, { code: 'USAGE' }])(
    'any other value is reported as a bug, with the facts that a bug report needs: %p',
    (thrown) => {
      const { exitCode, lines, document } = explain(thrown, quietly);
      expect(exitCode).toBe(exitCodes.bug);
      expect(lines.at(-1)).toMatch(/bug in migrator \d+\.\d+\.\d+ \(Node v/);
      expect(documentSchema('error').safeParse(document).error).toBeUndefined();
    },
  );

  test('an error of another copy of the class is recognised', () => {
    const foreign = Object.assign(new Error('no such thing'), {
      name: 'MigratorError',
      code: 'NOT_FOUND',
      details: {},
    });
    expect(isMigratorError(foreign, 'NOT_FOUND')).toBe(true);
    expect(isMigratorError(foreign, 'USAGE')).toBe(false);
    const { exitCode, document } = explain(foreign, quietly);
    expect(exitCode).toBe(exitCodes.usage);
    expect(documentSchema('error').safeParse(document).error).toBeUndefined();
    expect(isMigratorError(Object.assign(new Error('x'), { name: 'MigratorError', code: 'MADE_UP' }))).toBe(false);
  });

  test('--debug adds the stack and the causes, and stops at circular causes', () => {
    const inner = new Error('the socket closed');
    const outer = new MigratorError('REMOTE_UNREACHABLE', 'gone', { cause: inner });
    inner.cause = outer;
    const { lines } = explain(outer, { debug: true });
    expect(lines.join('\n')).toContain('caused by: Error: the socket closed');
    expect(lines.length).toBeLessThan(200);
  });
});

describe('asInterruption', () => {
  test('after an abort a foreign error becomes CANCELLED; our own errors stay, and so do errors without an abort', () => {
    const abort = new DOMException('This operation was aborted', 'AbortError');
    expect(asInterruption(abort, AbortSignal.abort())).toMatchObject({ code: 'CANCELLED', cause: abort });
    expect(asInterruption(abort, new AbortController().signal)).toBe(abort);
    const own = new MigratorError('CONFLICT', 'x');
    expect(asInterruption(own, AbortSignal.abort())).toBe(own);
  });
});

describe('exit codes', () => {
  test('never change', () => {
    expect(exitCodes).toEqual({
      ...{ done: 0, bug: 1, usage: 2, partial: 3, refused: 4, remote: 5, package: 6, conflict: 7, jobFailed: 8 },
      ...{ stillRunning: 9, localIo: 10, interrupted: 130 },
    });
  });

  test('every outcome except partial has the exit code of done', () => {
    expect(['done', 'partial', 'started', 'created'].map((outcome) => exitCodeOfOutcome(outcome))).toEqual([
      0, 3, 0, 0,
    ]);
  });
});
