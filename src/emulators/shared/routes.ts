import router from 'find-my-way';

export type PathParams = Readonly<Record<string, string | undefined>>;

export interface Routes<Target> {
  /** `:name` is one path segment, `:name(regex)` one that matches. */
  on(method: string, path: string, target: Target): void;
  /** The target, or the methods that the path allows; an empty list when there is no such path. */
  find(
    method: string,
    path: string,
  ): { readonly target: Target; readonly params: PathParams } | { readonly allowed: readonly string[] };
}

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;
type Method = (typeof methods)[number];

/** Paths compare without regard to case, unless `caseSensitive`; parameters keep their case. HEAD counts as GET. */
export function createRoutes<Target>({ caseSensitive = false } = {}): Routes<Target> {
  const tree = router({ caseSensitive, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 500 });
  return {
    on(method, path, target) {
      // The library takes a target that is falsy for none.
      tree.on(method as Method, path, () => undefined, { target });
    },
    find(method, path) {
      const found = tree.find((method === 'HEAD' ? 'GET' : method) as Method, path);
      if (found !== null) return { ...(found.store as { readonly target: Target }), params: found.params };
      return { allowed: methods.filter((other) => tree.find(other, path) !== null) };
    },
  };
}
