import { json } from './refusal.ts';
import type { Route } from './visit.ts';

/** Clients cut both versions to their first nine characters. */
export const serverRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/status',
    open: true,
    handle: ({ instance }) => json(200, { webVersion: instance.version, iServerVersion: instance.version }),
  },
];
