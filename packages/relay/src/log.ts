/** What the relay needs of a logger; pino fits. Never an address, never a document id unless `logDetail` is set. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Says nothing: for programs that embed a relay. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
