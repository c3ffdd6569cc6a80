import type { RunningEmulator } from '../../src/emulators/index.ts';

/** A request of the binary: the server that got it, by the name of its instance, and `GET /api/…`. */
export interface Counted {
  readonly server: string;
  readonly request: string;
}

/**
 * What the binary asks embedded servers during a piece of work, server by server, in order. What servers ask each other
 * and what the test asks is left out.
 */
export async function requestsOf<Result>(
  servers: Readonly<Record<string, RunningEmulator>>,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly requests: readonly Counted[] }> {
  for (const { faults } of Object.values(servers)) faults.forgetRequests();
  const result = await work();
  const requests = Object.entries(servers).flatMap(([server, { faults }]) =>
    faults
      .requests()
      .filter(({ agent }) => agent.startsWith('migrator-cli/'))
      .map(({ method, path }) => ({ server, request: `${method} ${path}` })),
  );
  return { result, requests };
}
