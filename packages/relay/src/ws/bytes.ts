/** What the WebSocket library hands over, as plain bytes. */

/** Text frames are refused like any frame that does not decode. */
export const NOT_A_FRAME = new Uint8Array(0);

/** Without Buffer's own `slice` and `subarray`, which mean something else. */
export function plain(data: Buffer): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.length);
}
