import type { Report } from '../core/report/report.ts';
import { renderHtml } from './html/page.ts';
import { liveParts, renderLivePage } from './html/live-page.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';

const byExtension = {
  html: renderHtml,
  md: renderMarkdown,
  json: (report: Report) => `${JSON.stringify(report, undefined, 2)}\n`,
  xml: renderJunit,
};

export type ReportFormat = keyof typeof byExtension;
export const reportFormats = Object.keys(byExtension) as readonly ReportFormat[];

/** The form that the name of a file asks for, by its extension in any case. Undefined for another extension. */
export function reportFormatOf(file: string): ReportFormat | undefined {
  const extension = /\.([a-z]+)$/iu.exec(file)?.[1]?.toLowerCase();
  return reportFormats.find((format) => format === extension);
}

/** The report as the text of a file. It holds what the report holds: whoever makes the report masks the secrets. */
export function renderReport(report: Report, format: ReportFormat): string {
  return byExtension[format](report);
}

/** In the first bytes of every report, whatever its form: such a file is replaced by the next report. */
export const reportMark = 'migrator/report/1';

export { liveParts, renderLivePage };
