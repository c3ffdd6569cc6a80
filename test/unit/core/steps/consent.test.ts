import { describe, expect, test } from '@jest/globals';
import { questionBefore, requireConsent, type Question } from '../../../../src/core/steps/consent.ts';
import type { PlanItem } from '../../../../src/ports/plan.ts';

const item = (action: PlanItem['action'], kind = 'device', asked?: true): PlanItem => ({
  kind,
  name: 'a',
  action,
  ...(asked && { asked }),
});
const before = (change: Partial<Parameters<typeof questionBefore>[0]>) =>
  questionBefore({ target: 'prod', plan: [], consent: undefined, overwrites: false, ...change });

describe('the question before a target is changed', () => {
  test('is not asked when nothing is overwritten or deleted', () => {
    expect(before({ plan: [item('create'), item('unchanged'), item('keep'), item('beside')] })).toBeUndefined();
    expect(before({ plan: undefined })).toBeUndefined();
  });

  test('counts what is overwritten and deleted by kind', () => {
    const plan = [item('overwrite'), item('overwrite'), item('overwrite', 'link'), item('delete', 'task')];
    expect(before({ plan })).toEqual({
      text: 'overwrite 2 devices, 1 link and delete 1 task on prod?',
      needs: 'answer',
    });
  });

  test('says that a plan by names does not show all', () => {
    const plan = [item('overwrite', 'project', true)];
    expect(before({ plan, whole: false })?.text).toBe('overwrite 1 project, with whatever they share, on prod?');
  });

  test('about overwriting needs an allowance until every item has one', () => {
    const some = [item('overwrite', 'device', true), item('overwrite')];
    expect(before({ plan: some })?.needs).toBe('allowance');
    expect(before({ plan: some.slice(0, 1) })?.needs).toBe('terminal');
  });

  test('about deleting needs an answer, whatever is allowed', () => {
    expect(before({ plan: [item('delete', 'task', true)] })?.needs).toBe('answer');
  });

  test('of an adapter needs an answer, but for one about overwriting that is allowed', () => {
    expect(before({ consent: 'empty it?' })).toEqual({ text: 'empty it?', needs: 'answer' });
    expect(before({ consent: { question: 'all of it?', allowed: false } })?.needs).toBe('allowance');
    expect(before({ consent: { question: 'all of it?', allowed: true } })?.needs).toBe('terminal');
    expect(before({ consent: { question: 'all of it?' } })?.needs).toBe('answer');
    const mixed = before({ plan: [item('overwrite')], consent: { question: 'all of it?', allowed: true } });
    expect(mixed).toEqual({ text: 'overwrite 1 device on prod; all of it?', needs: 'allowance' });
  });

  test('is asked on a terminal when nobody can tell what an overwrite hits', () => {
    expect(before({ plan: undefined, overwrites: true })).toEqual({
      text: 'overwrite whatever is there already on prod?',
      needs: 'terminal',
    });
  });
});

test('no is CANCELLED, and nothing is asked without a question', async () => {
  const asked: Question[] = [];
  const answering = (answer: boolean) => ({
    consent: (question: Question) => {
      asked.push(question);
      return Promise.resolve(answer);
    },
  });
  await requireConsent(undefined, 'refused', answering(false));
  expect(asked).toEqual([]);
  const question = { text: 'sure?', needs: 'answer' } as const;
  await requireConsent(question, 'refused', answering(true));
  await expect(() => requireConsent(question, 'it was not started', answering(false))).toThrowCode('CANCELLED');
  expect(asked).toHaveLength(2);
});
