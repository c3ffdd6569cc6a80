import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkReportFile, reportFile, writeReportFile } from '../../../../src/cli/reporting/report-file.ts';
import { noRoot, posix, testWith } from '../../../support/programs.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

const inFolder = (work: (file: (name: string) => ReturnType<typeof reportFile>, folder: string) => Promise<void>) =>
  withTempDir((folder) => work((name) => reportFile(name, '--report', folder), folder));

describe('the name of a report', () => {
  test.each(['run.pdf', 'run', '-', 'run.html.gz'])('%s is refused with the forms that there are', (name) => {
    expect(() => reportFile(name, 'MIGRATOR_REPORT', '/x')).toThrow(/^MIGRATOR_REPORT.*no name for a report/u);
  });
});

describe('the file of a report', () => {
  test('is looked at before the work, and nothing is left of the look', () =>
    inFolder(async (file, folder) => {
      await checkReportFile(file('run.html'));
      expect(await readdir(folder)).toEqual([]);
    }));

  test('a folder that does not exist is a mistake of the command line', () =>
    inFolder(async (file) => {
      await expect(checkReportFile(file('no/run.html'))).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringMatching(/folder .* does not exist/u),
      });
    }));

  test('a folder of that name is one too', () =>
    inFolder(async (file, folder) => {
      await mkdir(join(folder, 'run.html'));
      await expect(checkReportFile(file('run.html'))).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringMatching(/is a folder/u),
      });
    }));

  testWith([noRoot], 'a folder in which nobody may write is found before the work', () =>
    inFolder(async (file, folder) => {
      await mkdir(join(folder, 'closed'));
      await chmod(join(folder, 'closed'), 0o500);
      await expect(checkReportFile(file('closed/run.html'))).rejects.toMatchObject({
        code: 'LOCAL_IO',
        message: expect.stringMatching(/permission denied/u),
      });
    }),
  );

  test.each(['my notes, 12 pages', '', 'x'.repeat(600) + 'migrator/report/1'])(
    'a file that is no report is never replaced (%#)',
    (text) =>
      inFolder(async (file, folder) => {
        await writeFile(join(folder, 'run.md'), text);
        await expect(checkReportFile(file('run.md'))).rejects.toMatchObject({
          code: 'CONFLICT',
          message: expect.stringMatching(/is no report/u),
        });
        await expect(writeReportFile(file('run.md'), 'new')).rejects.toMatchObject({
          code: 'LOCAL_IO',
          message: expect.stringMatching(/was not written/u),
        });
        expect(await readFile(join(folder, 'run.md'), 'utf8')).toBe(text);
        expect(await readdir(folder)).toEqual(['run.md']);
      }),
  );

  test('an earlier report is replaced, of any form', () =>
    inFolder(async (file, folder) => {
      await writeReportFile(file('run.md'), '<!-- migrator/report/1 -->\nold');
      await checkReportFile(file('run.md'));
      await writeReportFile(file('run.md'), '<!-- migrator/report/1 -->\nnew');
      expect(await readFile(join(folder, 'run.md'), 'utf8')).toMatch(/new$/u);
    }));

  testWith([posix], 'a link that leads nowhere, or to something else than a report, is not replaced', () =>
    inFolder(async (file, folder) => {
      await writeFile(join(folder, 'notes'), 'mine');
      await symlink(join(folder, 'notes'), join(folder, 'run.md'));
      await symlink(join(folder, 'nowhere'), join(folder, 'gone.md'));
      await expect(checkReportFile(file('run.md'))).toThrowCode('CONFLICT');
      await expect(checkReportFile(file('gone.md'))).toThrowCode('CONFLICT');
      expect(await readFile(join(folder, 'notes'), 'utf8')).toBe('mine');
    }),
  );
});
