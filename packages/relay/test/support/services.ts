/** Engines for the tests of other packages and for the bench too. */
export { type CutProxy, cutProxy } from './cut-proxy.ts';
export { freePort } from './free-port.ts';
export { type NatsServer, startNats } from './nats.ts';
export { connectTo, type Launch, type PostgresServer, startPostgres, urlOf } from './postgres-server.ts';
