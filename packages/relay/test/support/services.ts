/** Engines for the tests of other packages and for the bench too. */
export { type CutProxy, cutProxy } from './cut-proxy.ts';
export { freePort, isFree } from './free-port.ts';
export { type HostPlan, type HostProcess, hostProcess } from './host-process.ts';
export { type KnownHost, type KnownHostPlan, makeKnownHosts } from './known-hosts.ts';
export { type NatsServer, startNats } from './nats.ts';
export { endWithParent } from './parent.ts';
export { connectTo, type Launch, type PostgresServer, startPostgres, urlOf } from './postgres-server.ts';
export { type StagedHosts, type StagedSettings, startStagedHosts } from './staged-hosts.ts';
