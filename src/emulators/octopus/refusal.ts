import { Refusal as BaseRefusal } from '../shared/answering.ts';
import type { Reply } from '../shared/server.ts';

/** An answer of 400 and above, thrown by a handler. Its body is the error document that Octopus clients read. */
export class Refusal extends BaseRefusal {
  readonly errors: readonly string[];

  constructor(status: number, message: string, errors: readonly string[] = []) {
    super(status, message);
    this.errors = errors;
  }
}

/** A validation failure: a general message, with the details in Errors. */
export const invalid = (...errors: readonly string[]) =>
  new Refusal(400, 'There was a problem with your request.', errors);

export const absent = (what: string) => new Refusal(404, `The resource '${what}' was not found.`);

/** Indented, as the product writes it. */
export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body, null, 2),
});

export function refusalReply(refusal: Refusal): Reply {
  const { message, errors, status } = refusal;
  return json(status, {
    ErrorMessage: message,
    ...(errors.length === 0 ? {} : { Errors: errors, ParsedHelpLinks: [] }),
  });
}
