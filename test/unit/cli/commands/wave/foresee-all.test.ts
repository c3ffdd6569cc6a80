import { covers } from '../../../../../src/cli/commands/allowed.ts';
import { describe, expect, it } from '@jest/globals';
import { foreseeAll, questionForAll, type ForeseenItem } from '../../../../../src/cli/commands/wave/foresee-all.ts';
import { MigratorError } from '../../../../../src/errors.ts';
import type { Runner } from '../../../../../src/ports/runner.ts';

const item = (id: string, more: Partial<ForeseenItem> = {}): ForeseenItem => ({
  id,
  counts: { create: 1 },
  whole: true,
  ...more,
});
const overwrites = { counts: { overwrite: 2 }, question: 'overwrite 2 projects on prod?', needs: 'allowance' } as const;

describe('what a wave would do', () => {
  it('is asked in one question, which needs the most that one of the items needs', () => {
    expect(questionForAll([item('a'), item('b')])).toBeUndefined();
    expect(questionForAll([item('a'), item('b', overwrites)])).toEqual({
      text: '1 item of 2 would change what is there already (in all: overwrite 2, create 1). b: overwrite 2 projects on prod? Go on?',
      needs: 'allowance',
    });
    const deletes = item('c', { counts: { delete: 1 }, question: 'delete 1 link?', needs: 'answer' });
    expect(questionForAll([item('b', overwrites), deletes, item('d', overwrites), item('e', overwrites)])).toEqual({
      text: expect.stringMatching(/^4 items of 4 .*overwrite 6, delete 1\)\. b: .* and 1 more Go on\?$/u),
      needs: 'answer',
    });
  });

  it('does not cover more than was agreed to', () => {
    expect(covers('terminal', 'allowance')).toBe(false);
    expect(covers('allowance', 'answer')).toBe(false);
    expect(covers('answer', 'allowance')).toBe(true);
    expect(covers('allowance', 'terminal')).toBe(true);
  });

  it('is told for all items, also when some of them cannot be done', async () => {
    const runner = {
      foresee: ({ id }: { readonly id: string }) =>
        id === 'b'
          ? Promise.reject(new MigratorError('NOT_FOUND', 'there is no project b', { hint: 'look' }))
          : Promise.resolve({ counts: { create: 1 }, whole: true }),
    } as unknown as Runner;
    const works = ['a', 'b', 'c'].map((id) => ({ id, project: id, from: 'lab', to: 'prod', flags: {} }));
    expect(await foreseeAll(works, runner, new AbortController().signal)).toEqual([
      item('a'),
      {
        id: 'b',
        counts: {},
        whole: true,
        fault: { code: 'NOT_FOUND', message: 'there is no project b', hint: 'look' },
      },
      item('c'),
    ]);
    const stop = { foresee: () => Promise.reject(new MigratorError('CANCELLED', 'interrupted')) } as unknown as Runner;
    await expect(foreseeAll(works, stop, new AbortController().signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
