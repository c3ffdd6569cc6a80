import { type ErrorCode, isMigratorError, MigratorError } from '../../errors.ts';
import { cancelled } from '../../streams/interruptible.ts';
import type { Place } from './place.ts';

/** What the SDK throws: its fields differ by what went wrong. */
interface SdkFault extends Error {
  readonly Code?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

type Reading = readonly [code: ErrorCode, text: string, hint: string];

const skew = /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture)$/u;
const strangers =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|UnrecognizedClientException|InvalidSecurity)$/u;
const elsewhere =
  /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|TemporaryRedirect)$/u;
const busy = /^(SlowDown|ServiceUnavailable|InternalError|RequestTimeout|ThrottlingException|Throttling)$/u;
const network: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ENOTFOUND: 'is not a known host name',
  EAI_AGAIN: 'cannot be looked up, the name service does not answer',
  ECONNRESET: 'broke off the connection',
  EPIPE: 'broke off the connection',
  ETIMEDOUT: 'does not answer in time',
  TimeoutError: 'does not answer in time',
  EHOSTUNREACH: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached from here',
};
const certificate = /^(CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT)/u;

/** The name of an error of the server, such as `NoSuchKey`. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? ((error as SdkFault).Code ?? error.name) : '';
}

export function statusOf(error: unknown): number | undefined {
  return error instanceof Error ? (error as SdkFault).$metadata?.httpStatusCode : undefined;
}

/** A failed request as an error of ours. `what` it should do: `list its objects`; `right`: the permission for that. */
export function s3Error(error: unknown, place: Place, what: string, right: string): unknown {
  if (!(error instanceof Error) || isMigratorError(error)) return error;
  if (error.name === 'AbortError') return cancelled(error);
  const fault = error as SdkFault;
  const status = statusOf(error);
  const [code, text, hint] = reading(fault, status, place, what, right);
  return new MigratorError(code, text, {
    hint,
    details: {
      bucket: place.bucket,
      host: hostOf(place),
      ...(status === undefined ? {} : { status }),
      error: nameOf(error),
      ...(fault.$metadata?.requestId === undefined ? {} : { requestId: fault.$metadata.requestId }),
    },
    cause: error,
  });
}

/** The SDK may wrap an error of a socket. What it was is then only in the message: `connect ECONNREFUSED 127.0.0.1:9000`. */
function codeOf({ code, message }: SdkFault): string | undefined {
  return code ?? /\b(?:connect|getaddrinfo|read|write) (E[A-Z_]+)\b/u.exec(message)?.[1];
}

const hostOf = ({ endpoint }: Place): string => endpoint?.host ?? 'Amazon S3';

function reading(fault: SdkFault, status: number | undefined, place: Place, what: string, right: string): Reading {
  const name = nameOf(fault);
  const bucket = `the bucket "${place.bucket}"`;
  const host = hostOf(place);
  if (name === 'NoSuchBucket') {
    return ['NOT_FOUND', `${host} has no bucket "${place.bucket}"`, 'create it, or correct the url of the store'];
  }
  if (skew.test(name)) {
    return ['AUTH_REFUSED', `${host} refuses requests of this machine, whose clock is wrong`, 'correct the clock'];
  }
  if (name === 'CredentialsProviderError') {
    return [
      'CONFIG_INVALID',
      `there are no credentials for ${bucket}`,
      'set accessKeyId and secretAccessKey of the store to references, or what the AWS tools use: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the role of this machine',
    ];
  }
  if (name === 'ExpiredToken' || name === 'ExpiredTokenException') {
    return ['AUTH_REFUSED', `the credentials for ${bucket} have expired`, 'get new ones, and run the command again'];
  }
  if (strangers.test(name)) {
    return ['AUTH_REFUSED', `${host} does not accept the credentials for ${bucket} (${name})`, 'correct them'];
  }
  if (fault.message === 'Region is missing') {
    return ['CONFIG_INVALID', `no region is known for ${bucket}`, 'set region of the store, or AWS_REGION'];
  }
  if (elsewhere.test(name) || status === 301 || status === 307) return inOtherRegion(fault, place);
  if (name === 'AccessDenied' || name === 'AllAccessDisabled' || status === 403 || status === 401) {
    return [
      'AUTH_REFUSED',
      `the account may not ${what} in ${bucket}`,
      `have its owner allow ${right}; a wrong bucket name looks the same`,
    ];
  }
  if (name === 'NoSuchKey' || name === 'NotFound' || status === 404) {
    return ['NOT_FOUND', `${bucket} no longer has that object`, 'see what it has with "migrator package list"'];
  }
  const unreached = network[codeOf(fault) ?? ''] ?? network[name];
  if (unreached !== undefined) {
    return ['REMOTE_UNREACHABLE', `${host} ${unreached}`, 'check the endpoint, the network and the proxy'];
  }
  if (certificate.test(codeOf(fault) ?? '')) {
    return [
      'REMOTE_UNREACHABLE',
      `the TLS certificate of ${host} is not trusted (${codeOf(fault) ?? ''})`,
      'give the authority that signed it in `http.ca`',
    ];
  }
  if (busy.test(name) || (status !== undefined && status >= 500)) {
    return ['REMOTE_UNREACHABLE', `${host} could not ${what} (${said(fault, status)})`, 'run the command again later'];
  }
  if (status === undefined && codeOf(fault) !== undefined) {
    return [
      'REMOTE_UNREACHABLE',
      `${host} could not be asked (${codeOf(fault) ?? ''})`,
      'check the endpoint and the network',
    ];
  }
  return [
    'REMOTE_UNEXPECTED',
    `${host} could not ${what} (${said(fault, status)})`,
    'check whether the endpoint is that of an S3 server',
  ];
}

function inOtherRegion({ $response, ...fault }: SdkFault, { bucket, region }: Place): Reading {
  const told =
    $response?.headers?.['x-amz-bucket-region'] ?? (fault as unknown as Readonly<Record<string, unknown>>)['Region'];
  const there = typeof told === 'string' ? told : undefined;
  return [
    'CONFIG_INVALID',
    `the bucket "${bucket}" is not in ${region === undefined ? 'that region' : `the region ${region}`}${there === undefined ? '' : `, but in ${there}`}`,
    there === undefined ? 'set region of the store to that of the bucket' : `set region of the store to ${there}`,
  ];
}

/** The words of the server, cut short. They may come from a server that is none, in any form. */
function said(fault: SdkFault, status: number | undefined): string {
  const words = [status, nameOf(fault), fault.message.replace(/\s+/gu, ' ').slice(0, 200)].filter(
    (word) => word !== undefined && word !== '',
  );
  return words.join(' ');
}
