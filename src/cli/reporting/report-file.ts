import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { systemCode } from '../../files/local-error.ts';
import { createFileSink } from '../../files/whole-file.ts';
import type { ByteSink } from '../../ports/bytes.ts';
import { type ReportFormat, reportFormatOf, reportFormats, reportMark } from '../../report/index.ts';
import { wordHint } from '../../nearest.ts';

export interface ReportFile {
  /** As the user typed it. */
  readonly name: string;
  readonly path: string;
  readonly format: ReportFormat;
}

/** USAGE when the name says no form that migrator knows. `flag` names where it comes from. */
export function reportFile(name: string, flag: string, cwd: string): ReportFile {
  const format = reportFormatOf(name);
  if (format !== undefined) return { name, path: resolve(cwd, name), format };
  const extensions = reportFormats.map((one) => `.${one}`);
  const typed = /\.[^./\\]+$/u.exec(name)?.[0];
  const hint =
    typed === undefined
      ? `the extension says the form: ${extensions.join(', ')}`
      : wordHint(typed.toLowerCase(), extensions);
  throw new MigratorError('USAGE', `${flag}: "${name}" is no name for a report`, { hint, details: { path: name } });
}

/**
 * Finds out before the work starts whether the report can be written: USAGE for a folder that is not there, LOCAL_IO where the
 * disk refuses, CONFLICT for a file that is no report.
 */
export async function checkReportFile(file: ReportFile): Promise<void> {
  await (await sinkOf(file)).discard();
}

/** Writes the report as a whole or not at all. It replaces an earlier report. LOCAL_IO when it cannot. */
export async function writeReportFile(file: ReportFile, text: string): Promise<void> {
  try {
    const sink = await sinkOf(file);
    try {
      await sink.write(Buffer.from(text));
    } catch (error) {
      await sink.discard();
      throw error;
    }
    await sink.commit();
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    const { message, hint, details } = error;
    throw new MigratorError('LOCAL_IO', `the report was not written: ${message}`, { hint, details, cause: error });
  }
}

async function sinkOf({ path }: ReportFile): Promise<ByteSink> {
  try {
    return await createFileSink(path, { overwrite: await isReport(path) });
  } catch (error) {
    if (!isMigratorError(error, 'CONFLICT')) throw error;
    throw new MigratorError('CONFLICT', `"${path}" exists, and is no report of migrator`, {
      hint: 'choose another name for the report; only an earlier report is replaced',
      details: error.details,
      cause: error,
    });
  }
}

/** Where the mark of a report is, in every form. */
const firstBytes = 512;

async function isReport(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      if (!(await file.stat()).isFile()) return false;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(firstBytes), 0, firstBytes, 0);
      return buffer.subarray(0, bytesRead).includes(reportMark);
    } finally {
      await file.close();
    }
  } catch (error) {
    // What is not there is no report. What cannot be read is not replaced.
    if (systemCode(error) !== undefined) return false;
    throw error;
  }
}
