/** The header that a document goes by (§4), with the keys of its generation. */
import type { Bytes, ErrorName, Header } from '@archipel/protocol';
import { decodeHeader } from '@archipel/protocol';
import type { Keys, Suite } from '@archipel/protocol/secret';
import { Generations } from './generations.ts';
import { judgeHeader } from './header-check.ts';
import type { Heads } from './heads.ts';
import type { PendingCreation } from './pending-creation.ts';
import type { Reports } from './reports.ts';

export interface HeaderPorts {
  suite: Suite;
  keys: Keys;
  heads: Heads;
  creation: PendingCreation;
  reports: Reports;
}

export class HeaderKeeper {
  readonly #ports: HeaderPorts;
  readonly generations: Generations;
  current: Header | undefined;
  /** The relay that serves holds an older one. */
  isBehind = false;

  constructor(ports: HeaderPorts) {
    this.#ports = ports;
    this.generations = new Generations(ports.suite, ports.keys);
  }

  get bytes(): Bytes | undefined {
    return this.#ports.heads.header ?? this.#ports.creation.waiting?.header;
  }

  /** What this machine knows. False: that is a header of other links than ours (GEN-4). */
  async load(): Promise<boolean> {
    const known = this.bytes === undefined ? undefined : decodeHeader(this.bytes);
    if (!known?.ok) return true;
    if (await this.generations.enter(known.value)) this.current = known.value;
    return this.current !== undefined;
  }

  /** The one that a relay serves. Answers what stands against going on with it. */
  async accept(served: Bytes): Promise<ErrorName | undefined> {
    const { suite, heads, keys, reports } = this.#ports;
    const { current } = heads;
    const judge = { suite, docId: keys.docId, servedSeq: current.headerSeq };
    const verdict = await judgeHeader(judge, served, heads.header);
    current.sawHeader(verdict.servedSeq);
    for (const report of verdict.reports) reports.add(report);
    const isOurs = verdict.header === undefined || (await this.generations.enter(verdict.header));
    const error = verdict.error ?? (isOurs ? undefined : 'wrong_generation');
    if (error !== undefined) return error;
    this.isBehind = verdict.isBehind;
    this.current = verdict.header;
    if (verdict.isNew) heads.sawHeader(served);
    return undefined;
  }

  /** The relay created the document with this one; undefined: it had it before. */
  async created(header: Bytes | undefined): Promise<Header | undefined> {
    const decoded = header === undefined ? undefined : decodeHeader(header);
    if (header === undefined || !decoded?.ok) return undefined;
    this.current = decoded.value;
    this.#ports.heads.sawHeader(header);
    await this.#ports.heads.save();
    return decoded.value;
  }
}
