import { describe, expect, test } from '@jest/globals';
import { cleaningUp, discardExport, packageLeft, tellingLeft } from '../../../../src/core/steps/clean-up.ts';
import { type ErrorCode, MigratorError } from '../../../../src/errors.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import { never } from '../../../support/adapter-tools.ts';
import { recordingReporter } from '../../../support/ports.ts';

async function cleaned(work: () => Promise<string>): Promise<{ readonly removed: number; readonly ended: string }> {
  let removed = 0;
  const remove = () => {
    removed += 1;
    return Promise.resolve();
  };
  const ended = await cleaningUp(work, remove).catch((error: unknown) => (error as MigratorError).code);
  return { removed, ended };
}

const failing = (code: ErrorCode) => () => Promise.reject(new MigratorError(code, 'no'));

describe('what work needs on a server only for its own time', () => {
  test('is removed after it', async () => {
    expect(await cleaned(() => Promise.resolve('done'))).toEqual({ removed: 1, ended: 'done' });
  });

  test.each(['JOB_FAILED', 'AUTH_REFUSED', 'CONFLICT', 'REMOTE_UNEXPECTED'] as const)(
    'is removed when it fails with %s, and the error is passed on',
    async (code) => {
      expect(await cleaned(failing(code))).toEqual({ removed: 1, ended: code });
    },
  );

  test.each(['CANCELLED', 'STILL_RUNNING', 'REMOTE_UNREACHABLE', 'LOCAL_IO'] as const)(
    'stays after %s, because the run goes on',
    async (code) => {
      expect(await cleaned(failing(code))).toEqual({ removed: 0, ended: code });
    },
  );
});

test.each([
  ['the server gives only a part of a file', 'REMOTE_UNREACHABLE', { delivered: 2000 }, true],
  ['the server is not reached', 'REMOTE_UNREACHABLE', {}, false],
  ['this machine fails', 'LOCAL_IO', {}, true],
] as const)('when %s, the error tells what is left: %s %j %s', async (_, code, details, tells) => {
  const left = [{ instance: 'lab', what: 'the zip' }];
  const failing = () => Promise.reject(new MigratorError(code, 'it broke', { details }));
  const error = await tellingLeft(failing, () => Promise.resolve(left)).catch((failure: unknown) => failure);
  expect(error).toMatchObject({ code, message: 'it broke' });
  expect((error as MigratorError).details['left']).toEqual(tells ? left : undefined);
});

test('a package that is still in the feed is named with the command that removes it', async () => {
  const ref = { id: 'Acme', version: '1.0.0' };
  const holding = (held: boolean) => ({
    name: 'prod',
    adapter: { feed: { stat: () => Promise.resolve(held ? ref : undefined) } } as unknown as Adapter,
  });
  expect(await packageLeft(ref, holding(true), false, never)).toEqual([
    { instance: 'prod', what: 'package Acme 1.0.0', remove: 'migrator package delete Acme@1.0.0 --from prod' },
  ]);
  expect(await packageLeft(ref, holding(false), false, never)).toEqual([]);
  expect(await packageLeft(ref, holding(false), true, never)).toHaveLength(1);
});

describe('what an export left, with the consent of the user', () => {
  const job = { id: 'job-1', handle: 'memory:lab:job-1' };
  const cannot = () => {
    throw new MigratorError('USAGE', 'nobody is there');
  };

  async function discarding(answer: boolean | 'nobody', leftBy?: () => Promise<string>) {
    const discarded: string[] = [];
    const questions: string[] = [];
    const exports = {
      ...(leftBy === undefined ? {} : { leftBy }),
      discard: (id: string) => Promise.resolve(void discarded.push(id)),
    };
    const source = { name: 'lab', adapter: { product: 'memory', exports } as unknown as Adapter };
    const left = await discardExport(
      job,
      {
        source,
        reporter: recordingReporter(),
        consent: ({ text }) => {
          questions.push(text);
          return Promise.resolve(answer === true);
        },
        requireAnswerable: answer === 'nobody' ? cannot : () => undefined,
      },
      never,
    );
    return { left, discarded, questions };
  }
  const zip = () => Promise.resolve('the zip A.zip');

  test('is removed when the answer is yes, and the question names it', async () => {
    const { left, discarded, questions } = await discarding(true, zip);
    expect(questions).toEqual(['delete what the export left on lab: the zip A.zip?']);
    expect({ left, discarded }).toEqual({ left: [], discarded: ['job-1'] });
  });

  test.each([false, 'nobody'] as const)('stays and is told when the answer is %s', async (answer) => {
    const { left, discarded } = await discarding(answer, zip);
    expect({ left, discarded }).toEqual({ left: [{ instance: 'lab', what: 'the zip A.zip' }], discarded: [] });
  });

  test('that is gone already is neither asked about nor removed', async () => {
    const gone = () => Promise.reject(new MigratorError('NOT_FOUND', 'it is gone'));
    expect(await discarding(true, gone)).toEqual({ left: [], discarded: [], questions: [] });
  });

  test('is removed without a question where the adapter names nothing', async () => {
    const { discarded, questions } = await discarding('nobody');
    expect({ discarded, questions }).toEqual({ discarded: ['job-1'], questions: [] });
  });
});
