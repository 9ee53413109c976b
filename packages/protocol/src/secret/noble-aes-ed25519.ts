/** What platforms with WebCrypto do themselves: fetched only where it is wanted. */
import { gcm } from '@noble/ciphers/aes.js';
import { ed25519 } from '@noble/curves/ed25519.js';

export { ed25519, gcm };
