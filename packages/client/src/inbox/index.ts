/** Inboxes (protocol §20): items sealed to an owner by whoever has the link to fill; and requests for files, which are made of them. */
export { type Collected, Collection, type ContentOf } from './collection.ts';
export {
  type AskedRequest,
  type Delivered,
  deliver,
  deliveredLink,
  newSeed,
  openRequest,
  permitsOf,
  type SentDelivery,
  sealDelivery,
  takeBack,
} from './deliver.ts';
export { type FillInbox, fillInboxOf, type InboxHost, type OwnInbox, ownInboxOf } from './link.ts';
export {
  type AskWish,
  askForFiles,
  type CountedDrop,
  changeRequest,
  countedDrops,
  deleteItem,
  dropLimitsOf,
  endRequest,
  type OwnRequest,
  openOwnRequest,
  type RequestTerms,
} from './request.ts';
