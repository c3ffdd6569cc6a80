// Reads errors by their members. In a separate context, as in Jest, `instanceof Error` is false for the errors of
// Node's own modules.

const member = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;

/** `ENOENT`, `ERR_OUT_OF_RANGE`, `Z_DATA_ERROR`; undefined for errors without a code. */
export function codeOf(error: unknown): string | undefined {
  const code = member(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

export function messageOf(error: unknown): string {
  const message = member(error, 'message');
  return typeof message === 'string' ? message : String(error);
}

/** The stack, for the emulator's own log. */
export function stackOf(error: unknown): string {
  const stack = member(error, 'stack');
  return typeof stack === 'string' ? stack : messageOf(error);
}

/** The message of the innermost cause: `fetch` hides the error of the socket in one. */
export function rootMessageOf(error: unknown): string {
  const cause = member(error, 'cause');
  return cause === undefined ? messageOf(error) : rootMessageOf(cause);
}
