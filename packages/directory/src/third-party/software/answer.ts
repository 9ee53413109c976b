/** Lenient reading of answers: a wrong type is a missing value, never an error. No pattern here goes over the same text twice. */
import type { HttpAnswer } from '../../probe/failure.ts';
import type { ProbeAnswer, ProbeStep, Reading } from './software.ts';
import { reading } from './software.ts';

/** Larger counts are nonsense. */
const COUNT_MAX = 1e15;
const VERSION = /^v?(\d[\w.+~-]{0,39})$/;

export function page(path: string): ProbeStep {
  return { kind: 'page', path };
}

/** What can be said from the answer alone: nobody there, an error, too many questions. Undefined: read on. */
export function verdict(answer: ProbeAnswer): Reading | undefined {
  if (answer.kind === 'failure') return reading('down', { reason: answer.code });
  if (answer.kind === 'datagram') return undefined;
  if (answer.status === 429) return reading('unknown', { reason: 'rate_limited' });
  if (answer.status >= 500) return reading('down', { reason: 'error_status' });
  return undefined;
}

export function otherSoftware(): Reading {
  return reading('unknown', { reason: 'other_software' });
}

export function isOk(answer: ProbeAnswer): answer is HttpAnswer {
  return answer.kind === 'http' && answer.status === 200;
}

export function hasStatus(answer: ProbeAnswer, ...statuses: readonly number[]): boolean {
  return answer.kind === 'http' && statuses.includes(answer.status);
}

/** Empty for a failure. */
export function textOf(answer: ProbeAnswer): string {
  return answer.kind === 'failure' ? '' : new TextDecoder().decode(answer.body);
}

export function header(answer: ProbeAnswer, name: string): string | undefined {
  return answer.kind === 'http' ? answer.headers.get(name) : undefined;
}

export function isHtml(text: string): boolean {
  return /^\s*<(!doctype\s+html|html|head|body|\?xml[^>]*>\s*<!doctype\s+html)\b/i.test(text);
}

/** Of any status. Undefined: no JSON. */
export function jsonOf(answer: ProbeAnswer): unknown {
  return parseJson(textOf(answer));
}

/** What a function given to `define` returns: how CryptPad serves its settings. */
export function definedJson(answer: ProbeAnswer): unknown {
  const text = textOf(answer).trim();
  const from = text.indexOf('{', text.indexOf('return'));
  const functionEnd = text.lastIndexOf('}');
  const to = text.lastIndexOf('}', functionEnd - 1);
  return text.startsWith('define(') && from >= 0 && to > from ? parseJson(text.slice(from, to + 1)) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The value at a path of names; undefined where there is none. */
export function at(value: unknown, ...names: readonly string[]): unknown {
  let found = value;
  for (const name of names) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

/** A number of things, also when it is written as text. */
export function countAt(value: unknown, ...names: readonly string[]): number | undefined {
  const found = at(value, ...names);
  const number = typeof found === 'string' && /^\d{1,15}$/.test(found) ? Number(found) : found;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0 || number > COUNT_MAX) return undefined;
  return Math.round(number);
}

export function textAt(value: unknown, ...names: readonly string[]): string | undefined {
  const found = at(value, ...names);
  return typeof found === 'string' ? found : undefined;
}

/** Without the v before it. Undefined for what does not look like a version. */
export function versionOf(value: string | undefined): string | undefined {
  return VERSION.exec(value?.trim() ?? '')?.[1];
}
