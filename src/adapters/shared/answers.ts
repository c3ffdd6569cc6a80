import type { z } from 'zod';
import { isMigratorError, MigratorError } from '../../errors.ts';

/** The value of a JSON text; undefined when the text is not JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `path` names the request in the error. `starts`: the call may have begun a job, so the error is ambiguous. */
export type AnswerReader = <Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  path: string,
  starts?: boolean,
) => z.infer<Schema>;

/**
 * Reads a product's answers by their schemas. REMOTE_UNEXPECTED quotes what the server says in its own words (`said`),
 * else it names the first places where the body differs from the schema.
 */
export function answerReader(hint: string, said?: (body: unknown) => string | undefined): AnswerReader {
  return (schema, body, path, starts = false) => {
    const result = schema.safeParse(body);
    if (result.success) return result.data;
    const words = said?.(body);
    const places = result.error.issues.map((issue) => issue.path.join('.') || 'the document').slice(0, 3);
    const what = words === undefined ? `is not as expected at ${places.join(', ')}` : `says: ${words}`;
    const init = starts ? { details: { ambiguous: true } } : { hint };
    throw new MigratorError('REMOTE_UNEXPECTED', `the answer to ${path} ${what}`, init);
  };
}

/** What a server said, on one line, without control characters and cut to `most` characters. */
export function oneLine(text: string, most = Number.POSITIVE_INFINITY): string {
  const line = withoutPage(text)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** A server may put the whole error page of another one into its message: the title of the page says enough. */
function withoutPage(text: string): string {
  const start = text.search(/<(?:!doctype html|html)\b/iu);
  if (start === -1) return text;
  const title = /<(?:title|h1)[^>]*>([^<]*)</iu.exec(text)?.[1]?.trim() ?? '';
  return `${text.slice(0, start)}a web page${title === '' ? '' : ` titled "${title}"`}`;
}

/** Does some work, and adds the hint to its failure when that has none. */
export async function withHint<Result>(hint: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED' || error.hint !== undefined) throw error;
    throw new MigratorError(error.code, error.message, { hint, details: error.details, cause: error });
  }
}

/** Refused with 403: the credentials are right, and the account lacks a right. */
export function isForbidden(error: unknown): error is MigratorError {
  return isMigratorError(error, 'AUTH_REFUSED') && error.details['status'] === 403;
}

/** How far the clocks of two machines may differ when the server does not say what time it has. */
export const skewMs = 5 * 60_000;
/** A `Date` header counts whole seconds, and is older than its arrival. */
export const headerMs = 3_000;

/** The time of a `Date` header; undefined when there is none, or it cannot be read. */
export function dateOf(header: string | undefined): Date | undefined {
  const time = Date.parse(header ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}
