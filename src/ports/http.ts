import type { MigratorError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import type { ByteStream } from './artifact.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Without a leading slash: below the base URL. With one: from the origin (hrefs that servers give). An absolute URL must have the base URL's origin. */
  readonly path: string;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** At most one of `json`, `body` and `form`. */
  readonly json?: unknown;
  readonly body?: RequestBody;
  /** Sent as multipart/form-data, in this order. */
  readonly form?: readonly (RequestField | RequestFile)[];
  /**
   * `read` and `idempotent` are repeated on connection errors, 429, 502, 503 and 504; `once` only when nothing can have
   * reached the server, or on a 429 (refused before it was processed). Default: `read` for GET and HEAD, else `once`.
   */
  readonly safety?: 'read' | 'idempotent' | 'once';
  /**
   * The bodies carry passwords: they are never logged, quoted or kept, whatever the level. `explain` still reads an
   * error body, and answers for repeating nothing of it that was sent as a secret.
   */
  readonly secretBodies?: boolean;
  /** How long the answer may take to begin, for calls that work before they answer. Default: the configured timeout. */
  readonly answerWithinMs?: number;
  /** Statuses beside 2xx that the caller handles itself; all others become errors. A redirect among them is not followed. */
  readonly accept?: readonly number[];
}

export interface RequestBody {
  readonly contentType: string;
  /** Bytes; undefined sends it chunked. */
  readonly size: number | undefined;
  /** Called anew for each attempt. */
  open(signal: AbortSignal): ByteStream;
}

export interface RequestField {
  readonly field: string;
  readonly value: string;
}

export interface RequestFile {
  /** The name of the form field. */
  readonly field: string;
  readonly fileName: string;
  readonly contentType: string;
  /** Bytes; undefined sends it chunked. */
  readonly size: number | undefined;
  /** Called anew for each attempt. */
  open(signal: AbortSignal): ByteStream;
}

export interface HttpResponse<Body> {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/**
 * The hints of an ambiguous write that the product does not explain: its answer is missing, or cannot be read. Who has
 * looked at the server since has a better one.
 */
export const unsettledHints = {
  lost: 'the request may have been carried out; look at the server before you repeat it',
  unreadable: 'check that the URL is the server itself and not a login page or a proxy',
} as const;

/** One instance's HTTP. Errors are MigratorErrors; an ambiguous write fails with details.ambiguous = true. */
export interface Http {
  /** The parsed body, or undefined when it is empty. A body that is not JSON is REMOTE_UNEXPECTED and quoted in short. */
  json(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse<unknown>>;
  text(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse<string>>;
  /** `size` is Content-Length. A body that ends early fails with REMOTE_UNREACHABLE. */
  stream(
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpResponse<ByteStream> & { readonly size: number | undefined }>;
}

export interface HttpOptions {
  /** With or without trailing slash and path: `https://host/octopus`. */
  readonly baseUrl: string;
  /** Sent to the base URL's origin only; asked for before each attempt. */
  headers(): Readonly<Record<string, string | Secret>>;
  /** Keeps the server's cookies and sends them back (RFC 6265), in memory and unseen. Default: none are kept. */
  readonly cookies?: boolean;
  /** The product's own reading of an error status; undefined leaves the general one. `body` is the text, cut to 64 KiB. */
  explain?(status: number, body: string, request: HttpRequest): MigratorError | undefined;
}
