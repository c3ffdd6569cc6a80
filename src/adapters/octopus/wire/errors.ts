import { MigratorError } from '../../../errors.ts';
import type { HttpRequest } from '../../../ports/http.ts';
import { jsonOf, oneLine } from '../../shared/answers.ts';
import { errorSchema } from './schemas.ts';

/** The error that the product's body (`ErrorMessage`, `Errors`) describes. Undefined keeps the general reading. */
export function explain(status: number, body: string, request: HttpRequest): MigratorError | undefined {
  const said = sentence(body, request);
  const tail = said === '' ? '' : `: ${said}`;
  switch (status) {
    case 400:
      return new MigratorError('REMOTE_UNEXPECTED', `Octopus Deploy refuses the request as invalid${tail}`);
    case 401:
      return new MigratorError('AUTH_REFUSED', `Octopus Deploy does not accept the credentials${tail}`, {
        hint: 'check the API key of this instance and whether it has expired',
      });
    case 403:
      return new MigratorError('AUTH_REFUSED', `Octopus Deploy does not allow this${tail}`, {
        hint: rightFor(request, said),
      });
    case 409:
      return new MigratorError('CONFLICT', `Octopus Deploy reports a conflict${tail}`);
    case 413:
      // As with all that only an administrator gives a server, nobody needs to try again.
      return new MigratorError(
        'UNSUPPORTED',
        `the server, or a proxy in front of it, takes no file of this size${tail}`,
        {
          hint: 'let its administrator raise the limit for the size of a request, or move fewer projects at once',
          details: { hopeless: true },
        },
      );
    case 500:
      return said === '' ? undefined : new MigratorError('REMOTE_UNEXPECTED', `Octopus Deploy failed${tail}`);
    default:
      return undefined;
  }
}

function rightFor({ path }: HttpRequest, said: string): string {
  if (/\/projects\/import-export\//i.test(path)) return 'Export/Import of projects needs a Space Manager of the space';
  const [, permission] = /missing permission: (\w+)/i.exec(said) ?? [];
  if (permission !== undefined) return `give the account the permission ${permission}, or use another account`;
  return 'migrations need a user with the AdministerSystem permission; pushing packages needs BuiltInFeedPush';
}

/** What the server said; empty when it repeats a secret that was sent. */
function sentence(body: string, request: HttpRequest): string {
  const parsed = errorSchema.safeParse(jsonOf(body));
  if (!parsed.success) return '';
  const { ErrorMessage, Errors } = parsed.data;
  const text = oneLine([ErrorMessage ?? '', ...(Errors ?? [])].join(' '));
  if (request.secretBodies === true && confided(request.json).some((value) => text.includes(value))) return '';
  return oneLine(text, 400);
}

function confided(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) => {
    // A sensitive value: `{ HasValue, NewValue }`.
    if (typeof value === 'object') return confided(value);
    if (!/password|key|newvalue/i.test(key) || typeof value !== 'string' || value === '') return [];
    return [value, encodeURIComponent(value), Buffer.from(value).toString('base64')];
  });
}
