import http from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import { Secret } from '../secret.ts';
import { proxyOf, TunnelAgent } from './proxy.ts';
import type { HttpSettings } from './settings.ts';

/** The connections of a client that is not ours, with the settings of the rc file. */
export interface ForeignWires {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
  readonly timeoutMs: number;
  readonly retries: number;
}

/**
 * Certificates of the rc file, and a tunnel through its proxy for https. A client that is not ours asks no proxy for the
 * whole URL of an http target, so these are reached directly. CONFIG_INVALID when the proxy cannot be used.
 */
export function foreignWires(server: URL, settings: HttpSettings): ForeignWires {
  const { ca, cert, key, passphrase, timeoutMs, retries } = settings;
  const options: https.AgentOptions = {
    keepAlive: true,
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ...(typeof ca === 'string' ? [ca] : ca)] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key: key instanceof Secret ? key.reveal() : key }),
    ...(passphrase === undefined ? {} : { passphrase: passphrase.reveal() }),
  };
  const proxy = server.protocol === 'https:' ? proxyOf(server, settings) : undefined;
  return {
    httpAgent: new http.Agent({ keepAlive: true }),
    httpsAgent: proxy === undefined ? new https.Agent(options) : new TunnelAgent(proxy, options),
    timeoutMs,
    retries,
  };
}
