/** What a client uses when it is given nothing else: the platform's clock, chance and WebSocket. Browsers and Node 24 alike. */
import type { Bytes } from '@archipel/protocol';
import { memoryLocks, webLocks } from './locks.ts';
import type { Hints, Locks, OpenSocket, SocketLike } from './ports.ts';

const SUBPROTOCOL = 'arc1';

/** A browser may forbid the address (content policy, mixed content): that is a socket that closes. */
export const webSocket: OpenSocket = (url) => {
  const like: SocketLike = { send: () => undefined, close: () => undefined, onmessage: null, onclose: null };
  try {
    const socket = new WebSocket(url, SUBPROTOCOL);
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) like.onmessage?.(new Uint8Array(data));
    };
    socket.onclose = () => like.onclose?.();
    like.send = (frame: Bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame as Uint8Array<ArrayBuffer>);
    };
    like.close = () => socket.close();
  } catch {
    setTimeout(() => like.onclose?.());
  }
  return like;
};

/** The browser's `online`, `offline` and `visibilitychange`; undefined where there is no window. */
export function browserHints(): Hints | undefined {
  if (typeof window === 'undefined' || typeof document === 'undefined') return undefined;
  return {
    subscribe: (listener) => {
      const visible = (): void => {
        if (document.visibilityState === 'visible') listener();
      };
      // `offline` too: the line is asked at once, or the pill would say "sending" until the next ping.
      window.addEventListener('online', listener);
      window.addEventListener('offline', listener);
      document.addEventListener('visibilitychange', visible);
      return () => {
        window.removeEventListener('online', listener);
        window.removeEventListener('offline', listener);
        document.removeEventListener('visibilitychange', visible);
      };
    },
  };
}

/** Web Locks where they are (they need a secure context), else locks within this program. */
export function platformLocks(): Locks {
  const manager = typeof navigator === 'undefined' || typeof window === 'undefined' ? undefined : navigator.locks;
  return manager === undefined ? memoryLocks() : webLocks(manager);
}
