import type { HttpRequest } from '../ports/http.ts';

export interface RetryRules {
  /** Repeats after the first attempt. */
  readonly retries: number;
  /** Time for all attempts and waits of one request; no further attempt begins after it. */
  readonly budgetMs: number;
}

/** How an attempt without a usable answer ended. */
export type Setback =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string | undefined }
  /** `sent`: bytes of the request may have reached the server. `hopeless`: it will fail again (a certificate). */
  | { readonly kind: 'broken'; readonly sent: boolean; readonly hopeless: boolean };

export type Safety = NonNullable<HttpRequest['safety']>;

const firstMs = 500;
const longestMs = 15_000;
const longestAskedMs = 60_000;
const passing: readonly number[] = [408, 429, 500, 502, 503, 504];
/** A 500 may be a passing fault, and more often is none. */
const repeatsOf500 = 2;

export function safetyOf(request: HttpRequest): Safety {
  return request.safety ?? (request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'once');
}

/**
 * Whether the request may be sent again. A `once` request may, when the server cannot have received it, or when a 429
 * says that it was not processed.
 */
export function mayRepeat(safety: Safety, setback: Setback): boolean {
  if (setback.kind === 'broken') return !setback.hopeless && (safety !== 'once' || !setback.sent);
  if (safety === 'once') return setback.status === 429;
  return passing.includes(setback.status) && (setback.status !== 500 || safety === 'read');
}

/** Whether a `once` request may have been carried out although no answer says so. */
export function isAmbiguous(safety: Safety, setback: Setback): boolean {
  if (safety !== 'once') return false;
  return setback.kind === 'broken' ? setback.sent : setback.status === 408 || setback.status >= 500;
}

/**
 * Milliseconds to wait after attempt number `attempt` (from 1), or undefined to give up. The wait is random, up to a
 * maximum that doubles with each attempt; Retry-After is the least wait, up to a minute. `fraction`: random in [0, 1).
 */
export function delayBefore(
  attempt: number,
  setback: Setback,
  elapsedMs: number,
  now: Date,
  fraction: number,
  rules: RetryRules,
): number | undefined {
  const is500 = setback.kind === 'status' && setback.status === 500;
  if (attempt > (is500 ? Math.min(repeatsOf500, rules.retries) : rules.retries)) return undefined;
  const jitter = fraction * Math.min(longestMs, firstMs * 2 ** (attempt - 1));
  const asked = setback.kind === 'status' ? retryAfterMs(setback.retryAfter, now) : undefined;
  const left = rules.budgetMs - elapsedMs;
  // The last attempt comes at the end of the time, and not before it.
  if (asked === undefined) return left > 0 ? Math.round(Math.min(jitter, left)) : undefined;
  const delay = Math.round(Math.min(asked + jitter, longestAskedMs));
  return delay > left ? undefined : delay;
}

/** Retry-After as milliseconds from now: seconds or an HTTP date (RFC 9110, 10.2.3); undefined when it is neither. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = /[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
