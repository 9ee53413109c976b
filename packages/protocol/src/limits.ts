/** Every size and count of the protocol, with its unit in the name. A host may set lower ones (Welcome tells them), never higher. */
const KIB = 1024;
const MIB = 1024 * KIB;

export const VERSION = 1;
export const SUITE_ID = 1;
export const KIND_LOG = 1;

export const DOC_ID_BYTES = 20;
export const SECRET_BYTES = 20;
export const SESSION_BYTES = 16;
export const DEP_SESSION_BYTES = 8;
export const HASH_BYTES = 32;
export const PUBLIC_KEY_BYTES = 32;
export const SEED_BYTES = 32;
export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
export const SALT_BYTES = 16;
export const AES_NONCE_BYTES = 12;
export const HELLO_NONCE_BYTES = 32;
export const HOST_ID_BYTES = 20;
export const PING_BYTES = 8;

export const MAX_HEADER_BYTES = 2 * KIB;
export const MAX_RELAYS = 3;
export const MAX_RELAY_URL_BYTES = 200;
export const MAX_RECORD_BYTES = MIB;
export const MAX_DEPS = 32;
export const MAX_CHECKPOINT_BYTES = 4 * MIB;
export const MAX_SESSIONS = 4096;
export const MAX_LIVE_BYTES = 64 * KIB;
export const MAX_ORDER_BYTES = 128;
export const MAX_INFLATED_BYTES = 64 * MIB;
export const MAX_FRAME_BYTES = 4 * MIB + 64 * KIB;
/** One presence message, sealed. */
export const MAX_PRESENCE_BYTES = 8 * KIB;
/** Messages in one frame of a client. */
export const MAX_FRAME_MESSAGES = 4096;
export const MAX_HISTORY_RECORDS = 1000;
export const MAX_HINTS = 3;

/** Below this a plaintext is sealed as it is: raw DEFLATE does not gain there. */
export const MIN_DEFLATE_BYTES = 256;
/** ORD-1: how far the time of an order may be from the relay's clock. */
export const MAX_ORDER_SKEW_SECONDS = 24 * 60 * 60;
