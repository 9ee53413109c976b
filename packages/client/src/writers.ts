/** The two writers of a program: that of the text, which seals live messages for everybody, and that of the remarks, where it may write some. */
import type { Bytes } from '@archipel/protocol';
import type { Part } from './log-types.ts';
import type { OutboxSession } from './outbox.ts';
import { holdsKeyOf, partOf } from './part.ts';
import type { WriterPorts } from './writer.ts';
import { Writer } from './writer.ts';

export class Writers {
  readonly text: Writer;
  readonly remarks: Writer | undefined;

  private constructor(text: Writer, remarks: Writer | undefined) {
    this.text = text;
    this.remarks = remarks;
  }

  static async begin(portsOf: (part: Part) => WriterPorts): Promise<Writers> {
    const text = await Writer.begin(portsOf('text'));
    const ports = portsOf('remarks');
    return new Writers(text, holdsKeyOf(ports.keys(), 'remarks') ? await Writer.begin(ports) : undefined);
  }

  get #all(): Writer[] {
    return this.remarks === undefined ? [this.text] : [this.text, this.remarks];
  }

  /** Records that wait to be sealed again. */
  get waiting(): number {
    return this.#all.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  get sessions(): Bytes[] {
    return this.#all.map(({ session }) => session);
  }

  /** Replaces the unsealed edits on disk. */
  async savePending(part: Part, update: Bytes | undefined): Promise<void> {
    await this[part]?.savePending(update);
  }

  /** As `Writer.sealAgain`. */
  async sealAgain(session: OutboxSession, from: number): Promise<void> {
    await this[partOf(session.session)]?.sealAgain(session, from);
  }

  /** As `Writer.renew`. */
  renew(gen: number): void {
    for (const writer of this.#all) writer.renew(gen);
  }

  /** Resolves when everything appended so far is in the outbox. */
  async idle(): Promise<void> {
    for (const writer of this.#all) await writer.idle();
  }
}
