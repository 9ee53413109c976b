/** Asks a service of other software how it is: what to ask and what the answers mean is in the catalogue. */
import type { ProbeAnswer, ProbeStep, Reading, Software } from '../third-party/software/software.ts';
import { reading } from '../third-party/software/software.ts';
import { failure } from './failure.ts';
import type { Prober } from './prober.ts';

/** What a catalogue entry may ask for; more is a fault of the entry. */
const STEPS_MAX = 6;
const MUMBLE_SCHEME = /^mumble:/i;

export interface ServiceProbe {
  software: Software;
  /** Where people go: https://pads.example.org/ or mumble://voice.example.org:64738/. */
  baseUrl: string;
  /** Eight random bytes. */
  ident: Uint8Array;
  nowMs: number;
  signal?: AbortSignal;
}

export async function probeService(prober: Pick<Prober, 'get' | 'ping'>, asked: ServiceProbe): Promise<Reading> {
  const { software, baseUrl, ident, nowMs, signal } = asked;
  const text = baseUrl.replace(MUMBLE_SCHEME, 'http:');
  if (!URL.canParse(text)) return reading('down', { reason: 'bad_url' });
  const base = new URL(text);
  const questions = software.probe({ ident, nowMs });
  let next = questions.next();
  for (let steps = 0; next.done !== true; steps += 1) {
    if (steps >= STEPS_MAX)
      throw new RangeError(`the catalogue entry ${software.id} asks for more than ${STEPS_MAX} answers`);
    const answer = await perform(prober, next.value, { base, isMumble: MUMBLE_SCHEME.test(baseUrl), signal });
    next = questions.next(answer);
  }
  return next.value;
}

interface Place {
  base: URL;
  /** The address names the port of the voice server, not of a page about it. */
  isMumble: boolean;
  signal: AbortSignal | undefined;
}

async function perform(
  prober: Pick<Prober, 'get' | 'ping'>,
  step: ProbeStep,
  { base, isMumble, signal }: Place,
): Promise<ProbeAnswer> {
  if (step.kind === 'datagram') {
    const port = isMumble && base.port !== '' ? Number(base.port) : step.port;
    return prober.ping(base.hostname, port, step.payload, signal);
  }
  const url = step.kind === 'page' ? below(base, step.path) : sameHost(base, step.url);
  return url === undefined ? failure('bad_url', 'url') : prober.get(url.href, signal);
}

/** A service may live in a folder. */
function below(base: URL, path: string): URL {
  const folder = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
  return new URL(`${folder}${path.replace(/^\//, '')}`, base.origin);
}

/** An answer may name another page of its host, and no other host. */
function sameHost(base: URL, url: string): URL | undefined {
  const target = URL.canParse(url, base.origin) ? new URL(url, base.origin) : undefined;
  return target?.hostname === base.hostname ? target : undefined;
}
