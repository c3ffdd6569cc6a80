// The fault virtual-directory: the server is found below a path. A server with a virtual directory of its own names it in
// its links. Behind a proxy that cuts the path off, it does not know of it (`links=0`).
import { isObject } from '../shared/json.ts';
import type { Call, Reply } from '../shared/server.ts';
import type { Instance } from './instance.ts';

const directory = '/octopus';

/** The path as the server knows it. */
export const withoutDirectory = (path: string): string =>
  path.toLowerCase().startsWith(`${directory}/`) ? path.slice(directory.length) : path;

const placed = (link: unknown) => (typeof link === 'string' && link.startsWith('/') ? `${directory}${link}` : link);

function placedLinks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(placedLinks);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) =>
      name === 'Links' && isObject(member)
        ? [name, Object.fromEntries(Object.entries(member).map(([link, path]) => [link, placed(path)]))]
        : [name, placedLinks(member)],
    ),
  );
}

function withDirectory(reply: Reply): Reply {
  const { headers = {}, body } = reply;
  const isJson = String(headers['Content-Type']).startsWith('application/json');
  const location = headers['Location'];
  return {
    ...reply,
    headers: { ...headers, ...(typeof location === 'string' ? { Location: `${directory}${location}` } : {}) },
    ...(isJson && typeof body === 'string'
      ? { body: JSON.stringify(placedLinks(JSON.parse(body) as unknown), null, 2) }
      : {}),
  };
}

const elsewhere: Reply = {
  status: 404,
  headers: { 'Content-Type': 'text/html' },
  body: '<html><head><title>404</title></head><body><h1>404 Not Found</h1></body></html>\n',
};

type Answer = (call: Call) => Promise<Reply>;

export function belowDirectory({ faults }: Instance, answer: Answer): Answer {
  return async (call) => {
    const fault = faults.named('virtual-directory');
    if (fault === undefined) return answer(call);
    const path = withoutDirectory(call.path);
    if (path === call.path) return elsewhere;
    const reply = await answer({ ...call, path });
    return fault.values['links'] === 0 ? reply : withDirectory(reply);
  };
}
