// A SnapLogic emulator in its own folder, and adapters for its orgs, in this process.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapter as snaplogic } from '../../src/adapters/snaplogic/index.ts';
import { parseFault, startEmulator, type RunningEmulator } from '../../src/emulators/index.ts';
import type { Adapter, Peer } from '../../src/ports/adapter.ts';
import type { JobStatus } from '../../src/ports/job.ts';
import type { Options } from '../../src/ports/options.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools, never } from './adapter-tools.ts';

export interface SnaplogicPlane {
  readonly server: RunningEmulator;
  /** The adapter for one org, as the administrator. */
  readonly org: (name: string, settings?: Readonly<Record<string, string>>) => Peer;
  /** One call as the administrator. Returns `response_map`. Fails unless the answer is 200. */
  readonly call: (method: string, path: string, json?: unknown) => Promise<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

export async function snaplogicPlane(faults: readonly string[] = []): Promise<SnaplogicPlane> {
  const directory = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  const server = await startEmulator('snaplogic', { directory, pace: 0, faults: faults.map(parseFault) });
  const peers: Record<string, () => Adapter> = {};
  const tools = adapterTools({}, peers);
  const { username = '', password = '' } = server.credentials;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return {
    server,
    org: (name, settings = {}) => {
      const secrets = { password: new Secret(password) };
      const of = { username, org: name, ...settings };
      const adapter = snaplogic.create({ name, url: server.url, settings: of, secrets }, tools);
      peers[name] = () => adapter;
      return { name, adapter };
    },
    call: async (method, path, json) => {
      const body = json === undefined ? {} : { body: JSON.stringify(json) };
      const answer = await fetch(`${server.url}/api/1/rest/${path}`, { method, headers: { authorization }, ...body });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${answer.status} ${text}`);
      return (JSON.parse(text) as { readonly response_map: Record<string, unknown> }).response_map;
    },
    close: async () => {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Moves a project and stays with the job as a run does. */
export async function moveProject(from: Adapter, to: Peer, project: string, options: Options): Promise<JobStatus> {
  const prepared = await from.moves!.prepare({ project, dryRun: false, options }, to, never);
  return ended(from, await from.moves!.start(prepared, to, {}, never));
}

export async function ended({ jobs }: Adapter, id: string): Promise<JobStatus> {
  for (;;) {
    await jobs.advance?.(id, never);
    const status = await jobs.status(id, never);
    if (status.state !== 'running' && status.attended !== true) return status;
    await new Promise((done) => setTimeout(done, 3));
  }
}
