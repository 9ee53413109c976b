/** The line to the host that runs with these settings. */
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { ControlAnswer, ControlRequest } from '@archipel/relay/admin';
import { Lines, lineOf, MoveError } from '@archipel/relay/admin';

type Progress = Extract<ControlAnswer, { is: 'progress' | 'draining' }>;
export type LastAnswer = Exclude<ControlAnswer, Progress>;

const NO_HOST: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTDIR', 'EINVAL', 'ENAMETOOLONG']);

export class HostLine {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Resolves with the last answer; rejects with MoveError when the host hangs up before. */
  ask(request: ControlRequest, hear: (progress: Progress) => void): Promise<LastAnswer> {
    return new Promise((resolve, reject) => {
      const hangUp = (): void => {
        this.#socket.destroy();
        reject(
          new MoveError(
            'The host ended, or does not understand. Its log says why; afterwards type the same command again.',
          ),
        );
      };
      const receive = (message: unknown): void => {
        const answer = message as ControlAnswer;
        if (answer.is === 'progress' || answer.is === 'draining') return hear(answer);
        resolve(answer);
        this.#socket.end();
      };
      const lines = new Lines(receive, hangUp);
      this.#socket.setEncoding('utf8').on('data', (text) => lines.add(String(text)));
      this.#socket.on('close', hangUp);
      this.#socket.write(lineOf(request));
    });
  }

  cancel(): void {
    this.#socket.write(lineOf({ do: 'cancel' }));
  }
}

/** Undefined: no host runs here. Rejects with MoveError when it may not be reached. */
export async function reachHost(path: string): Promise<HostLine | undefined> {
  const socket = connect(path);
  return new Promise((resolve, reject) => {
    socket.on('connect', () => resolve(new HostLine(socket)));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (NO_HOST.has(error.code ?? '')) resolve(undefined);
      else
        reject(
          new MoveError(
            `The host cannot be reached at ${path} (${error.code}). It belongs to another user: be that one.`,
          ),
        );
    });
  });
}
