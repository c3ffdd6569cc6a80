import { isDirect, noProxyList, unreadable } from '../../http/no-proxy.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxies that the environment names: HTTPS_PROXY for https targets only, HTTP_PROXY for http targets only. */
export function proxyVariables(env: Environment) {
  const variable = (name: string) => {
    const value = env[name] ?? '';
    const lower = env[name.toLowerCase()] ?? '';
    return value !== '' ? value : lower === '' ? undefined : lower;
  };
  return {
    https: variable('HTTPS_PROXY'),
    http: variable('HTTP_PROXY'),
    noProxy: noProxyList(variable('NO_PROXY') ?? ''),
  };
}

/** A sentence for each entry of NO_PROXY that names nothing, and for each proxy that cannot be used. */
export function proxyWarnings(env: Environment): readonly string[] {
  const { https, http, noProxy } = proxyVariables(env);
  return [
    ...unreadable(noProxy).map(
      (entry) => `NO_PROXY: "${entry}" is neither a host, an address nor a range of addresses`,
    ),
    ...Object.entries({ HTTPS_PROXY: https, HTTP_PROXY: http }).flatMap(([name, value]) =>
      value === undefined || (URL.canParse(value) && new URL(value).protocol === 'http:')
        ? []
        : [`${name} is not an http address, so its targets cannot be reached: write http://host:port`],
    ),
  ];
}

/** How an instance is reached: `directly`, or the address of the proxy without its credentials. */
export function wayTo(url: string, configured: string | undefined, env: Environment): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const target = new URL(url);
  if (target.protocol !== 'https:' && target.protocol !== 'http:') return undefined;
  const { https, http, noProxy } = proxyVariables(env);
  const proxy = configured ?? (target.protocol === 'https:' ? https : http);
  if (proxy === undefined || isDirect(target, noProxy)) return 'directly';
  return URL.canParse(proxy) && new URL(proxy).host !== '' ? `through ${new URL(proxy).host}` : 'through http.proxy';
}
