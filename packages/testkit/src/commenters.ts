import { decodeRelayFrame, encodeFrame, NO_PREVIOUS } from '@archipel/protocol';
import { keysFromLink, makeSession } from '@archipel/protocol/secret';
import * as Y from 'yjs';
import { LoneRelay } from './lone-relay.ts';
import { forgeIn } from './person.ts';
import { SharedRelays } from './shared-relays.ts';

/** People with the link to comment are there, too (§23). */
export class CommentedRelay extends LoneRelay {
  protected override readonly commenters = 2;
}

export class CommentedRelays extends SharedRelays {
  protected override readonly commenters = 2;
}

const SESSION_BYTES = 16;

/** A host that helps a commenter: among what it has it hands out text that is signed with the comment key. */
export class HelpingRelay extends CommentedRelay {
  handedOut = 0;

  protected override async invited(link: string): Promise<void> {
    const { suite } = this.ports;
    const keys = await keysFromLink(suite, link);
    if (!keys.ok || keys.value.commentSigner === undefined) throw new Error('no key to comment');
    const trick = { ...keys.value, editSigner: keys.value.commentSigner };
    const copy = new Y.Doc();
    // Yjs draws a number of its own otherwise: two runs of a seed would differ.
    copy.clientID = 1;
    forgeIn(copy);
    const session = makeSession(suite, trick, 0, suite.random(SESSION_BYTES));
    const plaintext = Y.encodeStateAsUpdate(copy);
    const record = await session.sealRecord({ n: 0, previous: NO_PREVIOUS, deps: [], plaintext });
    this.network.meddle = (frame) => {
      const decoded = decodeRelayFrame(frame);
      const isOfDocument = decoded.ok && decoded.value.messages.some(({ type }) => type === 'records');
      if (!isOfDocument || !this.random.chance(0.1)) return [frame];
      this.handedOut += 1;
      const { channel } = decoded.value;
      return [frame, encodeFrame(channel, [{ type: 'records', position: 1, records: [record] }])];
    };
  }
}
