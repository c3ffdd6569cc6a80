import http from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import type { HttpsOptions } from 'got';
import { MigratorError } from '../errors.ts';
import { Secret } from '../secret.ts';
import type { Transport } from './exchange.ts';
import { proxied, proxyOf } from './proxy.ts';
import type { TransportSettings } from './settings.ts';

/**
 * Connections for one instance. A request that must not be repeated gets a connection of its own: if the server
 * closes a kept-alive connection at that moment, nobody knows whether the request arrived.
 */
export function transportFor(base: URL, settings: TransportSettings): (keptAlive: boolean) => Transport {
  const tls = tlsOptions(settings);
  const proxy = proxyOf(base, settings);
  const create = (keepAlive: boolean): Transport => ({
    https: tls,
    ...(proxy === undefined
      ? { agents: { http: new http.Agent({ keepAlive }), https: new https.Agent({ keepAlive }) } }
      : proxied(proxy, keepAlive)),
  });
  const shared = create(true);
  const single = create(false);
  return (keptAlive) => (keptAlive ? shared : single);
}

function tlsOptions(settings: TransportSettings): HttpsOptions {
  const { ca, cert } = settings;
  const key = settings.key instanceof Secret ? settings.key.reveal() : settings.key;
  if ((cert === undefined) !== (key === undefined)) {
    throw new MigratorError('CONFIG_INVALID', 'a client certificate needs both `http.cert` and `http.key`');
  }
  return {
    ...(ca === undefined
      ? {}
      : { certificateAuthority: [...rootCertificates, ...(typeof ca === 'string' ? [ca] : ca)] }),
    ...(cert === undefined ? {} : { certificate: cert }),
    ...(key === undefined ? {} : { key }),
    ...(settings.passphrase === undefined ? {} : { passphrase: settings.passphrase.reveal() }),
  };
}
