import { Refusal as BaseRefusal } from '../shared/answering.ts';
import type { Reply } from '../shared/server.ts';

const texts: Readonly<Record<number, string>> = {
  401: 'Wrong Credentials',
  403: 'Not Authorized',
  404: 'Not Found',
  500: 'Internal Server Error',
};

/** An answer of 400 and above, thrown by a handler, with nothing but a status. All other errors become a 500. */
export class Refusal extends BaseRefusal {
  constructor(status: number) {
    super(status, `refused with ${status}`);
  }
}

/** A failure in the server's own code. Its message goes into the log. */
export class ServerError extends Error {
  override readonly name: string = 'ServerError';
}

/** JSON with sorted keys on every level, as the product writes it. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([left], [right]) => (left < right ? -1 : 1)))
      : one,
  );
}

export const json = (body: unknown, status = 200): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: `${sortedJson(body ?? null)}\n`,
});

export const alertText = (status: number) => `Error ${status} - ${texts[status] ?? 'Internal Server Error'}.`;

export const alert = (status: number): Reply => json({ alert: alertText(status) }, status);

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Request Entity Too Large',
  504: 'Gateway Time-out',
  500: 'Internal Server Error',
};

/** An error page of the web framework. */
export const htmlPage = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers },
  body: `<!doctype html>\n<html lang=en>\n<title>${status} ${titles[status] ?? ''}</title>\n<h1>${titles[status] ?? ''}</h1>\n<p>${text}</p>\n`,
});
