const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 64;
const RIGHT = 16;
const TOP = 64;
const BOTTOM = 56;
const LOWEST = 0.1;
const HIGHEST = 40;

export interface Series {
  name: string;
  colour: string;
  /** The highest utilisation of each host, from the smallest host to the largest. */
  peaks: readonly number[];
}

/** An SVG with a dot per host and series; utilisation on a logarithmic scale, the line at 1 is what a host can carry. */
export function utilisationFigure(title: string, description: string, series: readonly Series[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title desc" font-family="sans-serif" font-size="13">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped(description)}</desc>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<text x="${LEFT}" y="22" font-size="16" font-weight="bold">${escaped(title)}</text>
${series.map(legend).join('\n')}
${[0.1, 0.3, 1, 3, 10, 30].map(gridLine).join('\n')}
${series.map(dots).join('\n')}
<text x="${LEFT}" y="${HEIGHT - 18}">small hosts</text>
<text x="${WIDTH - RIGHT}" y="${HEIGHT - 18}" text-anchor="end">large hosts</text>
<text transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">people / capacity at the peak</text>
</svg>
`;
}

/** The shapes differ too, for who does not tell the colours apart. */
function mark(x: number, y: number, index: number): string {
  if (index === 0) return `<circle cx="${x}" cy="${y}" r="3"/>`;
  return `<rect x="${rounded(x - 3)}" y="${rounded(y - 3)}" width="6" height="6"/>`;
}

function legend({ name, colour }: Series, index: number): string {
  const x = LEFT + 6 + index * 260;
  return `<g fill="${colour}">${mark(x, 44, index)}</g><text x="${x + 12}" y="48">${escaped(name)}</text>`;
}

function gridLine(value: number): string {
  const y = heightOf(value);
  const stroke = value === 1 ? 'stroke="#333" stroke-width="1.5"' : 'stroke="#ddd"';
  return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" ${stroke}/><text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${value}</text>`;
}

function dots({ colour, peaks }: Series, index: number): string {
  const step = (WIDTH - LEFT - RIGHT) / peaks.length;
  const marks = peaks.map((peak, place) => mark(rounded(LEFT + (place + 0.5) * step), heightOf(peak), index));
  return `<g fill="${colour}" fill-opacity="0.75">${marks.join('')}</g>`;
}

function heightOf(value: number): number {
  const share = Math.log(Math.min(HIGHEST, Math.max(LOWEST, value)) / LOWEST) / Math.log(HIGHEST / LOWEST);
  return rounded(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP));
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
