import { deviceWrittenBytes } from '../harness/disk.ts';

/** What an engine has done and used so far. NaN: not known. */
export interface Counters {
  /** CPU of the process that appends, the thread of an embedded store included. */
  clientCpuMs: number;
  /** CPU of the processes of a database server; 0 where there is none. */
  serverCpuMs: number;
  /** Bytes that the disk was told to write, by whomever. */
  writtenBytes: number;
  /** Length of the write-ahead log of a database server; 0 where there is none. */
  walBytes: number;
  /** Commits so far, and the records in them. */
  commits: number;
  records: number;
}

/** Something that keeps records of documents (numbered from 0), as the load sees it. */
export interface Engine {
  /** Undefined: on the disk; else what failed. */
  append(document: number, body: Uint8Array): Promise<string | undefined>;
  counters(): Promise<Counters>;
  /** Writes what lies in a log only to its place: some day that is due, so it belongs to what appends cost. */
  merge(): Promise<void>;
  /** What a document takes before its first record, where documents have rows of their own. */
  bytesPerDocument?: number;
  /** Bytes of documents and records with their indexes, without the log. */
  bytes(): Promise<number>;
  /** Syncs of the log by the end, where a database server counts them. */
  syncs?(): Promise<number>;
  /** What can be read again after a restart; left out where records lie without any order. */
  reading?: Reading;
  close(): Promise<void>;
}

export interface Reading {
  /** Stops and starts what keeps the records, so that its own memory is empty. The kernel's is not. */
  restart(): Promise<void>;
  /** Opens a document as the relay does: header and records. Gives the number of records. */
  load(document: number): Promise<number>;
  /** Reads all records by pages of so many; `timed` is told how long each took, in ms. */
  pages(document: number, records: number, timed: (ms: number) => void): Promise<number>;
  /** Compares so many documents with the store, as a process does with those that it has open. */
  heads?(documents: number): Promise<number>;
}

export interface EngineKind {
  name: string;
  /** For the table. */
  title: string;
  /** Makes an empty store with so many documents in it. */
  open(folder: string, documents: number): Promise<Engine>;
}

/** The counters of an engine that lies in this process and in this folder entirely. */
export function ownCounters(folder: string, done: { commits: number; records: number }): Counters {
  const { user, system } = process.cpuUsage();
  return {
    clientCpuMs: (user + system) / 1000,
    serverCpuMs: 0,
    writtenBytes: deviceWrittenBytes(folder),
    walBytes: 0,
    commits: done.commits,
    records: done.records,
  };
}

/** What was used between two looks. */
export function difference(before: Counters, after: Counters): Counters {
  return {
    clientCpuMs: after.clientCpuMs - before.clientCpuMs,
    serverCpuMs: after.serverCpuMs - before.serverCpuMs,
    writtenBytes: after.writtenBytes - before.writtenBytes,
    walBytes: after.walBytes - before.walBytes,
    commits: after.commits - before.commits,
    records: after.records - before.records,
  };
}
