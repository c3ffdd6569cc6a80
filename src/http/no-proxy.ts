import { BlockList, isIP } from 'node:net';

/** Whether a URL is reached without the proxy. Entries are those of NO_PROXY, as curl and Go read them. */
export function isDirect(url: URL, entries: readonly string[]): boolean {
  const host = plainHost(url.hostname);
  return isLoopback(host) || entries.some((entry) => matches(entry, host, url));
}

/** The entries that name nothing: neither a host, nor an address, nor a range of addresses. */
export function unreadable(entries: readonly string[]): readonly string[] {
  return entries.filter((entry) => entry !== '*' && rangeOf(entry) === undefined && hostOf(entry) === undefined);
}

/** NO_PROXY as a list: its entries stand between commas or spaces. */
export function noProxyList(text: string): readonly string[] {
  return text.split(/[\s,]+/u).filter((entry) => entry !== '');
}

function matches(entry: string, host: string, url: URL): boolean {
  if (entry === '*') return true;
  const range = rangeOf(entry);
  if (range !== undefined) return isIP(host) !== 0 && range.check(host, familyOf(host));
  const named = hostOf(entry);
  if (named === undefined || (named.port !== undefined && named.port !== portOf(url))) return false;
  if (isIP(named.host) !== 0 || isIP(host) !== 0) return named.host === host;
  return host === named.host || host.endsWith(`.${named.host}`);
}

/** A range such as `10.0.0.0/8`; undefined for anything else. */
function rangeOf(entry: string): BlockList | undefined {
  const [, address = '', bits = ''] = /^\[?([^\]/]+)\]?\/(\d{1,3})$/u.exec(entry) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return undefined;
  const range = new BlockList();
  range.addSubnet(address, Number(bits), familyOf(address));
  return range;
}

function hostOf(entry: string): { readonly host: string; readonly port: string | undefined } | undefined {
  if (isIP(entry) === 6) return { host: plainHost(`[${entry}]`), port: undefined };
  const [, name = '', port] = /^(\[[^\]]+\]|[^:/[\]]+)(?::(\d+))?$/u.exec(entry) ?? [];
  const host = name.startsWith('[') ? name : name.replace(/^\*?\./u, '');
  if (host === '' || host.includes('*') || !URL.canParse(`http://${host}`)) return undefined;
  return { host: plainHost(new URL(`http://${host}`).hostname), port };
}

/** Without brackets and the final dot, in the one spelling of an address. */
function plainHost(host: string): string {
  const bare = host.startsWith('[') ? host : host.toLowerCase().replace(/\.$/u, '');
  const spelled = URL.canParse(`http://${bare}`) ? new URL(`http://${bare}`).hostname : bare;
  return spelled.replace(/^\[|\]$/gu, '');
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/u.test(host);
}
