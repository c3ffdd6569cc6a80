import { MigratorError } from '../../../errors.ts';
import { oneLine } from '../../shared/answers.ts';
import { errorBodySchema } from './schemas.ts';

/** What an error body says. The product repeats the status in the body, and the two may differ. */
export interface Said {
  /** `http_status_code` of the innermost envelope that has one. */
  readonly code: number | undefined;
  readonly text: string;
}

const deepest = 5;

/** Reads an error envelope, and envelopes inside it (`error_list[0].response_map.error_list[0]`). */
export function saidIn(body: unknown, depth = 0): Said {
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success || depth > deepest) return { code: undefined, text: '' };
  const { http_status_code: code, response_map: map, message, error } = parsed.data;
  const inner = (map?.error_list ?? []).map((entry) => saidIn(entry, depth + 1));
  const texts = [message, error, map?.message, map?.error_id, ...inner.map(({ text }) => text)];
  const innerCode = inner.find((entry) => entry.code !== undefined)?.code;
  return {
    code: worse(code, innerCode),
    text: [...new Set(texts.map((text) => oneLine(text ?? '')))].filter((text) => text !== '').join('; '),
  };
}

/** The higher one of an HTTP status and the status in the body. */
export function worse(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}

/** The error for a status of 400 or more, which HTTP or the body gave. Undefined keeps the general reading. */
export function refusal(status: number, text: string): MigratorError | undefined {
  const tail = text === '' ? '' : `: ${oneLine(text, 400)}`;
  const details = { status };
  switch (status) {
    case 401:
      return new MigratorError('AUTH_REFUSED', `SnapLogic does not accept the credentials${tail}`, {
        hint: 'check the user name, and whether its account is locked, its password expired or its token out of date',
        details,
      });
    case 403:
      return new MigratorError('AUTH_REFUSED', `SnapLogic does not allow this${tail}`, {
        hint: 'the account may lack a right there, or its environment takes no user name and password for its APIs (then set `token`)',
        details,
      });
    case 404:
      return new MigratorError('NOT_FOUND', `SnapLogic does not know this${tail}`, {
        hint: 'paths are case-sensitive: /org/space/project',
        details,
      });
    case 409:
      return new MigratorError('CONFLICT', `SnapLogic reports a conflict${tail}`, { details });
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return undefined;
    default:
      if (status >= 500 && text === '') return undefined;
      return new MigratorError(
        'REMOTE_UNEXPECTED',
        `SnapLogic ${status >= 500 ? 'failed' : 'refuses the request as invalid'}${tail}`,
        { details },
      );
  }
}

/** The error in the body of an answer that has HTTP status 2xx. */
export function bodyError(status: number, text: string, ambiguous: boolean): MigratorError {
  const known =
    refusal(status, text) ??
    new MigratorError('REMOTE_UNREACHABLE', `SnapLogic is not available${text === '' ? '' : `: ${text}`}`);
  return new MigratorError(known.code, known.message, {
    hint: known.hint,
    details: { status, ambiguous: ambiguous && (status === 408 || status >= 500) },
  });
}
