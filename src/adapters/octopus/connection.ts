import { z } from 'zod';
import { MigratorError } from '../../errors.ts';
import type { Connection } from '../../ports/adapter.ts';
import type { Secret } from '../../secret.ts';
import { readSettings } from '../shared/settings.ts';
import { viaWords } from './via.ts';

export const secretSettings = ['apiKey', 'accessToken'] as const;

const settingsSchema = z.strictObject({
  /** Name or id of the space. Default: the server's default space. */
  space: z.string().trim().min(1).optional(),
  /** How projects are moved. Default: auto. `--via` overrules it. */
  via: z.enum(viaWords).optional(),
});

export interface OctopusConnection {
  readonly name: string;
  readonly url: string;
  readonly space: string | undefined;
  readonly via: (typeof viaWords)[number] | undefined;
  /** Undefined when an access token is used. Peers can push only with a key. */
  readonly apiKey: Secret | undefined;
  readonly headers: () => Readonly<Record<string, string | Secret>>;
}

/** CONFIG_INVALID when a setting is unknown or of the wrong type, or when there is not exactly one credential. */
export function readConnection(connection: Connection): OctopusConnection {
  const hint = 'an Octopus Deploy instance has `url`, `space`, `via` and `apiKey` or `accessToken`';
  const { space, via } = readSettings(settingsSchema, connection, hint);
  const { apiKey, accessToken } = connection.secrets;
  const [header, credential] =
    apiKey === undefined ? (['authorization', accessToken] as const) : (['x-octopus-apikey', apiKey] as const);
  if (credential === undefined || (apiKey !== undefined && accessToken !== undefined)) {
    throw new MigratorError(
      'CONFIG_INVALID',
      `instance ${connection.name} needs either an API key or an access token`,
      { hint: 'set `apiKey`, for example to env:OCTOPUS_API_KEY' },
    );
  }
  return {
    name: connection.name,
    url: connection.url,
    space,
    via,
    apiKey,
    headers: () => ({ [header]: apiKey === undefined ? bearer(credential) : credential }),
  };
}

function bearer(token: Secret): Secret {
  return token.as((value) => `Bearer ${value}`);
}
