/** Every size and count of the protocol, with its unit in the name. A host may set lower ones (Welcome tells them), never higher. */
const KIB = 1024;
const MIB = 1024 * KIB;

export const VERSION = 1;
export const SUITE_ID = 1;
export const KIND_LOG = 1;
export const KIND_BLOB = 2;
export const KIND_INBOX = 3;
export const KIND_PAGE = 4;

export const DOC_ID_BYTES = 20;
export const SECRET_BYTES = 20;
/** S_comment, then S_view (§3). */
export const COMMENT_SECRET_BYTES = 2 * SECRET_BYTES;
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
/** Of the earlier generations whose keys a header names. */
export const MAX_FORMER_KEYS = 16;
export const MAX_RELAY_URL_BYTES = 200;
/** Hosts that a relay names to a client as holding the document too. */
export const MAX_REPLICAS = 8;
export const MAX_RECORD_BYTES = MIB;
export const MAX_DEPS = 32;
export const MAX_CHECKPOINT_BYTES = 4 * MIB;
export const MAX_SESSIONS = 4096;
export const MAX_LIVE_BYTES = 64 * KIB;
export const MAX_ORDER_BYTES = 128;
export const MAX_INFLATED_BYTES = 64 * MIB;
/** RMK-1: the plaintext of one remark. */
export const MAX_REMARK_BYTES = MIB;
export const MAX_FRAME_BYTES = 4 * MIB + 64 * KIB;
/** One presence message, sealed. */
export const MAX_PRESENCE_BYTES = 8 * KIB;
/** Messages in one frame of a client. */
export const MAX_FRAME_MESSAGES = 4096;
export const MAX_HISTORY_RECORDS = 1000;
export const MAX_HINTS = 3;

/** C2SP chunked encryption (§19): 16 KiB of plaintext in a chunk, and what stands before the first one. */
export const CHUNK_BYTES = 16 * KIB;
export const TAG_BYTES = 16;
export const STREAM_SALT_BYTES = 24;
export const STREAM_COMMITMENT_BYTES = 32;
export const MAX_CHUNKS = 2 ** 38;
export const MAX_BLOB_HEADER_BYTES = 512;
/** By which a download is known, and by which a host reads pieces from another. */
export const BLOB_TICKET_BYTES = 16;
export const BLOB_PASS_BYTES = 16;
/** In which hosts pass a blob on to each other. */
export const BLOB_PIECE_BYTES = 4 * MIB;
/** Of a file that belongs to a document. */
export const ATTACHMENT_ID_BYTES = 16;
/** The manifest of a blob, opened and sealed. */
export const MAX_BLOB_MANIFEST_BYTES = MIB;
/** The shortest manifest of a drop with the zeros behind it; others are twice as long as the one before (DROP-5). */
export const MIN_PADDED_MANIFEST_BYTES = KIB;
export const MAX_SEALED_MANIFEST_BYTES = MIB + 2 * KIB;
export const MAX_FILES = 10_000;
export const MAX_FILE_NAME_BYTES = 255;
export const MAX_FILE_TYPE_BYTES = 100;
export const MAX_DROP_MESSAGE_BYTES = 4 * KIB;

/** An inbox (§20): its header, and the words in it, opened. */
export const MAX_INBOX_HEADER_BYTES = 8 * KIB;
export const MAX_WORDS_BYTES = 4 * KIB;
/** Items that may ever be added to one inbox. */
export const MAX_INBOX_ITEMS = 10_000;
/** INBOX-4: the only lengths that the plaintext of an item has. */
export const ITEM_CLASSES_BYTES = [256, KIB, 4 * KIB, 16 * KIB] as const;
export const MAX_ITEM_BYTES = 17 * KIB;
export const MAX_PERMIT_BYTES = 256;
/** A page of items, as an owner takes them. */
export const MAX_PAGE_BYTES = MIB;
export const MAX_PAGE_ITEMS = 1000;
/** A request for files (§20): what it says of itself. */
export const MAX_TITLE_BYTES = 200;
export const MAX_REQUEST_TEXT_BYTES = 2 * KIB;
export const MAX_SENDER_NAME_BYTES = 100;
export const MAX_LINK_BYTES = 1000;

/** A published page (§22), whole, and what is in it. */
export const MAX_PUBLISHED_BYTES = 8 * MIB;
export const MAX_PUBLISHED_HTML_BYTES = MIB;
export const MAX_PUBLISHED_PICTURES = 64;
export const MAX_PUBLISHED_TITLE_BYTES = 200;
export const MAX_PUBLISHED_DESCRIPTION_BYTES = 600;
export const MAX_PUBLISHED_AUTHORS_BYTES = 300;

/** LINK-5: salt and tag, which a password adds to the secret of a link. */
export const LOCK_BYTES = SALT_BYTES + TAG_BYTES;
/** LINK-6: what Argon2id takes to try one password. */
export const PASSWORD_MEMORY_KIB = 19 * 1024;
export const PASSWORD_PASSES = 2;
export const MAX_PASSWORD_BYTES = 1024;

/** Below this a plaintext is sealed as it is: raw DEFLATE does not gain there. */
export const MIN_DEFLATE_BYTES = 256;
/** ORD-1: how far the time of an order may be from the relay's clock. */
export const MAX_ORDER_SKEW_SECONDS = 24 * 60 * 60;

/** What hosts sign (§12 to §17), each whole: envelope, payload and signature. */
export const MAX_MANIFEST_BYTES = 8 * KIB;
export const MAX_LOAD_BYTES = 512;
export const MAX_VOUCHER_BYTES = 256;
export const MAX_STATEMENT_BYTES = 256 * KIB;
export const MAX_DIRECTORY_BYTES = MIB;
export const MAX_REMOVALS_BYTES = 640 * KIB;

/** FACT-5: how far a time may be ahead of the reader's clock. */
export const MAX_CLOCK_AHEAD_SECONDS = 60;
export const MAX_MANIFEST_VALID_SECONDS = 7 * 24 * 60 * 60;
export const MAX_REMOVALS_VALID_SECONDS = 7 * 24 * 60 * 60;
export const MAX_DIRECTORY_VALID_SECONDS = 7 * 24 * 60 * 60;
export const MAX_VOUCHER_VALID_SECONDS = 5 * 60;
/** LOAD-1. */
export const MAX_LOAD_AGE_SECONDS = 300;
/** STM-3: two statements of one host are in order only when their times are farther apart than this. */
export const STATEMENT_ORDER_SECONDS = 60;

export const MAX_NAME_BYTES = 80;
export const MAX_ORGANISATION_BYTES = 120;
export const MAX_CONTACT_BYTES = 200;
export const MAX_SOFTWARE_BYTES = 40;
export const MAX_URL_BYTES = 200;
export const MAX_WORD_BYTES = 32;
export const MAX_SERVICE_BYTES = 16;
export const MAX_LANGUAGE_BYTES = 11;
export const MAX_LANGUAGES = 16;
export const MAX_SERVICES = 12;
/** Most of a capacity or a load, in units of its service class: four bytes, so that every load fits. */
export const MAX_UNITS = 2 ** 28 - 1;
export const MAX_HOST_LIMITS = 32;
export const MAX_WELCOME = 16;
export const MAX_PEERS = 32;
/** MAN-4: what a manifest says besides. */
export const MAX_MANIFEST_ENTRIES = 16;
export const MAX_MANIFEST_ENTRY_BYTES = 256;
export const MAX_REMOVALS = 10_000;
/** REP-4: what a report says is padded to a multiple of this, and sealed is no longer than that. */
export const REPORT_PADDING_BYTES = KIB;
export const MAX_SEALED_REPORT_BYTES = 17 * KIB;
export const VOUCHER_NONCE_BYTES = 16;

export const SHORT_HOST_ID_BYTES = 8;
export const MAX_DIRECTORY_HOSTS = 10_000;
/** The services of a host are a set of bits. */
export const MAX_DIRECTORY_SERVICES = 30;
export const MAX_DIRECTORY_PROFILES = 1024;
/** DIR-3: steps of the age of a report, and the code of a host without one. */
export const DIRECTORY_AGE_SECONDS = 10;
export const DIRECTORY_NO_REPORT = 255;
