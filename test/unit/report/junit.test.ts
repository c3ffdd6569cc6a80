import { describe, expect, test } from '@jest/globals';
import { renderJunit } from '../../../src/report/junit.ts';
import { madeUpRun, madeUpWave } from '../../support/made-up-reports.ts';

interface Counted {
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
}

const numbers = (tag: string): Counted => {
  const of = (name: string) => Number(new RegExp(`${name}="(\\d+)"`, 'u').exec(tag)![1]);
  return { tests: of('tests'), failures: of('failures'), skipped: of('skipped') };
};

/** What the elements say, against what their attributes say. A browser reads the same text in test/e2e/report-page.test.ts. */
function counted(xml: string): { readonly said: Counted; readonly there: Counted } {
  const count = (pattern: RegExp) => [...xml.matchAll(pattern)].length;
  return {
    said: numbers(/<testsuites [^>]*>/u.exec(xml)![0]),
    there: { tests: count(/<testcase /gu), failures: count(/<failure /gu), skipped: count(/<skipped /gu) },
  };
}

describe('the report as JUnit XML', () => {
  const xml = renderJunit(madeUpRun());

  test('has a test case for the run, for each project and thing, and for each difference, and counts them', () => {
    const { said, there } = counted(xml);
    expect(said).toEqual(there);
    // The error, the project, the thing that failed, the thing that was skipped although it may differ, the difference.
    expect(there).toEqual({ tests: 8, failures: 5, skipped: 1 });
  });

  test('gives a failure its code and its message', () => {
    expect(xml).toContain('<failure type="JOB_FAILED" message="the import failed: &lt;script&gt;');
    expect(xml).toContain('<failure type="failed" message="failed: the name is taken | by `another`">');
    expect(xml).toContain('<skipped message="skipped"/>');
  });

  test('holds no character that XML forbids', () => {
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/u);
    expect(xml).toContain('Prod\\x00\\x1b[31m');
    const lone = madeUpRun({ warnings: ['half \ud83d of a pair, a whole one \ud83d\ude00 and \uffff'] });
    expect(renderJunit(lone)).toContain('half \ufffd of a pair, a whole one 😀 and \ufffd');
  });

  test('a run in which all is well has no failure', () => {
    const { run } = madeUpRun();
    const well = madeUpRun({
      error: undefined,
      run: {
        ...run!,
        projects: [],
        comparison: undefined,
        changes: [{ kind: 'project', name: 'A', became: 'created' }],
      },
    });
    expect(counted(renderJunit(well)).there).toEqual({ tests: 2, failures: 0, skipped: 0 });
  });

  test('a wave has a suite for each of its waves and a test case for each project', () => {
    const wave = renderJunit(madeUpWave({ items: 100 }));
    const { said, there } = counted(wave);
    expect(said).toEqual(there);
    expect(there).toEqual({ tests: 100, failures: 4 + 3, skipped: 4 + 6 });
    expect([...wave.matchAll(/<testsuite name="(\w+)"/gu)].map(([, name]) => name)).toEqual(['shared', 'shop']);
    expect(wave).toContain(
      '<failure type="JOB_FAILED" message="the import octopus:prod:ServerTasks-12 failed: the feed is full">',
    );
    expect(wave).toContain('<skipped message="postponed: no item starts after 04:00"/>');
  });
});
