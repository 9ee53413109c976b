/** Answers as the softwares' sources write them, and a probe that is given them. */
import type { HttpAnswer, ProbeFailureCode } from '../../src/probe/failure.ts';
import { failure } from '../../src/probe/failure.ts';
import type { ProbeAnswer, Reading, Software } from '../../src/third-party/index.ts';

export const NOW_MS = Date.UTC(2026, 10, 27);
export const IDENT = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

export function http(status: number, text: string, headers: Record<string, string> = {}): HttpAnswer {
  return { kind: 'http', status, headers: new Map(Object.entries(headers)), body: new TextEncoder().encode(text) };
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): HttpAnswer {
  return http(status, JSON.stringify(value), { 'content-type': 'application/json; charset=utf-8', ...headers });
}

export function html(text: string, status = 200): HttpAnswer {
  const page = `<!DOCTYPE html>\n<html lang="en"><head><title>${text}</title></head><body>${text}</body></html>`;
  return http(status, page, { 'content-type': 'text/html; charset=utf-8' });
}

export function failed(code: ProbeFailureCode): ProbeAnswer {
  return failure(code, 'connect');
}

export interface Played {
  reading: Reading;
  /** In order. */
  asked: readonly string[];
}

/** What has no answer here is a page that does not exist. */
export function play(software: Software, answers: Readonly<Record<string, ProbeAnswer>> | ProbeAnswer): Played {
  const asked: string[] = [];
  const probe = software.probe({ ident: IDENT, nowMs: NOW_MS });
  let next = probe.next();
  while (next.done !== true) {
    const step = next.value;
    const place = step.kind === 'page' ? step.path : step.kind === 'address' ? step.url : `udp:${step.port}`;
    asked.push(place);
    const answer = isAnswer(answers) ? answers : (answers[place] ?? html('404 Not Found', 404));
    next = probe.next(answer);
  }
  return { reading: next.value, asked };
}

function isAnswer(answers: Readonly<Record<string, ProbeAnswer>> | ProbeAnswer): answers is ProbeAnswer {
  return typeof answers.kind === 'string';
}
