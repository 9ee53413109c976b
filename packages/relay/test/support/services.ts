/** Engines for the tests of other packages too. */
export { type CutProxy, cutProxy } from './cut-proxy.ts';
export { type NatsServer, startNats } from './nats.ts';
export { connectTo, type PostgresServer, startPostgres, urlOf } from './postgres-server.ts';
