/** The port of what the people of a host were told of, and what they took down: a few rows, which commands change too while the host runs. */
import type { Bytes } from '@archipel/protocol';

export interface Removal {
  docId: Bytes;
  /** A word (protocol REM-1). */
  category: string;
  /** For whoever opens the link; may be empty. */
  words: string;
  /** Unix seconds. */
  time: number;
  /** Id of the host that is followed in this, in hexadecimal; empty: this host itself. */
  source: string;
}

export interface NewReport {
  docId: Bytes;
  category: string;
  words: string;
  /** How to reach who reports; may be empty. */
  contact: string;
  /** With its secret, when who reports agreed; else empty. */
  link: string;
  /** All three of them, for who has the key of the host's people; empty: they came as they are. */
  sealed: Bytes;
}

export interface Report extends NewReport {
  id: number;
  /** Unix seconds. */
  time: number;
  isOpen: boolean;
  /** What was done, by whoever closed it. */
  note: string;
}

/** Every call returns when it is on the disk. Throws NotWrittenError. */
export interface Moderation {
  /** Changes when another program has changed something. */
  readonly version: number;
  /** What this host says itself comes before what it follows. */
  removals(): Removal[];
  /** A second time it changes the reason. */
  remove(removal: Removal): void;
  /** What this host said itself is taken back. False: it had said nothing. */
  restore(docId: Bytes): boolean;
  /** Removed, and perhaps still on the disk. */
  due(limit: number): Bytes[];
  isDue(docId: Bytes): boolean;
  done(docId: Bytes): void;
  /** When the list that is followed was issued, Unix seconds; 0: none is known. */
  issuedBy(source: string): number;
  /** In place of what came from it before. */
  follow(source: string, issued: number, removed: readonly Omit<Removal, 'source' | 'words'>[]): void;
  /** What came from any other is taken back. */
  followOnly(sources: readonly string[]): void;
  /** The number of the report. False: there are as many open ones as may be. */
  addReport(report: NewReport, nowSeconds: number, most: number): number | false;
  report(id: number): Report | undefined;
  /** Those that are open, or all; the oldest first. */
  reports(all: boolean): Report[];
  readonly openReports: number;
  /** How to reach who reported, the link, and what is sealed, are forgotten. False: there is no open one of this number. */
  closeReport(id: number, note: string): boolean;
  close(): void;
}
