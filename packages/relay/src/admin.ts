/** What commands about a host need: its settings, the way to it while it runs, and what is done without it. */
export {
  commandConfig,
  findSettings,
  linkPassword,
  makeConfig,
  type ServerConfig,
  type Settings,
  type SettingsOrigin,
  stateFolder,
} from './config.ts';
export { verify } from './crypto.ts';
export {
  type ControlAnswer,
  type ControlRequest,
  controlPath,
  type DrainRequest,
  Lines,
  lineOf,
  MAX_PATH_BYTES,
  type MigrateRequest,
  type MovePlan,
  type MoveResult,
} from './host/control-messages.ts';
export { migrateOffline, planOffline } from './host/offline.ts';
export { publishedAmong } from './host/published-ids.ts';
export { seldom } from './host/seldom.ts';
export { ownFingerprint } from './network/identity.ts';
export { PEER_DEFAULTS } from './network/settings.ts';
export { StartError } from './start-error.ts';
export type { Removal, Report } from './store/moderation.ts';
export { openModeration } from './store/moderation-sqlite.ts';
export type { MoveDone, MoveProgress } from './store/move.ts';
export { MoveError } from './store/move-error.ts';
export { absolute, parsePlace, type StorePlace } from './store/places.ts';
export { syncFolder } from './sync-folder.ts';
