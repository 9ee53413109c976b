import { useState } from 'preact/hooks';
import type { MessageKey } from '../../../i18n/index.ts';
import type { PublishAnswer } from '../model/document.ts';

/** After so long without an answer people are told so; what is sent is tried on as before. */
const LATE_MS = 8000;

const SAID: Record<PublishAnswer, MessageKey> = {
  done: 'pad.publish.done',
  stopped: 'pad.publish.stopped',
  offline: 'pad.publish.offline',
  refused: 'pad.publish.refused',
  not_offered: 'pad.publish.notOffered',
  too_many: 'pad.publish.tooMany',
  no_room: 'pad.publish.noRoom',
  too_large: 'pad.publish.tooLarge',
  too_long: 'pad.publish.tooLong',
  removed: 'pad.publish.removed',
};

export interface Sending {
  /** How it goes, or went. */
  said: MessageKey | null;
  say: (said: MessageKey) => void;
  busy: boolean;
  setBusy: (busy: boolean) => void;
  /** Defined while the host is late: whoever sent waits no longer. */
  stop: (() => void) | undefined;
  /** `done`: what is said when the host did what was wished. */
  send: (done: MessageKey, wish: (signal: AbortSignal) => Promise<PublishAnswer>) => Promise<void>;
}

/** What an owner sends to the host of the page, one wish at a time. */
export function useSending(): Sending {
  const [said, say] = useState<MessageKey | null>(null);
  const [busy, setBusy] = useState(false);
  const [late, setLate] = useState<AbortController | undefined>(undefined);
  const send: Sending['send'] = async (done, wish) => {
    const stopping = new AbortController();
    setBusy(true);
    say('pad.publish.sending');
    const timer = window.setTimeout(() => {
      say('pad.publish.late');
      setLate(stopping);
    }, LATE_MS);
    try {
      const answer = await wish(stopping.signal);
      say(answer === 'done' ? done : SAID[answer]);
    } finally {
      window.clearTimeout(timer);
      setLate(undefined);
      setBusy(false);
    }
  };
  return { said, say, busy, setBusy, stop: late && (() => late.abort()), send };
}
