import type { MigratorError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import type { ByteStream } from './artifact.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * Without a leading slash: relative to the base URL. With a leading slash: relative to the origin (links that servers
   * return). An absolute URL must have the origin of the base URL.
   */
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
   * `read` and `idempotent` are repeated after connection errors, 429, 502, 503 and 504. `once` is repeated only when
   * nothing can have reached the server, or after a 429 (refused before it was processed). Default: `read` for GET and
   * HEAD, else `once`.
   */
  readonly safety?: 'read' | 'idempotent' | 'once';
  /**
   * True when the bodies contain passwords. They are then never logged, quoted or kept, at any log level. `explain`
   * still gets the body of an error, and must not repeat a secret from it.
   */
  readonly secretBodies?: boolean;
  /**
   * How long to wait for the begin of the answer, for calls that do their work first. Default: the configured timeout.
   */
  readonly answerWithinMs?: number;
  /**
   * Status codes besides 2xx that the caller handles itself. All others become errors. A redirect in this list is not
   * followed.
   */
  readonly accept?: readonly number[];
}

export interface RequestBody {
  readonly contentType: string;
  /** Bytes. Undefined: the body is sent in chunks. */
  readonly size: number | undefined;
  /** Called again for each attempt. */
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
  /** Bytes. Undefined: the body is sent in chunks. */
  readonly size: number | undefined;
  /** Called again for each attempt. */
  open(signal: AbortSignal): ByteStream;
}

export interface HttpResponse<Body> {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/**
 * HTTP to one instance. Errors are MigratorErrors. A write that may have succeeded fails with details.ambiguous = true.
 */
export interface Http {
  /**
   * The parsed body, or undefined when it is empty. REMOTE_UNEXPECTED, with a short quote, when the body is not JSON.
   */
  json(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse<unknown>>;
  text(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse<string>>;
  /** `size` is Content-Length. A body that ends early fails with REMOTE_UNREACHABLE. */
  stream(
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpResponse<ByteStream> & { readonly size: number | undefined }>;
}

export interface HttpOptions {
  /** With or without a path and a trailing slash: `https://host/octopus`. */
  readonly baseUrl: string;
  /** Headers for the origin of the base URL only. Called before each attempt. */
  headers(): Readonly<Record<string, string | Secret>>;
  /** True: keep the server's cookies in memory and send them back (RFC 6265). Default: false. */
  readonly cookies?: boolean;
  /**
   * Turns an error status into the product's own error. Undefined: the general error is used. `body` is cut to 64 KiB.
   */
  explain?(status: number, body: string, request: HttpRequest): MigratorError | undefined;
}
