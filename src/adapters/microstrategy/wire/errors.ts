import { isMigratorError, MigratorError, type ErrorCode } from '../../../errors.ts';
import type { HttpRequest } from '../../../ports/http.ts';
import { jsonOf, oneLine } from '../../shared/answers.ts';
import { errorSchema, wrappedErrorSchema } from './schemas.ts';

/** What an error body says. */
interface Refusal {
  readonly code: string | undefined;
  readonly message: string;
  readonly ticketId: string | undefined;
  readonly iServerCode: number | undefined;
}

type Reading = readonly [code: ErrorCode, sentence: string, hint: string | undefined];

const unreadableFile = /the shared file cannot be accessed/i;
/** What helps with a file that this machine carries. */
const byStorage =
  'the file was deleted, or the Library does not reach its storage location: let its administrator check the storage, then run the same command again';
/** The calls of a package that this machine carries: by no other route would it come better. */
const carried = /\/binary$|sharedFileStore|^POST api\/migrations$/;
const noStorage = /requires MicroStrategy Storage Service|Storage Service is not configured properly/i;

/** Failures that the documents describe by their text only (Migration API, troubleshooting). */
const texts: readonly (readonly [RegExp, Reading])[] = [
  [
    /requires MicroStrategy Storage Service/i,
    [
      'UNSUPPORTED',
      'this Library has no Storage Service',
      "let its administrator start the Library's database, bring it to the version that the Library needs, and check its settings in configOverride.properties",
    ],
  ],
  [
    /Storage Service is not configured properly/i,
    [
      'UNSUPPORTED',
      'the Storage Service of this Library is not set up',
      'let its administrator configure the storage location in Workstation',
    ],
  ],
  [
    unreadableFile,
    [
      'REMOTE_UNEXPECTED',
      'this Library cannot read the package file',
      'the file was deleted, or the two Libraries do not use the same storage location: move through this machine with --route relay',
    ],
  ],
  [
    /Cannot create or modify the shared file/i,
    [
      'REMOTE_UNEXPECTED',
      'this Library cannot write to its storage location',
      'the location is unavailable for now, full or not writable; check it and run the same command again',
    ],
  ],
  [
    /time difference between the source and target environments/i,
    [
      'CONFLICT',
      'the clocks of the two servers are more than five minutes apart',
      'set the clocks of both servers, then validate again',
    ],
  ],
];

const iServerTexts: Readonly<Record<number, Reading>> = {
  [-2_147_072_486]: [
    'CONFLICT',
    'this user has too many sessions open in the project',
    'end old sessions (in Workstation, or by waiting for their time-out), or raise the limit of sessions per user and project',
  ],
  [-2_147_209_151]: [
    'CONFLICT',
    'the project is not loaded on the server',
    'load it in Workstation or Command Manager, then run the same command again',
  ],
  [-2_147_206_497]: [
    'REMOTE_UNREACHABLE',
    'the Intelligence Server took too long and gave up',
    'the server is busy; run the same command again later',
  ],
};

/** The error that the product's body (`code`, `message`, `ticketId`) describes. Undefined keeps the general reading. */
export function explain(status: number, body: string, request: HttpRequest): MigratorError | undefined {
  const refusal = refusalOf(body, request);
  if (refusal === undefined) return isNoLibrary(status, request) ? noLibrary(status) : undefined;
  const reading = readingOf(status, refusal);
  if (reading === undefined) return undefined;
  const [code, sentence, usual] = reading;
  const unreadable = unreadableFile.test(refusal.message);
  const hint = unreadable && carried.test(`${request.method} ${request.path}`) ? byStorage : usual;
  return new MigratorError(code, `${sentence}${quoted(refusal)}`, {
    hint,
    details: {
      ...(refusal.code === undefined ? {} : { errorCode: refusal.code }),
      ...(refusal.ticketId === undefined ? {} : { ticketId: refusal.ticketId }),
      ...(refusal.iServerCode === undefined ? {} : { iServerCode: refusal.iServerCode }),
      ...(unreadable ? { unreadableFile: true } : {}),
      // No repeat mends it.
      ...(noStorage.test(refusal.message) ? { noStorage: true, hopeless: true } : {}),
    },
  });
}

/** The login of every Library answers, and with JSON. */
function isNoLibrary(status: number, { path }: HttpRequest): boolean {
  return path === 'api/auth/login' && (status === 404 || status === 405 || (status >= 300 && status < 400));
}

function noLibrary(status: number): MigratorError {
  return new MigratorError('NOT_FOUND', `there is no Library at this URL: its login answers with HTTP ${status}`, {
    hint: 'the URL of a Library ends in its context path: https://host/MicroStrategyLibrary',
  });
}

/** Whether the session is lost. The server refused the call before it processed it. */
export function isSessionGone(error: unknown): boolean {
  return isMigratorError(error, 'AUTH_REFUSED') && error.details['errorCode'] === 'ERR009';
}

/** Whether this Library cannot read the package, because another storage holds it. */
export function isFileUnreadable(error: unknown): error is MigratorError {
  return isMigratorError(error) && error.details['unreadableFile'] === true;
}

export function isAmbiguous(error: unknown): error is MigratorError {
  return isMigratorError(error) && error.details['ambiguous'] === true;
}

/** Whether a change may have been made although it was refused, or its answer was lost. Only a look tells. */
export function isUndecided(error: unknown): error is MigratorError {
  return isMigratorError(error, 'CONFLICT') || isAmbiguous(error);
}

/** What the user can do about the message of a failed package, import or validation. */
export function remedyOf(message: string, isShared: boolean): string | undefined {
  if (!isShared && unreadableFile.test(message)) return byStorage;
  return texts.find(([pattern]) => pattern.test(message))?.[1][2];
}

export function tellsUnreadableFile(message: string): boolean {
  return unreadableFile.test(message);
}

function readingOf(status: number, { code, message, iServerCode }: Refusal): Reading | undefined {
  const known = texts.find(([pattern]) => pattern.test(message))?.[1];
  if (known !== undefined) return known;
  const byServer = iServerCode === undefined ? undefined : iServerTexts[iServerCode];
  if (byServer !== undefined) return byServer;
  switch (status) {
    case 400:
      return code === 'ERR006' && isWrongState(message)
        ? ['CONFLICT', 'this is not possible in the present state', 'look at the migration with "migrator job show"']
        : ['REMOTE_UNEXPECTED', 'MicroStrategy refuses the request as invalid', undefined];
    case 401:
      return code === 'ERR009'
        ? ['AUTH_REFUSED', 'the session is not valid', 'something between here and the Library may drop its cookies']
        : [
            'AUTH_REFUSED',
            'MicroStrategy does not accept the credentials',
            'check `username` and `password` or `apiToken` of this instance, and `loginMode` for LDAP accounts',
          ];
    case 403:
      return [
        'AUTH_REFUSED',
        'the account may not do this',
        'migrations need the privileges Create package, Manage Migration Packages (once Apply package) and Bypass all object security access checks; uploads also need Administer environment, validations and approvals an administrator',
      ];
    case 404:
    case 405:
      return /^HTTP 40[45] /.test(message)
        ? [
            'UNSUPPORTED',
            'this Library does not offer that call',
            'migrations came with MicroStrategy 2021 Update 6, uploads with Update 7; check also that the URL is that of the Library',
          ]
        : ['NOT_FOUND', 'MicroStrategy does not find it', undefined];
    case 500:
      return ['REMOTE_UNEXPECTED', 'MicroStrategy failed', undefined];
    case 503:
      return ['REMOTE_UNREACHABLE', 'MicroStrategy is not available', 'it may be starting; run the same command again'];
    default:
      return undefined;
  }
}

/** Messages such as `Cannot do current operation for now when packageInfo.status is 'locked'`. */
function isWrongState(message: string): boolean {
  return /cannot do current operation|\bstatus\b.*\bis\b/i.test(message);
}

function quoted({ code, message, ticketId }: Refusal): string {
  const marks = [code, ticketId === undefined ? undefined : `ticket ${ticketId}`].filter((mark) => mark !== undefined);
  const said = message === '' ? '' : `: ${message}`;
  return `${said}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
}

function refusalOf(body: string, request: HttpRequest): Refusal | undefined {
  const parsed = jsonOf(body);
  const wrapped = wrappedErrorSchema.safeParse(parsed);
  const plain = errorSchema.safeParse(wrapped.success ? wrapped.data.errors[0] : parsed);
  if (!plain.success) return undefined;
  const { code, message = '', ticketId, iServerCode, subErrors } = plain.data;
  if (code === undefined && message === '') return undefined;
  const more = subErrors.flatMap((sub) => {
    const name = sub.additionalProperties?.objectName;
    if (sub.message === undefined) return [];
    return [name === undefined ? sub.message : `${name}: ${sub.message}`];
  });
  const whole = [message, ...more.slice(0, 3)].map((part) => oneLine(part)).join('; ');
  const said = confided(request).some((secret) => whole.includes(secret)) ? '' : whole;
  return { code, message: oneLine(said, 500), ticketId, iServerCode: iServerCode ?? subErrors[0]?.iServerCode };
}

/** The secrets in a request, which no message may repeat. */
function confided({ secretBodies, json: body }: HttpRequest): string[] {
  if (secretBodies !== true || typeof body !== 'object' || body === null) return [];
  const token = 'loginMode' in body && body.loginMode === 4096;
  return Object.entries(body).flatMap(([key, value]) => {
    const secret = key === 'password' || (token && key === 'username');
    return secret && typeof value === 'string' && value !== '' ? [value, encodeURIComponent(value)] : [];
  });
}
