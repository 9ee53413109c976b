/** arc1 with secrets: keys, links, sealing, opening. Not for relays: they must not be able to import it. */
export * from './chain.ts';
export { deflate, inflate } from './deflate.ts';
export * from './drop.ts';
export { type Hpke, hpke, nobleHpke, type OpeningKey, webHpke } from './hpke.ts';
export * from './inbox.ts';
export * from './keys.ts';
export * from './link.ts';
export { nobleSuite } from './noble-suite.ts';
export * from './open.ts';
export * from './page.ts';
export * from './password.ts';
export * from './report.ts';
export * from './request.ts';
export * from './seal.ts';
export * from './sign.ts';
export * from './stream.ts';
export type * from './suite.ts';
export { makeWebSuite, webSuite } from './web-suite.ts';
