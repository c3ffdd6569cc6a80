import type { RunningEmulator } from '../../src/emulators/index.ts';

/** A task as the server shows it. */
export interface ServerTask {
  readonly Id: string;
  readonly Name: string;
  readonly State: string;
  readonly QueueTime: string;
  readonly CompletedTime: string;
}

export const exportTask = 'MigrationPartialExport';
export const importTask = 'MigrationImport';

/** The administrator's key of an embedded server. */
export function keyOf({ credentials: { apiKey } }: RunningEmulator): string {
  if (apiKey === undefined) throw new Error('an Octopus instance hands out no API key');
  return apiKey;
}

/** Asks an embedded server over HTTP, without migrator. Returns JSON or text. */
export async function ask(server: RunningEmulator, path: string, method = 'GET'): Promise<unknown> {
  const answer = await fetch(`${server.url}${path}`, { method, headers: { 'X-Octopus-ApiKey': keyOf(server) } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
  return (answer.headers.get('content-type') ?? '').includes('json') ? (JSON.parse(text) as unknown) : text;
}

/** Sends a document to an embedded server over HTTP, without migrator. */
export async function send(server: RunningEmulator, method: string, path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { 'X-Octopus-ApiKey': keyOf(server), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

async function items(server: RunningEmulator, path: string): Promise<readonly unknown[]> {
  return ((await ask(server, path)) as { readonly Items: readonly unknown[] }).Items;
}

/** The tasks of a migration, newest first. */
export async function tasksOf(server: RunningEmulator, name: string): Promise<readonly ServerTask[]> {
  return (await items(server, `/api/tasks?name=${name}&take=1000`)) as readonly ServerTask[];
}

export async function logOf(server: RunningEmulator, task: ServerTask): Promise<string> {
  return String(await ask(server, `/api/tasks/${task.Id}/raw`));
}

export async function projectsOf(server: RunningEmulator): Promise<readonly string[]> {
  const projects = (await items(server, '/api/Spaces-1/projects?take=1000')) as readonly { readonly Name: string }[];
  return projects.map(({ Name }) => Name).sort();
}

export async function packagesOf(server: RunningEmulator): Promise<readonly string[]> {
  const found = (await items(server, '/api/Spaces-1/packages?take=1000')) as readonly { readonly Id: string }[];
  return found.map(({ Id }) => Id);
}

/** Counts the export tasks and the import tasks that a piece of work starts. */
export async function counted<T>(
  servers: { readonly lab: RunningEmulator; readonly prod: RunningEmulator },
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly exports: number; readonly imports: number }> {
  const look = async () =>
    [(await tasksOf(servers.lab, exportTask)).length, (await tasksOf(servers.prod, importTask)).length] as const;
  const before = await look();
  const result = await work();
  const after = await look();
  return { result, exports: after[0] - before[0], imports: after[1] - before[1] };
}
