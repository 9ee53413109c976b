/** Reads, seals and opens chunks of files on a thread of its own: questions are answered in their order. */
import { openChunks, Stream, sealChunks, webSuite } from '@archipel/protocol/secret';
import type { SealingAnswer, SealingQuestion } from './sealing.ts';

const worker = globalThis as unknown as {
  onmessage: (event: MessageEvent<SealingQuestion>) => void;
  postMessage: (answer: SealingAnswer, handOver: readonly ArrayBufferLike[]) => void;
};

async function answerTo(question: SealingQuestion): Promise<SealingAnswer> {
  const { first, isLast } = question;
  const stream = new Stream(webSuite, question.stream);
  if (question.ask === 'seal') {
    const plain = await bytesOf(question.plain);
    return plain === undefined ? { error: 'unread' } : { bytes: await sealChunks(stream, first, plain, isLast) };
  }
  const opened = await openChunks(stream, first, question.sealed, isLast);
  return opened.ok ? { bytes: opened.value } : { error: opened.error };
}

/** Undefined: the browser does not read it any more, because it was changed, moved or removed. */
async function bytesOf(plain: Blob): Promise<Uint8Array | undefined> {
  try {
    const bytes = new Uint8Array(await plain.arrayBuffer());
    return bytes.length === plain.size ? bytes : undefined;
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}

let last: Promise<void> = Promise.resolve();

worker.onmessage = ({ data }) => {
  const answer = answerTo(data);
  last = last.then(async () => {
    const said = await answer;
    worker.postMessage(said, 'bytes' in said ? [said.bytes.buffer] : []);
  });
};
