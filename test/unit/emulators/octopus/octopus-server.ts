// Starts an Octopus emulator in its own folder and calls it with plain fetch.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type EmulatorOptions, type RunningEmulator } from '../../../../src/emulators/index.ts';
import { keyOf } from '../../../support/octopus-api.ts';

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; fails when it is not JSON. */
  readonly json: Json;
}

export interface OctopusServer extends RunningEmulator {
  readonly apiKey: string;
  readonly directory: string;
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  readonly upload: (
    path: string,
    fileName: string,
    content: string | Uint8Array,
    options?: CallOptions,
  ) => Promise<Answer>;
  /** Polls a task until it has ended. Returns it with its raw log. */
  readonly finished: (taskId: string) => Promise<{ readonly task: Json; readonly log: string }>;
}

interface CallOptions {
  /** Null sends none; default: the administrator's. */
  readonly key?: string | null;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: FormData;
}

export const publisherKey = 'API-SAMPLEPACKAGEPUBLISHER000000';
export const readerKey = 'API-SAMPLEREADONLY00000000000000';

const folders: string[] = [];
const running: RunningEmulator[] = [];

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'octopus-'));
  folders.push(folder);
  return folder;
}

/** For afterAll and afterEach. */
export async function stopServers(): Promise<void> {
  await Promise.all(running.splice(0).map((one) => one.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

function client(url: string, apiKey: string): Pick<OctopusServer, 'call' | 'upload' | 'finished'> {
  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { key = apiKey, json, text, headers, form } = options;
    const body = form ?? text ?? (json === undefined ? undefined : JSON.stringify(json));
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { 'X-Octopus-ApiKey': key }),
        ...(form === undefined && body !== undefined ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const received = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text: received,
      get json() {
        return JSON.parse(received) as Json;
      },
    };
  }
  return {
    call,
    upload: (path, fileName, content, options) => {
      const form = new FormData();
      form.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), fileName);
      return call('POST', path, { ...options, form });
    },
    async finished(taskId) {
      for (;;) {
        const task = (await call('GET', `/api/tasks/${taskId}`)).json;
        if (task['IsCompleted'] === true) return { task, log: (await call('GET', `/api/tasks/${taskId}/raw`)).text };
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}

export async function startServer(options: Partial<EmulatorOptions> = {}): Promise<OctopusServer> {
  const directory = options.directory ?? (await newFolder());
  const emulator = await startEmulator('octopus', { pace: 0, ...options, directory });
  running.push(emulator);
  const apiKey = keyOf(emulator);
  return { ...emulator, apiKey, directory, ...client(emulator.url, apiKey) };
}
