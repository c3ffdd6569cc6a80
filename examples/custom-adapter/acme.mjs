// An adapter for Acme, a product that keeps projects as plain documents. Its server is server.mjs.
import { MigratorError } from 'migrator-cli';

export const contract = 1;
export const product = 'acme';
export const title = 'Acme';
export const secretSettings = ['token'];
// What an instance can be set to: migrator tells all that is wrong in an rc file at once.
export const settings = [{ name: 'token', secret: true }];
// The flags of the product: help, completion and the parser of migrator know them.
export const options = [
  {
    name: 'without-comments',
    description: 'export no comments',
    verbs: ['partial-export', 'migrate-project'],
  },
];

export function create({ name, url, settings, secrets }, { http: open, clock, random }) {
  const unknown = Object.keys(settings);
  if (unknown.length > 0) throw new MigratorError('CONFIG_INVALID', `instance ${name} has no setting ${unknown[0]}`);
  if (secrets.token === undefined) throw new MigratorError('CONFIG_INVALID', `instance ${name} needs a token`);
  // tools.http retries, waits, hides secrets, and turns failures into errors that migrator knows.
  const http = open({ baseUrl: url, headers: () => ({ 'x-acme-token': secrets.token }) });
  const get = async (path, signal) => (await http.json({ method: 'GET', path }, signal)).body;
  return {
    product,
    probe: async (signal) => {
      const { version, account } = await get('api/version', signal);
      return { product, version, url, account, mode: 'normal', rights: [], notes: [] };
    },
    versionObstacle: () => undefined,
    inventory: {
      kinds: ['project'],
      async *list(kind, signal) {
        if (kind !== 'project') throw new MigratorError('USAGE', `Acme keeps projects and no ${kind}`);
        for (const { id, name } of await get('api/projects', signal)) yield { kind, id, name };
      },
    },
    jobs: {
      status: async (id, signal) => statusOf(await get(`api/jobs/${encodeURIComponent(id)}`, signal)),
      async *log(id, signal) {
        const { lines } = await get(`api/jobs/${encodeURIComponent(id)}`, signal);
        for (const text of lines) yield { level: 'info', depth: 0, text };
      },
      async *list({ limit }, signal) {
        for (const job of (await get('api/jobs', signal)).slice(0, limit)) {
          const { id, kind, state, wireState, queuedAt } = statusOf(job);
          yield { id, kind, state, wireState, queuedAt, title: `${kind} of ${job.package}` };
        }
      },
    },
    exports: exporter(http, get, clock, random),
    imports: importer(http, get),
  };
}

// A job with an unknown state must go on waiting. It must not succeed.
const states = { Done: 'succeeded', Broken: 'failed' };

function statusOf({ id, kind, state, queuedAt, lines }) {
  const known = states[state] ?? 'running';
  const messages = known === 'failed' ? [{ level: 'error', text: lines.at(-1) }] : [];
  return { id, kind, state: known, wireState: state, queuedAt, messages };
}

function exporter(http, get, clock, random) {
  return {
    pushes: false,
    requiredSecrets: [],
    prepare: async (request, signal) => {
      const all = await get('api/projects', signal);
      const projects = request.projects.map((wanted) => all.find(({ id, name }) => id === wanted || name === wanted));
      const missing = request.projects.filter((_, index) => projects[index] === undefined);
      if (missing.length > 0) {
        throw new MigratorError('NOT_FOUND', `Acme holds no project ${missing.join(', ')}`, {
          hint: `there are: ${all.map(({ name }) => name).join(', ') || 'none'}`,
          details: { missing },
        });
      }
      const chance = Buffer.from(random.bytes(6)).toString('hex');
      const version = request.packageVersion ?? `1.0.0-${clock.now().getTime()}-${chance}`;
      return {
        package: { id: request.packageId ?? 'Acme.Projects', version },
        projects: projects.map(({ id, name }) => ({ id, name })),
        // --without-comments arrives here.
        settled: { withComments: request.options.withoutComments !== true },
        notes: [],
      };
    },
    start: async (prepared, _secrets, _destination, signal) => {
      const json = {
        package: labelOf(prepared.package),
        projects: prepared.projects.map(({ id }) => id),
        comments: prepared.settled.withComments,
      };
      return (await http.json({ method: 'POST', path: 'api/exports', json }, signal)).body.id;
    },
    find: (prepared, startedAfter, signal) => findJob(get, 'export', prepared.package, startedAfter, signal),
    fetch: async (id, _prepared, signal) => {
      const job = await get(`api/jobs/${encodeURIComponent(id)}`, signal);
      const [packageId, version] = job.package.split('@');
      const file = {
        path: 'native/projects.json',
        size: job.size,
        mediaType: 'application/json',
        digest: { algorithm: 'sha256', hex: job.sha256 },
        async *open(inner) {
          yield* (await http.stream({ method: 'GET', path: `api/jobs/${encodeURIComponent(id)}/file` }, inner)).body;
        },
      };
      return { package: { id: packageId, version }, files: [file], notes: [] };
    },
  };
}

function importer(http, get) {
  return {
    takes: 'files',
    dryRuns: 'plan',
    requiredSecrets: [],
    // A dry run ends with this plan. Acme leaves alone what it has already.
    prepare: async ({ source, projects = [], dryRun }, signal) => {
      const there = (await get('api/projects', signal)).map(({ name }) => name);
      const action = (name) => (there.includes(name) ? 'keep' : 'create');
      const plan = projects.map((name) => ({ kind: 'project', name, action: action(name) }));
      return { source, dryRun, plan, settled: {}, notes: [] };
    },
    start: async (prepared, _secrets, [file], signal) => {
      const body = { contentType: 'application/json', size: file.size, open: (inner) => file.open(inner) };
      const request = { method: 'POST', path: 'api/imports', query: { package: labelOf(prepared.source) }, body };
      return (await http.json(request, signal)).body.id;
    },
    find: (prepared, startedAfter, signal) => findJob(get, 'import', prepared.source, startedAfter, signal),
  };
}

/** Finds the job of a start whose answer was lost, in the server's own list. */
async function findJob(get, kind, ref, startedAfter, signal) {
  const jobs = await get('api/jobs', signal);
  return jobs.find(
    (job) => job.kind === kind && job.package === labelOf(ref) && Date.parse(job.queuedAt) >= startedAfter.getTime(),
  )?.id;
}

const labelOf = ({ id, version }) => `${id}@${version}`;
