import { describe, expect, test } from '@jest/globals';
import {
  briefHandle,
  formatHandle,
  handleIn,
  handleOf,
  parseHandle,
  stepsWith,
  wholeId,
} from '../../../src/core/job-handle.ts';
import type { Instance } from '../../../src/core/instance.ts';
import { river } from '../../support/moving-adapter.ts';

describe('job handles', () => {
  test.each([
    ['octopus:prod:ServerTasks-1234', { product: 'octopus', instance: 'prod', id: 'ServerTasks-1234' }],
    ['microstrategy:b:AAAA:BBBB', { product: 'microstrategy', instance: 'b', id: 'AAAA:BBBB' }],
    [
      'octopus:lab:ServerTasks-7/Acme.Move@1.0.0-x',
      { product: 'octopus', instance: 'lab', id: 'ServerTasks-7/Acme.Move@1.0.0-x' },
    ],
  ])('%s is parsed and printed unchanged', (text, parts) => {
    expect(parseHandle(text)).toEqual(parts);
    expect(formatHandle(parts)).toBe(text);
  });

  test.each(['', 'ServerTasks-1', 'octopus:prod', 'octopus:prod:', ':prod:x', 'octopus:a b:c', 'Octopus:prod:x'])(
    'refuses %p',
    async (text) => {
      await expect(() => parseHandle(text)).toThrowCode('USAGE');
    },
  );
});

describe('short handles', () => {
  /** Ids are `job-1/more`; the part before the slash is enough. */
  const adapter = { product: 'river', jobs: { shortId: (id: string) => id.split('/')[0] ?? id } };
  const prod = { name: 'prod', adapter } as unknown as Instance;
  const whole = { name: 'prod', adapter: { product: 'river', jobs: {} } } as unknown as Instance;

  test('people see the part of the id that is enough, where the product has one', () => {
    expect(handleOf(prod, 'job-1/Web.Shop@1')).toBe('river:prod:job-1');
    expect(handleOf(whole, 'job-1/Web.Shop@1')).toBe('river:prod:job-1/Web.Shop@1');
  });

  test.each([['river:prod:job-1'], ['river:prod:job-1/Web.Shop@1']])(
    'a run that noted %s is found by the short and by the whole id',
    (handle) => {
      const record = { jobs: [handle], facts: { 'export.job': 'job-1/Web.Shop@1' } };
      for (const id of ['job-1', 'job-1/Web.Shop@1']) {
        expect(handleIn(record, id, prod)).toBe(handle);
        expect(stepsWith(record, id, prod)).toEqual(['export']);
      }
      expect(wholeId('job-1', prod, [record])).toBe('job-1/Web.Shop@1');
      expect(handleIn(record, 'job-11', prod)).toBeUndefined();
    },
  );

  test('a job of another instance, or of another product under the same name, is another job', () => {
    const facts = { 'export.job': 'job-1/Web.Shop@1' };
    for (const handle of ['river:lab:job-1', 'acme:prod:job-1']) {
      expect(handleIn({ jobs: [handle] }, 'job-1', prod)).toBeUndefined();
      expect(wholeId('job-1', prod, [{ jobs: [handle], facts }])).toBe('job-1');
    }
  });

  test('a whole id is taken at its word, and a job that nobody knows stays as it is typed', () => {
    const record = { jobs: ['river:prod:job-1'], facts: { 'export.job': 'job-1/Web.Shop@1' } };
    expect(wholeId('job-1/Other@2', prod, [record])).toBe('job-1/Other@2');
    expect(wholeId('job-2', prod, [record])).toBe('job-2');
  });

  test('what a product calls a job is enough when one job alone is called so', () => {
    const token = '0a1b2c3d-1111-2222-3333-444455556666';
    const jobs = [`river:prod:move,${token},20261121T020832000Z,lab,/A/B/C,/D/E/F,-`];
    expect(wholeId(token, whole, [{ jobs, facts: {} }])).toBe(jobs[0]?.slice('river:prod:'.length));
    const marked = ['river:prod:AAAA0000:BBBB0000/export', 'river:prod:AAAA0000:BBBB0000/undo'];
    expect(wholeId('AAAA0000:BBBB0000', whole, [{ jobs: marked.slice(0, 1), facts: {} }])).toBe(
      'AAAA0000:BBBB0000/export',
    );
    expect(wholeId('AAAA0000:BBBB0000', whole, [{ jobs: marked, facts: {} }])).toBe('AAAA0000:BBBB0000');
  });
});

describe('briefHandle', () => {
  const one = 'river:prod:export,20261128T213726553Z,Shop@1.0.0,/Acme/Finance/Shop';
  const other = 'river:prod:export,20261128T213726554Z,Shop@1.0.0,/Acme/Finance/Shop';
  const prod: Instance = { name: 'prod', adapter: { ...river().adapter } };

  test('is one word of a long id, and wholeId completes it', () => {
    const brief = briefHandle(one, [one, other]);
    expect(brief).toBe('river:prod:20261128T213726553Z');
    const records = [{ jobs: [one, other], facts: {} }];
    expect(formatHandle({ ...parseHandle(one), id: wholeId(parseHandle(brief).id, prod, records) })).toBe(one);
  });

  test('stays whole where each word is of another job too, and where it is one word', () => {
    expect(briefHandle('river:prod:Finance1/x', ['river:prod:Finance1/x', 'river:prod:Finance1/y'])).toBe(
      'river:prod:Finance1/x',
    );
    expect(briefHandle('river:prod:Tasks-76', ['river:prod:Tasks-76'])).toBe('river:prod:Tasks-76');
  });
});
