/** A failure of the proxy and not of the server behind it. */
export interface ProxyFault {
  /** Host and port. */
  readonly proxy: string;
  /** With which the proxy refused a tunnel. */
  readonly status?: number;
}

/** Marks an error as that of the proxy, whoever wraps it later. */
export function blame<Fault extends Error>(error: Fault, proxy: string): Fault {
  return Object.assign(error, { proxy });
}

export function proxyFaultOf(error: unknown): ProxyFault | undefined {
  const proxy = propertyOf(error, 'proxy');
  if (typeof proxy !== 'string') return undefined;
  const status = propertyOf(error, 'status');
  return { proxy, ...(typeof status === 'number' ? { status } : {}) };
}

/** A property of an error, or of one of its causes. */
export function propertyOf(error: unknown, key: string): unknown {
  if (typeof error !== 'object' || error === null) return undefined;
  const one = error as Readonly<Record<string, unknown>>;
  return key in one ? one[key] : propertyOf(one['cause'], key);
}
