import type { VNode } from 'preact';
import { encode } from 'uqr';
import { t } from '../i18n/index.ts';

/** What a QR code of medium correction and version 40 can carry, in bytes (ISO/IEC 18004, table 7). */
const QR_MAX_BYTES = 2331;
/** The standard asks for four empty modules around the code. */
const QUIET_MODULES = 4;

/** The dark modules as one SVG path, each row's runs as rectangles of height 1. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
  let path = '';
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x += 1) {
      if (!row[x]) continue;
      let end = x;
      while (row[end + 1]) end += 1;
      path += `M${x} ${y}h${end - x + 1}v1H${x}z`;
      x = end;
    }
  });
  return path;
}

/** A link as a QR code: always dark on white, for the cameras that read nothing else. */
export function Qr({ text }: { text: string }): VNode {
  if (new TextEncoder().encode(text).length > QR_MAX_BYTES) return <p class="soft">{t('share.qrTooLong')}</p>;
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_MODULES });
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t('share.qr', { link: text })}>
      <path class="qr-paper" d={`M0 0h${size}v${size}H0z`} />
      <path class="qr-ink" d={pathOf(data)} shape-rendering="crispEdges" />
    </svg>
  );
}
