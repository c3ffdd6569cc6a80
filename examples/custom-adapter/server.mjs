// The server of Acme, with only what its adapter needs: a few HTTP routes, and all data in memory.
// Run it alone to serve an instance: node server.mjs <token> [project]…
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

export async function startAcme({ token, projects = [] }) {
  const held = new Map(projects.map((name, index) => [name, { id: `P-${index + 1}`, name, text: `steps of ${name}` }]));
  const jobs = [];
  const job = (kind, label, state, lines, file) => {
    const made = { id: `J-${jobs.length + 1}`, kind, package: label, state, queuedAt: new Date().toISOString(), lines };
    if (file !== undefined) {
      made.size = file.length;
      made.sha256 = createHash('sha256').update(file).digest('hex');
    }
    jobs.unshift({ ...made, file });
    return made;
  };
  const find = (id) => jobs.find((one) => one.id === decodeURIComponent(id));

  const routes = [
    ['GET', /^\/api\/version$/, () => ({ version: '4.2', account: 'acme' })],
    ['GET', /^\/api\/projects$/, () => [...held.values()].map(({ id, name }) => ({ id, name }))],
    ['GET', /^\/api\/jobs$/, () => jobs.map(({ file, ...rest }) => rest)],
    ['GET', /^\/api\/jobs\/([^/]+)$/, ([id]) => find(id)],
    ['GET', /^\/api\/jobs\/([^/]+)\/file$/, ([id]) => find(id)?.file],
    [
      'POST',
      /^\/api\/exports$/,
      (_, body) => {
        const wanted = JSON.parse(body);
        const taken = [...held.values()].filter(({ id }) => wanted.projects.includes(id));
        const file = Buffer.from(JSON.stringify({ comments: wanted.comments, projects: taken }));
        return job('export', wanted.package, 'Done', [`exported ${taken.length} projects`], file);
      },
    ],
    [
      'POST',
      /^\/api\/imports$/,
      (_, body, query) => {
        for (const { name, text } of JSON.parse(body).projects) {
          if (!held.has(name)) held.set(name, { id: `P-${held.size + 1}`, name, text });
        }
        return job('import', query.get('package'), 'Done', ['imported']);
      },
    ],
  ];

  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname, searchParams } = new URL(request.url, 'http://acme');
    const answer = (status, body) => {
      const raw = Buffer.isBuffer(body);
      response.writeHead(status, { 'content-type': raw ? 'application/octet-stream' : 'application/json' });
      response.end(raw ? body : JSON.stringify(body));
    };
    if (request.headers['x-acme-token'] !== token) return answer(401, { error: 'unknown token' });
    for (const [method, path, handle] of routes) {
      const match = method === request.method ? path.exec(pathname) : null;
      if (match === null) continue;
      const body = handle(match.slice(1), Buffer.concat(chunks).toString('utf8'), searchParams);
      return body === undefined ? answer(404, { error: 'not found' }) : answer(200, body);
    }
    return answer(404, { error: 'not found' });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    token,
    close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [token = 'acme', ...projects] = process.argv.slice(2);
  console.log((await startAcme({ token, projects })).url);
}
