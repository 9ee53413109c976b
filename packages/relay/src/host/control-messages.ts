/** What a command says to a running host and hears from it: a line of JSON each, on a socket that only the host's own user can open. */
import { join } from 'node:path';
import type { SettingsOrigin } from '../config.ts';
import type { DrainProgress } from '../replication/drain.ts';
import type { Carried, MoveDone, MoveProgress } from '../store/move.ts';

/** Of an address, in bytes, with the end mark: the shortest that any of our systems allows. */
export const MAX_PATH_BYTES = 103;
export const MAX_LINE_BYTES = 64 * 1024;

export interface MigrateRequest {
  do: 'migrate';
  /** As `parsePlace` takes it, a folder in full. May hold a password. */
  to: string;
  /** Addresses of NATS; empty for none. May hold a password. */
  bus: string;
  /** Only tells what it would do. */
  isDry: boolean;
}
/** `stays`: it takes back that it leaves. */
export interface DrainRequest {
  do: 'drain';
  stays: boolean;
}
export interface CancelRequest {
  do: 'cancel';
}
export type ControlRequest = MigrateRequest | DrainRequest | CancelRequest;

/** What would happen. */
export interface MovePlan {
  from: string;
  to: string;
  documents: number;
  bytes: number;
  /** What goes along. */
  carried: Carried;
  /** Of the bytes of files, when they stay where they are. */
  filesStay: string | undefined;
  /** Why not, as a sentence. */
  obstacle: string | undefined;
}
/** `origin`: the settings by which the host was started. */
export interface MoveResult {
  from: string;
  to: string;
  /** Undefined: the documents are there already. */
  done: MoveDone | undefined;
  origin: SettingsOrigin | undefined;
}
export type ControlAnswer =
  | ({ is: 'progress' } & MoveProgress)
  | ({ is: 'moved' } & MoveResult)
  | ({ is: 'plan' } & MovePlan)
  | ({ is: 'draining' } & DrainProgress)
  | ({ is: 'drained' } & DrainProgress)
  | { is: 'stays' }
  | { is: 'failed'; sentence: string };

/** A host goes by its port, for several may have the same folder. */
export function controlPath(dataFolder: string, port: number): string {
  return join(dataFolder, `archipel-${port}.sock`);
}

/** Calls `hear` with what each line says; `fail` when a line is too long or says nothing. */
export class Lines {
  readonly #hear: (message: unknown) => void;
  readonly #fail: () => void;
  #rest = '';

  constructor(hear: (message: unknown) => void, fail: () => void) {
    this.#hear = hear;
    this.#fail = fail;
  }

  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = parse(line);
      if (message === undefined) return this.#fail();
      this.#hear(message);
    }
    if (this.#rest.length > MAX_LINE_BYTES) this.#fail();
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function lineOf(message: ControlRequest | ControlAnswer): string {
  return `${JSON.stringify(message)}\n`;
}
