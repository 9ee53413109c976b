/** How a probe can fail: one table of codes. The sentences are in the locales; what the peer said is never part of them. */

/** Where a probe was when it ended. */
export type ProbeStage = 'url' | 'resolve' | 'wait' | 'connect' | 'tls' | 'headers' | 'body' | 'datagram';

export const PROBE_FAILURES = {
  bad_url: 'not an http or https address, or one with credentials or a port that is not for the web',
  no_such_name: 'the name has no address',
  resolver_failed: 'the name could not be looked up',
  refused_address: 'the address is not one of the public internet',
  busy: 'too many probes of this host wait already',
  unreachable: 'nobody accepts connections there',
  bad_tls: 'no secure connection, or a certificate that is not valid for the name',
  bad_http: 'the answer is not HTTP',
  connection_lost: 'the connection ended before the answer did',
  timeout: 'the answer took too long; the stage says which part of it',
  too_large: 'the answer is longer than the limit',
  encoded_body: 'the answer is compressed though nobody asked for it',
  too_many_redirects: 'redirects lead to redirects',
  bad_redirect: 'a redirect to what is not a web address, or from https to http',
  stopped: 'the caller ended the probe',
} as const satisfies Record<string, string>;

export type ProbeFailureCode = keyof typeof PROBE_FAILURES;

export interface ProbeFailure {
  kind: 'failure';
  code: ProbeFailureCode;
  stage: ProbeStage;
}

export interface HttpAnswer {
  kind: 'http';
  status: number;
  /** Names in lower case; what came several times is joined with commas. */
  headers: ReadonlyMap<string, string>;
  body: Uint8Array;
}

export interface DatagramAnswer {
  kind: 'datagram';
  body: Uint8Array;
}

export function failure(code: ProbeFailureCode, stage: ProbeStage): ProbeFailure {
  return { kind: 'failure', code, stage };
}
