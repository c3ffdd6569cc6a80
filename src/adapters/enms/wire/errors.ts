import { MigratorError } from '../../../errors.ts';
import { jsonOf, oneLine } from '../../shared/answers.ts';
import { alertSchema } from './schemas.ts';

/**
 * The error that a body of the REST API describes, such as `{"alert": "Error 500 - Internal Server Error."}`. Undefined
 * keeps the general reading.
 */
export function explainRest(status: number, body: string): MigratorError | undefined {
  const said = alertOf(body);
  const tail = said === undefined ? '' : `: ${said}`;
  switch (status) {
    case 401:
      return new MigratorError('AUTH_REFUSED', `eNMS does not accept the user name and password${tail}`, {
        hint: 'check `username` and `password` of this instance; an import may have replaced the password',
      });
    case 403:
      return new MigratorError('AUTH_REFUSED', `eNMS does not allow this${tail}`, {
        hint: 'migrations need an administrator (is_admin)',
      });
    case 405:
    case 404:
      return new MigratorError('UNSUPPORTED', `this server has no such endpoint${tail}`, {
        hint: 'check that the URL is an eNMS server, release 4.7',
      });
    case 413:
      return tooLarge();
    case 500:
      return said === undefined && isPage(body)
        ? new MigratorError('REMOTE_UNEXPECTED', 'eNMS fails with a web page where its REST API should answer', {
            hint: 'Werkzeug 2.3 and later break every request with credentials in eNMS 4.7: install an older one on the server',
          })
        : new MigratorError('REMOTE_UNEXPECTED', `eNMS failed${tail}`, { hint: 'only its log has the reason' });
    default:
      return undefined;
  }
}

/** The error of the web interface. It answers with pages for people, so only the status counts. */
export function explainWeb(status: number): MigratorError | undefined {
  return status === 401 ? notAllowed(status) : status === 413 ? tooLarge() : undefined;
}

function tooLarge(): MigratorError {
  return new MigratorError('REMOTE_UNEXPECTED', 'the request is larger than eNMS, or a proxy in front of it, accepts', {
    hint: 'raise client_max_body_size of the proxy and max_content_length of eNMS, import fewer types at a time, or use --via rest',
  });
}

/** AUTH_REFUSED: the web interface knows the account and does not allow this. */
export function notAllowed(status = 403): MigratorError {
  return new MigratorError('AUTH_REFUSED', `the web interface of eNMS does not allow this (${status})`, {
    hint: 'the account needs the pages and endpoints for downloads, uploads and migrations, or use --via rest',
    details: { status },
  });
}

/** The text of an alert; undefined when the body is no alert. */
export function alertOf(body: string): string | undefined {
  const alert = alertSchema.safeParse(jsonOf(body));
  if (!alert.success) return undefined;
  const text = typeof alert.data.alert === 'string' ? alert.data.alert : JSON.stringify(alert.data.alert);
  return oneLine(text, 400);
}

export function isPage(body: string): boolean {
  return /^\s*<(!doctype|html)/i.test(body);
}
