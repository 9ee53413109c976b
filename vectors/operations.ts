/** What the operations of the vectors are in this implementation (README.md describes them for others). */
import {
  type Bytes,
  blobHeaderHash,
  checkBlobHeader,
  checkDirectory,
  checkHeader,
  checkInboxHeader,
  checkItem,
  checkLoad,
  checkManifest,
  checkOrder,
  checkPage,
  checkPermit,
  checkRemovals,
  checkStatement,
  checkVoucher,
  checkWithdrawal,
  contradictionOf,
  DIRECTORY,
  decodeBase64url,
  decodeCheckpoint,
  decodeClientFrame,
  decodeContents,
  decodeFact,
  decodeHeader,
  decodeInboxPage,
  decodeLive,
  decodeOrder,
  decodePage,
  decodeRecord,
  decodeRelayFrame,
  decodeVarint,
  type FactKind,
  fail,
  fingerprintOf,
  headerHash,
  hostIdOf,
  inboxHeaderHash,
  itemHash,
  KIND_INBOX,
  LOAD,
  MANIFEST,
  ok,
  pageHash,
  proofInput,
  REMOVALS,
  type Result,
  type Role,
  refuseCheckpoint,
  type Signed,
  STATEMENT,
  type Statement,
  sha256,
  succeedBlobHeader,
  succeedDirectory,
  succeedHeader,
  succeedInboxHeader,
  succeedManifest,
  succeedPage,
  toHex,
  VOUCHER,
} from '@archipel/protocol';
import {
  decodeDelivery,
  decodeManifest as decodeDropManifest,
  decodeFileRequest,
  type FillKeys,
  fillKeysFromLink,
  fillKeysOf,
  type Hpke,
  inboxKeyOf,
  isLocked,
  type Keys,
  keysFromLink,
  makeSession,
  nobleHpke,
  nobleSuite,
  openCheckpoint,
  openManifest as openDropManifest,
  openItem,
  openLive,
  openMessage,
  openRecord,
  openReport,
  openWords,
  pageKeysOf,
  parseLink,
  readLink,
  type Suite,
  stretch,
  unlockLink,
  verifyChain,
  webHpke,
} from '@archipel/protocol/secret';
import { hex, type Input } from './scenario.ts';

type Operation = (suite: Suite, input: Input) => Result<unknown> | Promise<Result<unknown>>;

async function keysOf(suite: Suite, input: Input): Promise<Keys> {
  const keys = await keysFromLink(suite, input.link as string, (input.gen as number | undefined) ?? 0);
  if (!keys.ok) throw new Error(`the vector's link: ${keys.error}`);
  return keys.value;
}

/** The same password is tried on every suite, and is slow to try. */
const stretched = new Map<string, Bytes>();

async function unlock(suite: Suite, input: Input): Promise<Result<unknown>> {
  const link = readLink(input.link as string);
  if (!link.ok || !isLocked(link.value)) return fail('link_broken');
  return unlockLink(suite, link.value, input.password as string, (password, salt) => {
    const name = `${toHex(password)} ${toHex(salt)}`;
    const key = stretched.get(name) ?? stretch(password, salt);
    stretched.set(name, key);
    return key;
  });
}

async function deriveKeys(suite: Suite, input: Input): Promise<Result<unknown>> {
  const result = await keysFromLink(suite, input.link as string, (input.gen as number | undefined) ?? 0);
  if (!result.ok) return result;
  const { cap, docId, ownerSigner, editSigner, readSigner, contentRoot, liveRoot } = result.value;
  // What comments are made with has an operation of its own.
  const { comment: _, ...secrets } = result.value.secrets;
  const publicKeys = { owner: ownerSigner?.publicKey, edit: editSigner?.publicKey, read: readSigner.publicKey };
  return ok({ cap, docId, publicKeys, contentRoot, liveRoot, secrets });
}

async function deriveCommentKeys(suite: Suite, input: Input): Promise<Result<unknown>> {
  const result = await keysFromLink(suite, input.link as string, (input.gen as number | undefined) ?? 0);
  if (!result.ok) return result;
  const { cap, commentSigner, readSigner, secrets } = result.value;
  return ok({ cap, comment: commentSigner?.publicKey, read: readSigner.publicKey, secret: secrets.comment });
}

async function sealRecord(suite: Suite, input: Input): Promise<Result<unknown>> {
  const keys = await keysOf(suite, input);
  const deps = (input.deps as { session: string; n: number }[]).map(({ session, n }) => ({ session: hex(session), n }));
  const previous = hex(input.previous);
  const plaintext = hex(input.plaintext);
  const session = makeSession(suite, keys, input.generation as number, hex(input.session));
  return ok(await session.sealRecord({ n: input.n as number, previous, deps, plaintext }));
}

async function sealLive(suite: Suite, input: Input): Promise<Result<unknown>> {
  const session = makeSession(suite, await keysOf(suite, input), input.generation as number, hex(input.session));
  const type = input.type as 3 | 4;
  return ok(await session.sealLive({ count: input.count as number, type, plaintext: hex(input.plaintext) }));
}

async function verifyProof(suite: Suite, input: Input): Promise<Result<unknown>> {
  const message = proofInput(hex(input.nonce), input.role as Role, hex(input.docId), input.audience as string);
  return (await suite.verify(hex(input.publicKey), message, hex(input.proof))) ? ok(true) : fail('proof_failed');
}

type HeldRecord = { session: string; have: number; hash: string };
type HeldCheckpointJson = { seq: number; hash: string; retired: number; frontier: { session: string; have: number }[] };

function succeedCheckpoint(_: Suite, input: Input): Result<unknown> {
  const next = decodeCheckpoint(hex(input.next));
  if (!next.ok) return next;
  const held = input.held as HeldCheckpointJson | undefined;
  const records = input.records as HeldRecord[];
  const frontier = held?.frontier.map(({ session, have }) => ({ session: hex(session), have })) ?? [];
  const error = refuseCheckpoint(held && { ...held, hash: hex(held.hash), frontier }, next.value, {
    have: (session) => Math.max(0, ...records.filter((r) => r.session === toHex(session)).map(({ have }) => have)),
    hashAt(session, have) {
      const record = records.find((r) => r.session === toHex(session) && r.have === have);
      return record && hex(record.hash);
    },
  });
  return error === undefined ? ok(next.value.seq) : fail(error);
}

async function inflate(suite: Suite, input: Input): Promise<Result<unknown>> {
  const inflated = await suite.inflate(hex(input.deflated), input.maxBytes as number);
  if (inflated === 'too_large') return fail('too_large');
  return inflated === undefined ? fail('open_failed') : ok({ length: inflated.length });
}

function maybeHex(json: Input[string] | undefined): { host?: Bytes } {
  return json === undefined ? {} : { host: hex(json) };
}

function decode<T>(kind: FactKind<T>, fact: Input[string] | undefined): Result<unknown> {
  return decodeFact(kind, hex(fact));
}

/** What is told of a fact that is taken. */
function taken<T>(result: Result<Signed<T>>, tell: (fact: T) => unknown): Result<unknown> {
  return result.ok ? ok({ host: hostIdOf(result.value.key), ...(tell(result.value.fact) as object) }) : result;
}

async function checkAnyLoad({ verify }: Suite, input: Input): Promise<Result<unknown>> {
  const nowMs = input.nowMs as number;
  const after = input.afterMs === undefined ? {} : { afterMs: input.afterMs as number };
  const load = await checkLoad(hex(input.load), { nowMs, ...maybeHex(input.host), ...after }, verify);
  return taken(load, ({ timeMs }) => ({ timeMs }));
}

async function checkAnyVoucher({ verify }: Suite, input: Input): Promise<Result<unknown>> {
  const wish = { nowSeconds: input.now as number, audience: hex(input.audience) };
  const issuer = input.issuer === undefined ? {} : { issuer: hex(input.issuer) };
  return taken(await checkVoucher(hex(input.voucher), { ...wish, ...issuer }, verify), ({ nonce }) => ({ nonce }));
}

async function checkAnyStatement({ verify }: Suite, input: Input): Promise<Result<unknown>> {
  const wish = { nowSeconds: input.now as number, ...maybeHex(input.host) };
  const age = input.maxAge === undefined ? {} : { maxAgeSeconds: input.maxAge as number };
  return taken(await checkStatement(hex(input.statement), { ...wish, ...age }, verify), ({ time }) => ({ time }));
}

async function contradict({ verify }: Suite, input: Input): Promise<Result<unknown>> {
  const both: Signed<Statement>[] = [];
  for (const statement of [input.one, input.other]) {
    const checked = await checkStatement(hex(statement), { nowSeconds: input.now as number }, verify);
    if (!checked.ok) return checked;
    both.push(checked.value);
  }
  return ok(contradictionOf(...(both as [Signed<Statement>, Signed<Statement>])) ?? 'none');
}

/** Both ways of HPKE are looked at, each with one of the suites. */
async function hpkeOf(suite: Suite): Promise<Hpke> {
  return suite === nobleSuite ? nobleHpke() : webHpke;
}

async function inboxOf(suite: Suite, input: Input): Promise<Keys> {
  const keys = await keysFromLink(suite, input.link as string, 0, KIND_INBOX);
  if (!keys.ok) throw new Error(`the vector's link: ${keys.error}`);
  return keys.value;
}

async function fillerOf(suite: Suite, input: Input): Promise<FillKeys> {
  const keys = await fillKeysFromLink(suite, input.link as string);
  if (!keys.ok) throw new Error(`the vector's link: ${keys.error}`);
  return keys.value;
}

async function deriveInboxKeys(suite: Suite, input: Input): Promise<Result<unknown>> {
  const owner = await keysFromLink(suite, input.link as string, 0, KIND_INBOX);
  if (!owner.ok) return owner;
  const { secret, postSigner, wordsRoot } = await fillKeysOf(suite, owner.value);
  const { publicKey: inbox } = await inboxKeyOf(suite, await hpkeOf(suite), owner.value);
  return ok({ docId: owner.value.docId, fill: secret, post: postSigner.publicKey, wordsRoot, inbox });
}

async function openHpke(suite: Suite, input: Input): Promise<Result<unknown>> {
  const key = await (await hpkeOf(suite)).openingKey(hex(input.seed));
  const sealed = { enc: hex(input.enc), ciphertext: hex(input.ciphertext) };
  const plaintext = await key.open(sealed, hex(input.info), hex(input.aad));
  return plaintext === undefined ? fail('open_failed') : ok({ publicKey: key.publicKey, plaintext });
}

async function derivePageKey(suite: Suite, input: Input): Promise<Result<unknown>> {
  const { pageId, signer } = await pageKeysOf(suite, await keysOf(suite, input));
  return ok({ pageId, key: signer.publicKey });
}

function succeedAnyPage(_: Suite, input: Input): Result<unknown> {
  const bytes = hex(input.next);
  const [held, next] = [input.held === undefined ? undefined : decodePage(hex(input.held)), decodePage(bytes)];
  if (!next.ok || held?.ok === false) throw new Error('the vector has pages that do not decode');
  const known = held && { seq: held.value.seq, hash: pageHash(hex(input.held)) };
  return succeedPage(known, next.value, pageHash(bytes), input.now as number);
}

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  decodeVarint: (_, input) => decodeVarint(hex(input.bytes)),
  decodeBase64url: (_, input) => decodeBase64url(input.text as string),
  parseLink: (_, input) => parseLink(input.link as string),
  unlockLink: unlock,
  deriveKeys,
  deriveCommentKeys,
  decodeHeader: (_, input) => decodeHeader(hex(input.header)),
  checkHeader: async (suite, input) => {
    const header = await checkHeader(hex(input.docId), hex(input.header), suite.verify);
    return header.ok ? ok({ seq: header.value.seq, hash: headerHash(hex(input.header)) }) : header;
  },
  succeedHeader: (_, input) => succeedHeader(hex(input.held), hex(input.next)),
  decodeRecord: (_, input) => decodeRecord(hex(input.record)),
  sealRecord,
  openRecord: async (suite, input) =>
    openRecord(suite, await keysOf(suite, input), hex(input.docId), hex(input.record)),
  verifyChain: (suite, input) =>
    verifyChain(
      suite,
      input.commentKey === undefined
        ? { edit: hex(input.editKey) }
        : { edit: hex(input.editKey), comment: hex(input.commentKey) },
      hex(input.docId),
      hex(input.previous),
      (input.records as string[]).map((record) => hex(record)),
    ),
  decodeContents: (_, input) => decodeContents(input.flags as number, hex(input.plaintext)),
  decodeCheckpoint: (_, input) => decodeCheckpoint(hex(input.checkpoint)),
  openCheckpoint: async (suite, input) =>
    openCheckpoint(suite, await keysOf(suite, input), hex(input.docId), hex(input.checkpoint), hex(input.editKey)),
  succeedCheckpoint,
  decodeLive: (_, input) => decodeLive(hex(input.live)),
  sealLive,
  openLive: async (suite, input) =>
    openLive(suite, await keysOf(suite, input), hex(input.docId), hex(input.live), hex(input.editKey)),
  decodeOrder: (_, input) => decodeOrder(hex(input.order)),
  checkOrder: async (suite, input) => {
    const now = input.now as number;
    const order = await checkOrder(hex(input.docId), hex(input.ownerKey), hex(input.order), now, suite.verify);
    return order.ok ? ok({ action: order.value.action, time: order.value.time }) : order;
  },
  verifyProof,
  decodeClientFrame: (_, input) => decodeClientFrame(hex(input.frame)),
  decodeRelayFrame: (_, input) => decodeRelayFrame(hex(input.frame)),
  inflate,
  nameHost: (_, input) => {
    const hostId = hostIdOf(hex(input.key));
    return ok({ hostId, fingerprint: fingerprintOf(hostId) });
  },
  decodeManifest: (_, input) => decode(MANIFEST, input.manifest),
  checkManifest: async ({ verify }, input) => {
    const wish = { nowSeconds: input.now as number, ...maybeHex(input.host) };
    return taken(await checkManifest(hex(input.manifest), wish, verify), ({ seq }) => ({ seq }));
  },
  succeedManifest: (_, input) => succeedManifest(hex(input.held), hex(input.next)),
  decodeLoad: (_, input) => decode(LOAD, input.load),
  checkLoad: checkAnyLoad,
  decodeVoucher: (_, input) => decode(VOUCHER, input.voucher),
  checkVoucher: checkAnyVoucher,
  decodeStatement: (_, input) => decode(STATEMENT, input.statement),
  checkStatement: checkAnyStatement,
  contradict,
  decodeDirectory: (_, input) => decode(DIRECTORY, input.directory),
  checkDirectory: async ({ verify }, input) => {
    const wish = { nowSeconds: input.now as number, ...maybeHex(input.host) };
    return taken(await checkDirectory(hex(input.directory), wish, verify), ({ issued }) => ({ issued }));
  },
  decodeRemovals: (_, input) => decode(REMOVALS, input.removals),
  checkRemovals: async ({ verify }, input) => {
    const wish = { nowSeconds: input.now as number, ...maybeHex(input.host) };
    return taken(await checkRemovals(hex(input.removals), wish, verify), ({ issued }) => ({ issued }));
  },
  openStream: async (suite, input) => {
    const plain = await openMessage(suite, hex(input.key), hex(input.context), hex(input.sealed));
    return plain.ok ? ok({ length: plain.value.length, sha256: sha256(plain.value) }) : plain;
  },
  decodeDropManifest: (_, input) => decodeDropManifest(hex(input.manifest)),
  openDropManifest: async (suite, input) => openDropManifest(suite, await keysOf(suite, input), hex(input.sealed)),
  checkBlobHeader: async (suite, input) => {
    const header = await checkBlobHeader(hex(input.docId), hex(input.header), suite.verify);
    return header.ok ? ok({ seq: header.value.seq, hash: blobHeaderHash(hex(input.header)) }) : header;
  },
  succeedBlobHeader: (_, input) => succeedBlobHeader(hex(input.held), hex(input.next)),
  succeedDirectory: (_, input) => succeedDirectory(hex(input.held), hex(input.next)),
  deriveInboxKeys,
  openHpke,
  openReport: async (suite, input) => {
    const key = await (await hpkeOf(suite)).openingKey(hex(input.seed));
    const subject = { docId: hex(input.docId), category: String(input.category) };
    const opened = await openReport(key, subject, hex(input.sealed));
    return opened === undefined ? fail('open_failed') : ok(opened);
  },
  checkInboxHeader: async (suite, input) => {
    const header = await checkInboxHeader(hex(input.docId), hex(input.header), suite.verify);
    return header.ok ? ok({ seq: header.value.seq, hash: inboxHeaderHash(hex(input.header)) }) : header;
  },
  succeedInboxHeader: (_, input) => succeedInboxHeader(hex(input.held), hex(input.next)),
  openWords: async (suite, input) =>
    openWords(suite, await fillerOf(suite, input), { salt: hex(input.salt), ciphertext: hex(input.ciphertext) }),
  checkItem: async (suite, input) => {
    const item = await checkItem(hex(input.docId), hex(input.post), hex(input.item), suite.verify);
    return item.ok ? ok({ hash: itemHash(hex(input.docId), hex(input.item)) }) : item;
  },
  openItem: async (suite, input) => {
    const key = await inboxKeyOf(suite, await hpkeOf(suite), await inboxOf(suite, input));
    return openItem(key, hex(input.docId), hex(input.item));
  },
  checkWithdrawal: async (suite, input) => {
    const checked = await checkWithdrawal(hex(input.docId), hex(input.item), hex(input.withdrawal), suite.verify);
    return checked.ok ? ok({ hash: checked.value.hash }) : checked;
  },
  checkPermit: async (suite, input) => {
    const permit = await checkPermit(hex(input.blobId), hex(input.post), hex(input.permit), suite.verify);
    return permit.ok ? ok({ inboxId: permit.value.inboxId, sender: permit.value.sender }) : permit;
  },
  decodeInboxPage: (_, input) => decodeInboxPage(hex(input.page)),
  decodeFileRequest: (_, input) => decodeFileRequest(hex(input.request)),
  derivePageKey,
  decodePage: (_, input) => decodePage(hex(input.page)),
  checkPage: async (suite, input) => {
    const page = await checkPage(hex(input.pageId), hex(input.page), suite.verify);
    return page.ok ? ok({ seq: page.value.seq, isTakenBack: page.value.content === undefined }) : page;
  },
  succeedPage: succeedAnyPage,
  decodeDelivery: (_, input) => decodeDelivery(hex(input.delivery)),
};
