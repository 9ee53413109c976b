/** What hosts sign for each other and for everybody (§12 to §17, §21). */
export * from './contradiction.ts';
export * from './directory.ts';
export type { HostProfile, ListedHost, ListedService } from './directory-hosts.ts';
export { checkFact, decodeFact, encodeFact, type FactKind, type HostSigner, type Signed, signFact } from './fact.ts';
export * from './host.ts';
export * from './load.ts';
export * from './manifest.ts';
export * from './quantities.ts';
export * from './removals.ts';
export * from './statement.ts';
export { isLoopbackOrigin, isOrigin, isPageUrl } from './url.ts';
export * from './voucher.ts';
