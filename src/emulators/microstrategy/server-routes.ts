import { json } from './refusal.ts';
import { route, type Route } from './visit.ts';

/** Clients use only the first nine characters of both versions. */
export const serverRoutes: readonly Route[] = [
  route('GET', '/status', { open: true }, ({ instance }) =>
    json(200, { webVersion: instance.version, iServerVersion: instance.version }),
  ),
];
