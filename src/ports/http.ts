import type { MigratorError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import type { ByteStream } from './artifact.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * Without a leading slash it is below the base URL. With one it is an href of the server, with or without the path of
   * the base URL: a proxy may strip that path. An absolute URL must have the origin of the base URL.
   */
  readonly path: string;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** At most one of `json`, `body` and `form`. `json` is sent in UTF-8, with the content type of `headers` if it is there. */
  readonly json?: unknown;
  readonly body?: RequestBody;
  /** Sent as multipart/form-data, in this order. */
  readonly form?: readonly (RequestField | RequestFile)[];
  /**
   * `read` and `idempotent` are repeated on connection errors, 408, 429, 502, 503 and 504, `read` also on 500, twice. `once` is repeated only when
   * nothing can have reached the server, and on a 429, with which the server says that it did not process the request.
   * Default: `read` for GET and HEAD, else `once`.
   */
  readonly safety?: 'read' | 'idempotent' | 'once';
  /**
   * The bodies hold passwords: they are never logged, quoted or kept, at any level. `explain` still reads an error
   * body, and must repeat nothing of it that was sent as a secret.
   */
  readonly secretBodies?: boolean;
  /**
   * How long the answer may take to begin, for servers that finish the work before they answer. Default: the configured
   * timeout.
   */
  readonly answerWithinMs?: number;
  /**
   * Statuses besides 2xx that the caller handles itself. All others become errors. A redirect in this list is not
   * followed.
   */
  readonly accept?: readonly number[];
  /** The caller of `stream` takes a body that the server has compressed, and unpacks it itself. */
  readonly takesCompressed?: boolean;
}

export interface RequestBody {
  readonly contentType: string;
  /** Bytes; undefined sends the body in chunks. */
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
  /** Bytes; undefined sends the body in chunks. */
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
 * The hints of an ambiguous write that the product does not explain: the answer is missing, or cannot be read. Who
 * looks at the server afterwards replaces them.
 */
export const unsettledHints = {
  lost: 'the request may have been carried out; look at the server before you repeat it',
  unreadable: 'check that the URL is the server itself and not a login page or a proxy',
} as const;

/**
 * HTTP with one instance. Errors are MigratorErrors. A write that may have been carried out fails with
 * `details.ambiguous` true.
 */
export interface Http {
  /**
   * The parsed body; undefined when it is empty. REMOTE_UNEXPECTED for a body that is not JSON; the error quotes its
   * beginning.
   */
  json(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse<unknown>>;
  text(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse<string>>;
  /** `size` is Content-Length. REMOTE_UNREACHABLE when the body ends too early. */
  stream(
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpResponse<ByteStream> & { readonly size: number | undefined }>;
}

export interface HttpOptions {
  /** With or without a path and a slash at its end: `https://host/octopus`. */
  readonly baseUrl: string;
  /** Sent to the origin of the base URL only. Called before each attempt. */
  headers(): Readonly<Record<string, string | Secret>>;
  /**
   * Keeps the server's cookies in memory and sends them back (RFC 6265). They are never shown. Default: no cookies are
   * kept.
   */
  readonly cookies?: boolean;
  /**
   * What an error status means in this product; undefined keeps the general reading. `body` is the text, cut to 64 KiB.
   */
  explain?(status: number, body: string, request: HttpRequest): MigratorError | undefined;
}
