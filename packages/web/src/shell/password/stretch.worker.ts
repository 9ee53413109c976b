/** Makes a key from a password on a thread of its own: for about half a second it would stop the page. One question, one answer. */
import { stretch } from '@archipel/protocol/secret';

addEventListener('message', ({ data }: MessageEvent<{ password: Uint8Array; salt: Uint8Array }>) => {
  postMessage(stretch(data.password, data.salt));
});
