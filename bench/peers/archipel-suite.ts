import { randomBytes } from 'node:crypto';
import { nodeSuite } from '@archipel/testkit';

/**
 * For the load's writers: the same bytes as WebCrypto's, without a thread change per operation, so that a thousand writers fit
 * on the generator's core. Opening uses what the client uses.
 */
export const loadSuite = nodeSuite((length) => new Uint8Array(randomBytes(length)));
