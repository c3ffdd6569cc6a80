// Errors of Node's own modules are read by their members: `instanceof Error` fails for them where the code runs in a
// context of its own, as it does in Jest.

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

/** For the emulator's own log. */
export function stackOf(error: unknown): string {
  const stack = member(error, 'stack');
  return typeof stack === 'string' ? stack : messageOf(error);
}

/** The innermost message: fetch wraps what happened on the socket. */
export function rootMessageOf(error: unknown): string {
  const cause = member(error, 'cause');
  return cause === undefined ? messageOf(error) : rootMessageOf(cause);
}
