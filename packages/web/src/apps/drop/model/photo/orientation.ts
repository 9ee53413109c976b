/** Which way up a photo is: the one thing of EXIF without which it looks wrong (CIPA DC-008, 4.6.4). */

const ORIENTATION = 0x0112;
const SHORT = 3;
const ENTRY_BYTES = 12;
export const UPRIGHT = 1;

/** 1 to 8, of the TIFF structure in EXIF; 1 when it says nothing, or nothing that makes sense. */
export function orientationOf(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 8) return UPRIGHT;
  const isLittle = view.getUint16(0) === 0x4949;
  const first = view.getUint32(4, isLittle);
  if (first + 2 > tiff.length) return UPRIGHT;
  const count = view.getUint16(first, isLittle);
  for (let at = first + 2, left = count; left > 0 && at + ENTRY_BYTES <= tiff.length; at += ENTRY_BYTES, left--) {
    if (view.getUint16(at, isLittle) !== ORIENTATION || view.getUint16(at + 2, isLittle) !== SHORT) continue;
    const value = view.getUint16(at + 8, isLittle);
    return value >= 1 && value <= 8 ? value : UPRIGHT;
  }
  return UPRIGHT;
}

/** A TIFF structure that says this alone. */
export function tiffOf(orientation: number): Uint8Array<ArrayBuffer> {
  const head = [0x49, 0x49, 0x2a, 0, 8, 0, 0, 0];
  const entry = [0x12, 0x01, SHORT, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
  return Uint8Array.from([...head, 1, 0, ...entry, 0, 0, 0, 0]);
}
