import { json } from './refusal.ts';
import type { Route } from './visit.ts';

/** Clients use only the first nine characters of both versions. */
export const serverRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/status',
    open: true,
    handle: ({ instance }) => json(200, { webVersion: instance.version, iServerVersion: instance.version }),
  },
];
