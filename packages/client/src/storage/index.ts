/** What a browser keeps. */
export { DropJournal, type WaitingAnswer, type WaitingDrop, type WaitingFile } from './drop-journal.ts';
export { indexedDbStorage } from './indexeddb.ts';
export { type KeptDelivery, SentDeliveries } from './sent-deliveries.ts';
