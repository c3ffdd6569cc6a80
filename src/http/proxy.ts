import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';
import { MigratorError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { isDirect } from './no-proxy.ts';
import { blame } from './proxy-fault.ts';
import type { Transport } from './exchange.ts';
import type { TransportSettings } from './settings.ts';

/** The proxy for this base URL, or undefined when it is reached directly. CONFIG_INVALID when it cannot be used. */
export function proxyOf(base: URL, settings: Pick<TransportSettings, 'proxy' | 'noProxy'>): URL | undefined {
  const { proxy: given } = settings;
  const chosen = typeof given !== 'object' || given instanceof Secret ? given : given[schemeOf(base)];
  const text = chosen instanceof Secret ? chosen.reveal() : chosen;
  if (text === undefined || text === '') return undefined;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy?.protocol !== 'http:') {
    const variable = schemeOf(base) === 'https' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
    const name = chosen === given ? '`http.proxy`' : `the environment variable ${variable}`;
    throw new MigratorError('CONFIG_INVALID', `${name} is not an http address`, {
      hint: 'write it as http://host:port; https targets go through it as tunnels',
    });
  }
  return isDirect(base, settings.noProxy ?? []) ? undefined : proxy;
}

/** https goes through a tunnel (CONNECT). For http the proxy is asked for the whole URL (RFC 9110 and 9112, 3.2.2). */
export function proxied(proxy: URL, keepAlive: boolean): Omit<Transport, 'https'> {
  const plain = new http.Agent({ keepAlive });
  const request: NonNullable<Transport['request']> = (url, options, callback) =>
    url.protocol === 'https:'
      ? https.request(url, options, callback)
      : http
          .request(
            {
              ...options,
              protocol: 'http:',
              hostname: hostOf(proxy),
              host: hostOf(proxy),
              port: portOf(proxy),
              path: url.href,
              agent: plain,
              headers: { ...headersOf(options), host: url.host, ...authorization(proxy) },
            },
            callback,
          )
          .once('socket', function (this: http.ClientRequest, socket) {
            // Until the proxy is connected, a failure is that of the proxy.
            if (socket.connecting) socket.prependOnceListener('error', (error) => blame(error, proxy.host));
          });
  return { agents: { https: new TunnelAgent(proxy, { keepAlive }) }, request };
}

const tunnelMs = 60_000;

export class TunnelAgent extends https.Agent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: https.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  // Node calls this for each new connection and takes the socket from the callback.
  override createConnection(options: https.RequestOptions, callback?: (error: Error | null, stream: Duplex) => void) {
    const done = callback as ((error: Error | null, stream?: Duplex) => void) | undefined;
    const name = bare(options.host ?? '');
    const target = `${isIP(name) === 6 ? `[${name}]` : name}:${options.port ?? 443}`;
    const asked = http.request({
      host: hostOf(this.#proxy),
      port: portOf(this.#proxy),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...authorization(this.#proxy) },
      agent: false,
      timeout: tunnelMs,
    });
    asked.once('timeout', () => asked.destroy(blame(new Error(`does not answer for ${target}`), this.#proxy.host)));
    asked.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) {
        socket.setTimeout(0);
        done?.(null, connect({ ...(options as ConnectionOptions), socket }));
        return;
      }
      socket.destroy();
      const status = answer.statusCode ?? 0;
      done?.(
        blame(Object.assign(new Error(`refused a tunnel to ${target} with ${status}`), { status }), this.#proxy.host),
      );
    });
    asked.once('error', (error) => done?.(blame(error, this.#proxy.host)));
    asked.end();
    return undefined;
  }
}

function schemeOf({ protocol }: URL): 'http' | 'https' {
  return protocol === 'https:' ? 'https' : 'http';
}

function hostOf({ hostname }: URL): string {
  return bare(hostname);
}

/** An address without the brackets that it has in a URL. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/gu, '');
}

function headersOf(options: https.RequestOptions): http.OutgoingHttpHeaders {
  return Array.isArray(options.headers) ? {} : { ...(options.headers as http.OutgoingHttpHeaders | undefined) };
}

function authorization(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const plain = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(plain).toString('base64')}` };
}

function portOf(proxy: URL): number {
  return proxy.port === '' ? 80 : Number(proxy.port);
}
