import { isMigratorError, MigratorError } from '../errors.ts';
import type { HttpRequest } from '../ports/http.ts';

/** Parts of a path that belong to an API or to a page for people, and to no base URL. */
const pages =
  /^(?:api|rest|public|app|auth|log-?[io]n|dashboard|home|sl|ui|table|view|workflow_builder|swagger.*|.*\.(?:html?|aspx?|jsp|php))$/iu;

/**
 * What is wrong with a base URL, as its path shows: the first part of a request stands in it already, or a part that only
 * pages have. Undefined for a path that a server may well have.
 */
export function urlHint(base: URL, request: string): string | undefined {
  const parts = base.pathname.split('/').filter((part) => part !== '');
  const [first] = request.split(/[/?]/u).filter((part) => part !== '');
  const at = parts.findIndex((part) => part === first || pages.test(part));
  if (at < 0) return undefined;
  const path = (some: readonly string[]): string => some.map((part) => `/${part}`).join('');
  const shorter = `${base.origin}${path(parts.slice(0, at))}`;
  return `the URL in the rc file ends in a part of the path too many: leave ${path(parts.slice(at))} out, as in ${shorter}`;
}

/** Doubts a base URL until its server has answered with JSON: then the URL is right, whatever its path looks like. */
export class UrlDoubt {
  readonly #base: URL;
  #isOver = false;

  constructor(base: URL) {
    this.#base = base;
  }

  /** The hint for a failure with this status; undefined when it has other reasons. */
  hintOn({ path }: Pick<HttpRequest, 'path'>, status = 404): string | undefined {
    const isElsewhere = status === 404 || status === 405 || (status >= 300 && status < 400);
    return this.#isOver || !isElsewhere ? undefined : urlHint(this.#base, path);
  }

  /** Reads the JSON of an answer. Its error gets the hint. */
  read<Result>(request: Pick<HttpRequest, 'path'>, work: () => Result): Result {
    try {
      const result = work();
      this.#isOver = true;
      return result;
    } catch (error) {
      const hint = this.hintOn(request);
      if (hint === undefined || !isMigratorError(error)) throw error;
      throw new MigratorError(error.code, error.message, { hint, details: error.details, cause: error.cause });
    }
  }
}
