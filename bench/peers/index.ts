import { archipel } from './archipel.ts';
import { bareWs } from './bare-ws.ts';
import { hocuspocus } from './hocuspocus.ts';
import type { Peer } from './peer.ts';
import { yWebsocket } from './y-websocket.ts';

/** Every peer of the bench, in the order of the tables. */
export const peers: readonly Peer[] = [bareWs, hocuspocus, yWebsocket, archipel];
