/** The network of hosts: who is there, and who takes what somebody creates. No Node, no DOM: portals and browsers run it. */
export { admitsPerson, admitsSession, type OwnLoad } from './admission.ts';
export { AddressBook, type BookPorts } from './book.ts';
export type { Candidate } from './candidate.ts';
export type { Clock } from './clock.ts';
export type { ClassLoad, HostFacts, LoadReport, Wish } from './facts.ts';
export { type Room, roomsToHandOff, unitsOfHandoff } from './handoff.ts';
export { ROUTING } from './limits.ts';
export type { Waiting } from './line.ts';
export { type FromDirectory, hostsOfDirectory } from './listed.ts';
export type { LookUp } from './look.ts';
export { type Placement, type PlaceOptions, Router, type RouterPorts, type VoucherAnswer } from './router.ts';
export { type Acquaintance, hostFactsOf, loadReportOf } from './told.ts';
export { WeightedSet } from './weighted-set.ts';
export { within } from './within.ts';
