import { randomBytes } from 'node:crypto';
import { MigratorError } from '../errors.ts';
import { createHttpFactory } from '../http/client.ts';
import type { HttpSettings } from '../http/settings.ts';
import type { Adapter, AdapterTools } from '../ports/adapter.ts';
import type { Clock } from '../ports/runtime.ts';

/** What an adapter is given, over real HTTP, with waits that take no time and are written down. */
export function adapterTools(
  settings: Partial<HttpSettings> = {},
  peers: Readonly<Record<string, () => Adapter>> = {},
): AdapterTools & { readonly waits: number[]; readonly lines: string[] } {
  const waits: number[] = [];
  const lines: string[] = [];
  const clock: Clock = {
    now: () => new Date(),
    sleep: async (milliseconds, signal) => {
      waits.push(milliseconds);
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) throw new MigratorError('CANCELLED', 'the wait was interrupted');
    },
  };
  const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)) };
  const debug = (message: string): void => {
    lines.push(message);
  };
  const http = createHttpFactory(
    { timeoutMs: 5_000, retries: 3, userAgent: 'migrator-contract', ...settings },
    { clock, random, debug },
  );
  const guard = (): void => undefined;
  const peer = async (name: string): Promise<Adapter> => {
    const found = peers[name];
    if (found === undefined) throw new MigratorError('CONFIG_INVALID', `no instance "${name}"`);
    return Promise.resolve(found());
  };
  return { http, clock, random, notice: debug, debug, guard, peer, peers: () => [], waits, lines };
}
