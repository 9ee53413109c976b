/** What a host signed and cannot both be true (protocol §16): to be shown to anybody, without any key of the document. */
import type { Bytes, Contradiction } from '@archipel/protocol';
import { encodeBase64url, fingerprintOf, fromHex } from '@archipel/protocol';
import type { Value } from './values.ts';
import { isRecord } from './values.ts';

export interface Evidence {
  /** 40 hexadecimal digits. */
  hostId: string;
  /** Origin at which it was asked. */
  url: string;
  /** `less`: one statement, with less than this client knows that it had: no proof for others. */
  kind: Contradiction | 'less';
  /** The earlier first. */
  statements: Bytes[];
}

const FORMAT = 'archipel-evidence-1';

/** A JSON file, its bytes in base64url: each statement is as the host signed it (§12), so that its signature can be checked. */
export function evidenceFile(docId: Bytes, found: readonly Evidence[]): string {
  const hosts = found.map(({ hostId, url, kind, statements }) => ({
    hostId,
    fingerprint: fingerprintOf(fromHex(hostId) ?? new Uint8Array(0)),
    url,
    kind,
    statements: statements.map(encodeBase64url),
  }));
  return `${JSON.stringify({ format: FORMAT, docId: encodeBase64url(docId), found: hosts }, undefined, 2)}\n`;
}

/** For this machine's storage. */
export function evidenceValue({ hostId, url, kind, statements }: Evidence): Value {
  return { hostId, url, kind, statements };
}

export function evidenceOf(value: Value): Evidence | undefined {
  if (!isRecord(value) || !Array.isArray(value.statements)) return undefined;
  const statements = value.statements.filter((one): one is Bytes => one instanceof Uint8Array);
  const kind = value.kind === 'forked' || value.kind === 'lost' ? value.kind : 'less';
  return { hostId: String(value.hostId), url: String(value.url), kind, statements };
}
