import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends the server as a power cut would: nothing is written any more. */
  kill(): Promise<void>;
  /** Starts it again, on the same port, with what its folder has. */
  restart(): Promise<void>;
  /** All commands that it ever wrote to its append-only files, as bytes. */
  written(): Promise<Buffer>;
  /** Ends the server, and removes its folder. */
  close(): Promise<void>;
}

/**
 * A real redis-server on a free port, in a temporary folder, with an append-only file that is written with every command.
 * A server that writes once in a second (`appendfsync everysec`, its default) may lose the last second in a power cut.
 */
export async function startRedis(...settings: readonly string[]): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const restart = async (): Promise<void> => {
    const usual = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    const memory = ['--maxmemory-policy', 'noeviction'];
    child = spawn('redis-server', ['--port', String(port), '--dir', folder, ...usual, ...memory, ...settings], {
      stdio: 'ignore',
    });
    for (let attempt = 0; !(await answers(port)); attempt += 1) {
      if (attempt > 500 || child.exitCode !== null) throw new Error('redis-server did not start');
      await new Promise((wait) => setTimeout(wait, 10));
    }
  };
  await restart();
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    port,
    kill,
    restart,
    written: async () => {
      const files = join(folder, 'appendonlydir');
      const names = await readdir(files);
      return Buffer.concat(await Promise.all(names.map((name) => readFile(join(files, name)))));
    },
    close: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (result: boolean) => () => {
      socket.destroy();
      resolve(result);
    };
    socket.on('error', end(false)).on('connect', end(true));
  });
}

/** A port that nothing listens on now: redis-server cannot choose one by itself. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
