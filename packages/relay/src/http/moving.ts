/** Streams that stand still for too long are cut: each holds a connection and an open file. */

/** What comes from somebody: `cut` is called when nothing came for this long. */
export async function* arriving<T>(chunks: AsyncIterable<T>, idleMs: number, cut: () => void): AsyncGenerator<T> {
  let timer = setTimeout(cut, idleMs);
  try {
    for await (const chunk of chunks) {
      clearTimeout(timer);
      yield chunk;
      timer = setTimeout(cut, idleMs);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** What somebody takes: `cut` is called when they took nothing for this long. */
export async function* leaving<T>(chunks: AsyncIterable<T>, idleMs: number, cut: () => void): AsyncGenerator<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    for await (const chunk of chunks) {
      timer = setTimeout(cut, idleMs);
      yield chunk;
      clearTimeout(timer);
    }
  } finally {
    clearTimeout(timer);
  }
}
