import { describe, expect, test } from '@jest/globals';
import { renderReport, reportFormatOf, reportFormats, reportMark } from '../../../src/report/index.ts';
import { madeUpRun } from '../../support/made-up-reports.ts';

describe('the forms of a report', () => {
  test.each([
    ['run.html', 'html'],
    ['RUN.HTML', 'html'],
    ['a.b/run.md', 'md'],
    ['run.json', 'json'],
    ['run.xml', 'xml'],
    ['run.htm', undefined],
    ['html', undefined],
    ['-', undefined],
    ['run.', undefined],
  ])('the name %s asks for %s', (name, format) => expect(reportFormatOf(name)).toBe(format));

  test.each(reportFormats)('a file .%s has the mark of a report in its first bytes', (format) => {
    const text = renderReport(madeUpRun(), format);
    expect(Buffer.from(text).subarray(0, 512).includes(reportMark)).toBe(true);
    expect(text.endsWith('\n')).toBe(true);
  });

  test('the JSON form is the document itself', () => {
    expect(JSON.parse(renderReport(madeUpRun(), 'json'))).toEqual(JSON.parse(JSON.stringify(madeUpRun())));
  });
});
