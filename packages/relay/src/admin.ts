/** What commands about a host need: its settings, the way to it while it runs, and what is done without it. */
export {
  commandConfig,
  findSettings,
  makeConfig,
  type ServerConfig,
  type Settings,
  type SettingsOrigin,
} from './config.ts';
export { verify } from './crypto.ts';
export {
  type ControlAnswer,
  type ControlRequest,
  controlPath,
  Lines,
  lineOf,
  MAX_PATH_BYTES,
  type MigrateRequest,
  type MovePlan,
  type MoveResult,
} from './host/control-messages.ts';
export { migrateOffline, planOffline } from './host/offline.ts';
export { seldom } from './host/seldom.ts';
export { StartError } from './start-error.ts';
export type { MoveDone, MoveProgress } from './store/move.ts';
export { MoveError } from './store/move-error.ts';
export { absolute, parsePlace, type StorePlace } from './store/places.ts';
export { syncFolder } from './sync-folder.ts';
