/** Hosts that answer as they please, for the tests of other packages too. */
export { drip, ok, type Peer as RawPeer, peer as rawPeer, redirect } from '../probe/peers.ts';
export { makeSigner, startHost, type TestHost } from './hosts.ts';
