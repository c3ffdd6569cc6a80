import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';
import { MigratorError } from '../errors.ts';
import { Secret } from '../secret.ts';
import type { Transport } from './exchange.ts';
import type { TransportSettings } from './settings.ts';

/** The proxy for this base URL, or undefined when it is reached directly. CONFIG_INVALID when it cannot be used. */
export function proxyOf(base: URL, settings: Pick<TransportSettings, 'proxy' | 'noProxy'>): URL | undefined {
  const text = settings.proxy instanceof Secret ? settings.proxy.reveal() : settings.proxy;
  if (text === undefined || text === '') return undefined;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy?.protocol !== 'http:') {
    throw new MigratorError(
      'CONFIG_INVALID',
      '`http.proxy`, or the environment variable that stands for it, is not an http address',
      {
        hint: 'write it as http://host:port; https targets go through it as tunnels',
      },
    );
  }
  const host = base.hostname.toLowerCase();
  const direct = (settings.noProxy ?? []).some((name) =>
    name.startsWith('.') ? host.endsWith(name.toLowerCase()) : host === name.toLowerCase(),
  );
  return direct || isLoopback(host) ? undefined : proxy;
}

/** https goes through a tunnel (CONNECT). For http the proxy is asked for the whole URL (RFC 9110 and 9112, 3.2.2). */
export function proxied(proxy: URL, keepAlive: boolean): Omit<Transport, 'https'> {
  const plain = new http.Agent({ keepAlive });
  const request: NonNullable<Transport['request']> = (url, options, callback) =>
    url.protocol === 'https:'
      ? https.request(url, options, callback)
      : http.request(
          {
            ...options,
            protocol: 'http:',
            hostname: proxy.hostname,
            host: proxy.hostname,
            port: portOf(proxy),
            path: url.href,
            agent: plain,
            headers: { ...headersOf(options), host: url.host, ...authorization(proxy) },
          },
          callback,
        );
  return { agents: { https: new TunnelAgent(proxy, keepAlive) }, request };
}

const tunnelMs = 60_000;

class TunnelAgent extends https.Agent {
  readonly #proxy: URL;

  constructor(proxy: URL, keepAlive: boolean) {
    super({ keepAlive });
    this.#proxy = proxy;
  }

  // Node calls this for each new connection and takes the socket from the callback.
  override createConnection(options: https.RequestOptions, callback?: (error: Error | null, stream: Duplex) => void) {
    const done = callback as ((error: Error | null, stream?: Duplex) => void) | undefined;
    const target = `${options.host ?? ''}:${options.port ?? 443}`;
    const asked = http.request({
      host: this.#proxy.hostname,
      port: portOf(this.#proxy),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...authorization(this.#proxy) },
      agent: false,
      timeout: tunnelMs,
    });
    asked.once('timeout', () => asked.destroy(new Error(`the proxy does not answer for ${target}`)));
    asked.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) {
        socket.setTimeout(0);
        done?.(null, connect({ ...(options as ConnectionOptions), socket }));
        return;
      }
      socket.destroy();
      done?.(new Error(`the proxy refused a tunnel to ${target} with ${answer.statusCode ?? 0}`));
    });
    asked.once('error', (error) => done?.(error));
    asked.end();
    return undefined;
  }
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

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
