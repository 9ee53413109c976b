import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@archipel/relay/services';

const MAIN = fileURLToPath(new URL('../../packages/relay/src/main.ts', import.meta.url));
const STARTING_MS = 20_000;
const ASK_AGAIN_MS = 50;

/** What a test changes of archipel.json. */
export interface RelaySettings {
  front?: string;
  name?: string;
  contact?: string;
  maxExpiryDays?: number | null;
  /** Of the people of the host, in base64url. */
  reportsKey?: string;
  limits?: Record<string, number>;
}

/** A real relay in its own process, with its own port and data folder, that can be killed and started again. */
export class RelayProcess {
  readonly port: number;
  readonly data: string;
  readonly #settings: RelaySettings;
  #child: ChildProcess | undefined;
  /** Everything the relay printed, for tests that look for what must not be there. */
  output = '';

  private constructor(port: number, data: string, settings: RelaySettings) {
    this.port = port;
    this.data = data;
    this.#settings = settings;
  }

  /** `ARCHIPEL_E2E_FRONT` names a built front elsewhere, for a run while this one is being built anew. */
  static async start(settings: RelaySettings = {}): Promise<RelayProcess> {
    const data = await mkdtemp(join(tmpdir(), 'archipel-e2e-'));
    const front = process.env.ARCHIPEL_E2E_FRONT;
    const relay = new RelayProcess(await freePort(), data, { ...(front && { front }), ...settings });
    await relay.up();
    return relay;
  }

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** Starts the process, with other settings if given, and waits until it answers (a full disk answers too). */
  async up(settings: RelaySettings = {}): Promise<void> {
    const config = `${this.data}.json`;
    await writeFile(config, JSON.stringify({ ...this.#settings, ...settings }));
    const child = spawn(process.execPath, [MAIN], {
      env: {
        ...process.env,
        ARCHIPEL_CONFIG: config,
        ARCHIPEL_PORT: String(this.port),
        ARCHIPEL_DATA: this.data,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
    for (let waited = 0; waited < STARTING_MS; waited += ASK_AGAIN_MS) {
      if (child.exitCode !== null) throw new Error(`the relay ended with ${child.exitCode}: ${this.output}`);
      const answers = await fetch(`${this.origin}/health`).then(
        () => true,
        () => false,
      );
      if (answers) return;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
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
    await rm(`${this.data}.json`, { force: true });
  }
}
