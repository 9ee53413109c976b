/** The relay as a library: `startServer` for a process, `createRelay` for whoever brings sockets, clock and store. */
export type { Bus, BusEvent } from './bus/bus.ts';
export { createLocalBus } from './bus/local.ts';
export type { Clock, Timer } from './clock.ts';
export { systemClock } from './clock.ts';
export type { HostAbout, RelayConfig, ServerConfig, Settings } from './config.ts';
export { makeConfig } from './config.ts';
export { random, sha256, verify } from './crypto.ts';
export type { Limits } from './limits.ts';
export { LIMITS, makeLimits } from './limits.ts';
export type { Log } from './log.ts';
export { silentLog } from './log.ts';
export { RelayMetrics } from './metrics.ts';
export type { RelayDeps } from './primitives/log/context.ts';
export type { Relay } from './relay.ts';
export { createRelay } from './relay.ts';
export type { RelayServer } from './server.ts';
export { startServer } from './server.ts';
export { StartError } from './start-error.ts';
export type { MoveDone, MoveOptions, MoveProgress, SourceUser } from './store/move.ts';
export { moveDocuments } from './store/move.ts';
export { MoveError } from './store/move-error.ts';
export type {
  DescribedDocument,
  DocumentState,
  ImportPiece,
  MovableStore,
  MovedRecord,
  Standing,
  StoreStanding,
} from './store/moving.ts';
export { openSqliteStore } from './store/sqlite.ts';
export type {
  AppendEntry,
  AppendFailure,
  CheckpointBasis,
  DocRef,
  DueHistory,
  Ending,
  Gone,
  RecordPage,
  Store,
  StoredCheckpoint,
  StoredDocument,
  StoredHead,
  StoredRecord,
  StoreFailure,
  StoreStatus,
} from './store/store.ts';
export type { ConnectionInfo, RelayConnection, RelaySocket } from './ws/ends.ts';
export type { RelayFrame } from './ws/frame.ts';
