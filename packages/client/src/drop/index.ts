/** Drops: files sent and taken by links (protocol §19). */
export { BlobLine, type Fetch } from './blob-line.ts';
export type { Body, SourceFile } from './body.ts';
export { type DropCopies, dropCopies } from './copies.ts';
export {
  allowanceFor,
  type CountedDrop,
  counterFor,
  type DropCounting,
  leftOf,
} from './counting.ts';
export {
  type DownloadDeps,
  type DropFacts,
  newTicket,
  type Offer,
  openDrop,
  openTaking,
  readDropFacts,
  type Taking,
  takeBody,
  takeTicket,
} from './download.ts';
export { type DropLine, DropLines } from './lines.ts';
export { type Drop, dropOf, webFetch } from './link.ts';
export { changeDrop, type DropTerms, deleteDrop } from './manage.ts';
export { Pace } from './pace.ts';
export type { UploadJournal, UploadState } from './parts.ts';
export { type DropPlace, type DropWish, placeDrop } from './place.ts';
export { OwnThread, type PlainRange, type Sealer } from './sealer.ts';
export { abandonUpload, type UploadDeps, type Uploaded, type UploadWish, uploadDrop } from './upload.ts';
