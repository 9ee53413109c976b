import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../packages/relay/src/main.ts', import.meta.url));

/** A real relay in its own process, with its own port and data folder, that can be killed and started again. */
export class RelayProcess {
  readonly port: number;
  readonly data: string;
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;
  /** Everything the relay printed, for tests that look for what must not be there. */
  output = '';

  private constructor(port: number, data: string, env: Record<string, string>) {
    this.port = port;
    this.data = data;
    this.#env = env;
  }

  static async start(env: Record<string, string> = {}): Promise<RelayProcess> {
    const data = await mkdtemp(join(tmpdir(), 'archipel-e2e-'));
    const relay = new RelayProcess(await freePort(), data, env);
    await relay.up();
    return relay;
  }

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** Starts the process and waits until it answers. */
  async up(): Promise<void> {
    const child = spawn(process.execPath, [MAIN], {
      env: { ...process.env, ARCHIPEL_PORT: String(this.port), ARCHIPEL_DATA: this.data, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout?.on('data', (chunk) => {
      this.output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      this.output += chunk;
    });
    for (let attempt = 0; attempt < 200; attempt++) {
      if (child.exitCode !== null) throw new Error(`the relay ended with ${child.exitCode}: ${this.output}`);
      const healthy = await fetch(`${this.origin}/health`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (healthy) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the relay does not answer: ${this.output}`);
  }

  /** Ends the process with this signal and waits until it is gone. */
  async down(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.down();
    await rm(this.data, { recursive: true, force: true });
  }
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(address)));
    });
  });
}
