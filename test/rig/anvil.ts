import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A running anvil process. */
export interface Anvil {
  readonly rpcUrl: string;
  readonly port: number;
  /** The id of anvil itself, not of its supervisor. */
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Runs between us and anvil. Its standard input is a pipe that we hold: when our process ends in any way,
 * SIGKILL included, the pipe closes and the supervisor takes anvil with it.
 */
const supervisor = `
const { spawn } = require('node:child_process');
const [binary, ...args] = process.argv.slice(1);
const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
let said = '';
const read = (data) => {
  if (said === undefined) return;
  said = (said + data).slice(-4000);
  const listening = /Listening on [^\\n]*?:(\\d+)\\s/.exec(said);
  if (listening === null) return;
  said = undefined;
  process.stdout.write(JSON.stringify({ pid: child.pid, port: Number(listening[1]) }) + '\\n');
};
child.stdout.on('data', read);
child.stderr.on('data', read);
child.on('error', (error) => { said = error.message; });
child.on('close', (code) => {
  if (said !== undefined) process.stdout.write(JSON.stringify({ failed: said.trim() }) + '\\n');
  process.exit(code === null ? 1 : code);
});
process.stdout.on('error', () => {});
process.stdin.on('close', () => child.kill('SIGKILL')).resume();
`;

/**
 * Starts anvil with manual mining and waits until it answers.
 * @param options.port - 0 or absent: any free port
 * @param options.chainId - 8453 where absent
 */
export async function startAnvil(options: { port?: number; chainId?: number } = {}): Promise<Anvil> {
  const { port = 0, chainId = 8453 } = options;
  // Two hosts with port 0 would get two different ports.
  const hosts = port !== 0 && hasIpv6Loopback() ? '127.0.0.1,::1' : '127.0.0.1';
  const settings: Record<string, string> = {
    '--chain-id': String(chainId),
    '--host': hosts,
    '--port': String(port),
    '--accounts': '4',
    '--slots-in-an-epoch': '1',
  };
  const args = Object.entries(settings).flat();
  const child = spawn(process.execPath, ['-e', supervisor, '--', findAnvil(), ...args, '--no-mining'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // Its own process group: Ctrl-C reaches us first, and we stop anvil when we are done with it.
    detached: true,
  });
  const exited = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  const started = await Promise.race([
    once(lines, 'line').then(([line]): Started => JSON.parse(String(line))),
    exited.then((): Started => ({ failed: 'it ended without a word' })),
  ]);
  lines.close();
  child.stdout.destroy();
  if ('failed' in started) throw new Error(`anvil did not start on port ${port}: ${started.failed}`);
  // A world that nobody stopped does not keep its process alive.
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();

  return {
    rpcUrl: `http://127.0.0.1:${started.port}`,
    port: started.port,
    pid: started.pid,
    async stop() {
      child.ref();
      child.stdin.end();
      await exited;
    },
  };
}

type Started = { readonly pid: number; readonly port: number } | { readonly failed: string };

function findAnvil(): string {
  const cpu = process.arch === 'x64' ? 'amd64' : process.arch;
  const name = `@foundry-rs/anvil-${process.platform}-${cpu}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'anvil.exe' : 'anvil');
  } catch (cause) {
    throw new Error(
      `The rig needs anvil, and the package ${name} is not installed: run "npm install --no-save ${name}".`,
      { cause },
    );
  }
}

function hasIpv6Loopback(): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
}
