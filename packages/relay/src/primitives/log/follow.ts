/**
 * The records of a document in order of position, whichever process took them (CON-7): what comes out of order waits for what lies
 * before it. In a store of this process alone they come in order.
 */
import type { Bytes } from '@archipel/protocol';
import { peekRecord } from '@archipel/protocol';
import type { BusEvent } from '../../bus/bus.ts';
import type { StoredRecord } from '../../store/store.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import type { Subscription } from './subscription.ts';

/** Of what other processes told too early; more is read from the store when its turn comes. */
const MAX_HELD = 256;
const MAX_HELD_BYTES = 1024 * 1024;

export interface Held {
  body: Bytes;
  from: Subscription | undefined;
  /** This process stored it itself. */
  isOwn: boolean;
}
type RecordsEvent = Extract<BusEvent, { type: 'records' }>;

/** A record is on disk by this process. */
export function committed(
  context: LogContext,
  document: Document,
  position: number,
  body: Bytes,
  from: Subscription,
): void {
  const { isShared } = context.bus;
  if (isShared) context.news.committed(document, { position, body });
  if (isShared && position > document.readPosition + 1) {
    hold(document, position, { body, from, isOwn: true });
    context.watch.hasGap(document, position);
    return;
  }
  document.readPosition = position;
  document.outbox.addRecord(body, position, from);
  if (document.held !== undefined) passHeld(context, document);
  context.mirrors?.committed(document);
}

/** The store took another change of this process: the others are told, and what came before it unknown is looked up. */
export function changed(context: LogContext, document: Document, version: number): void {
  if (!document.follows(version)) context.watch.soon(document);
  context.news.changed(document);
  context.mirrors?.changed(document);
}

/** Word of another process. */
export function hear(context: LogContext, document: Document, event: BusEvent): void {
  switch (event.type) {
    case 'live':
      return document.outbox.addLive(event.body, undefined);
    case 'records':
      return hearRecords(context, document, event);
    case 'peers':
      return context.census.hear(document, event);
    case 'changed':
      return context.watch.soon(document);
  }
}

/** What fits is believed until the store is asked the next time. */
function hearRecords(context: LogContext, document: Document, { version, after, records }: RecordsEvent): void {
  const before = document.readPosition;
  if ((records.at(-1)?.position ?? 0) <= before) return;
  const isReadable = records.every(({ body }) => peekRecord(body).ok);
  if (version !== document.version || !isReadable) return context.watch.soon(document);
  let previous = after;
  for (const { position, body } of records) {
    const isNext = previous <= document.readPosition;
    previous = position;
    if (position <= document.readPosition) continue;
    if (isNext) passOn(context, document, { position, body }, undefined);
    else hold(document, position, { body, from: undefined, isOwn: false });
  }
  passHeld(context, document);
  if (document.readPosition > before) document.hearsayPosition = document.readPosition;
  if (previous > document.readPosition) context.watch.hasGap(document, previous);
}

function hold(document: Document, position: number, record: Held): void {
  document.held ??= new Map();
  if (record.isOwn) document.held.set(position, record);
  else if (!document.held.has(position) && document.held.size < MAX_HELD) holdForeign(document, position, record);
}

function holdForeign({ held }: Document, position: number, record: Held): void {
  let bytes = record.body.length;
  for (const { body } of held?.values() ?? []) bytes += body.length;
  if (bytes <= MAX_HELD_BYTES) held?.set(position, record);
}

function passHeld(context: LogContext, document: Document): void {
  for (;;) {
    const position = document.readPosition + 1;
    const next = document.held?.get(position);
    if (next === undefined) return;
    passOn(context, document, { position, body: next.body }, next.from);
  }
}

/**
 * Hands out the record that is next; throws CorruptDocumentError when it is none. Who stored it verifies its chain, but may die before
 * that; a document that nobody reads here is not kept for it.
 */
export function passOn(
  context: LogContext,
  document: Document,
  record: StoredRecord,
  from: Subscription | undefined,
): void {
  const grown = document.take(record, context.sha256);
  if (grown !== undefined && document.readers.length > 0) context.verifier.add(document, grown);
  document.outbox.addRecord(record.body, record.position, from);
  forget(document, record.position);
}

/**
 * What lies up to here and was not handed out is gone from the store. When the checkpoint covers it, readers who keep up have missed it
 * and get the checkpoint.
 */
export function skipTo(document: Document, position: number): void {
  if (position <= document.readPosition) return;
  const mayBeErased = document.readPosition + 1 < document.coveredBefore;
  document.readPosition = position;
  for (const held of [...(document.held?.keys() ?? [])]) if (held <= position) forget(document, held);
  if (mayBeErased) document.outbox.sendBack();
}

function forget(document: Document, position: number): void {
  if (document.held === undefined) return;
  document.held.delete(position);
  if (document.held.size === 0) document.held = undefined;
}
