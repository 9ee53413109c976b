/** What a log is made with. */
import type { Keys } from '@archipel/protocol/secret';
import type { DocumentStore } from './document-store.ts';
import type { LogPorts } from './log-types.ts';
import type { RelayBook } from './relay-book.ts';
import type { Reports } from './reports.ts';
import type { Route } from './route.ts';

export interface LogParts {
  keys: Keys;
  store: DocumentStore;
  book: RelayBook;
  route: Route;
  reports: Reports;
  ports: LogPorts;
}
