import { CALLOUT_KINDS, type CalloutKind } from '../model/callouts.ts';

const SPACES: Readonly<Record<string, string>> = {
  office: 'urn:oasis:names:tc:opendocument:xmlns:office:1.0',
  text: 'urn:oasis:names:tc:opendocument:xmlns:text:1.0',
  table: 'urn:oasis:names:tc:opendocument:xmlns:table:1.0',
  style: 'urn:oasis:names:tc:opendocument:xmlns:style:1.0',
  fo: 'urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0',
  draw: 'urn:oasis:names:tc:opendocument:xmlns:drawing:1.0',
  svg: 'urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0',
  xlink: 'http://www.w3.org/1999/xlink',
  dc: 'http://purl.org/dc/elements/1.1/',
};

export const CONTENT_SPACES = Object.entries(SPACES)
  .map(([name, uri]) => `xmlns:${name}="${uri}"`)
  .join(' ');
export const MANIFEST_SPACE = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"';

const mark = (name: string, properties: string): string =>
  `<style:style style:name="${name}" style:family="text"><style:text-properties ${properties}/></style:style>`;

const LEVELS = Array.from({ length: 9 }, (_, index) => index + 1);
const place = (level: number): string =>
  `<style:list-level-properties text:list-level-position-and-space-mode="label-alignment"><style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-0.6cm" fo:margin-left="${(level * 0.7).toFixed(1)}cm"/></style:list-level-properties>`;
const list = (name: string, level: (number: number) => string): string =>
  `<text:list-style style:name="${name}">${LEVELS.map(level).join('')}</text:list-style>`;

/** A numbered list that begins with `start`. */
export const numbers = (name: string, start = 1): string =>
  list(name, (level) => {
    // On every level: which one a list is on depends on those around it.
    const first = start === 1 ? '' : ` text:start-value="${start}"`;
    return `<text:list-level-style-number text:level="${level}" style:num-format="1" style:num-suffix="."${first}>${place(level)}</text:list-level-style-number>`;
  });

/** A named style of paragraphs, from right to left. */
export const turnedStyle = (name: string): string =>
  `<style:style style:name="${name}_rtl" style:family="paragraph" style:parent-style-name="${name}"><style:paragraph-properties style:writing-mode="rl-tb" fo:text-align="start"/></style:style>`;

/** The styles that a text of a pad needs beside the named ones. */
export const TEXT_STYLES = [
  mark('PadBold', 'fo:font-weight="bold"'),
  mark('PadItalic', 'fo:font-style="italic"'),
  mark(
    'PadUnderline',
    'style:text-underline-style="solid" style:text-underline-width="auto" style:text-underline-color="font-color"',
  ),
  mark('PadStrike', 'style:text-line-through-style="solid"'),
  '<style:style style:name="PadTableRtl" style:family="table"><style:table-properties style:width="17cm" table:align="margins" style:writing-mode="rl-tb" fo:margin-top="0.2cm" fo:margin-bottom="0.2cm"/></style:style>',
  '<style:style style:name="PadTable" style:family="table"><style:table-properties style:width="17cm" table:align="margins" fo:margin-top="0.2cm" fo:margin-bottom="0.2cm"/></style:style>',
  '<style:style style:name="PadCell" style:family="table-cell"><style:table-cell-properties fo:padding="0.1cm" fo:border="0.5pt solid #808080"/></style:style>',
  '<style:style style:name="PadPicture" style:family="graphic"><style:graphic-properties style:vertical-pos="top" style:vertical-rel="baseline"/></style:style>',
  list(
    'PadBullets',
    (level) =>
      `<text:list-level-style-bullet text:level="${level}" text:bullet-char="•">${place(level)}</text:list-level-style-bullet>`,
  ),
  list(
    'PadTasks',
    (level) =>
      `<text:list-level-style-bullet text:level="${level}" text:bullet-char=" ">${place(level)}</text:list-level-style-bullet>`,
  ),
  numbers('PadNumbers'),
].join('');

const paragraph = (name: string, shown: string, inside: string, parent = 'Standard'): string =>
  `<style:style style:name="${name}" style:display-name="${shown}" style:family="paragraph" style:parent-style-name="${parent}">${inside}</style:style>`;

const heading = (level: number, size: number): string =>
  `<style:style style:name="Heading_20_${level}" style:display-name="Heading ${level}" style:family="paragraph" style:parent-style-name="Standard" style:next-style-name="Text_20_body" style:default-outline-level="${level}"><style:paragraph-properties fo:margin-top="0.45cm" fo:margin-bottom="0.2cm" fo:keep-with-next="always"/><style:text-properties fo:font-size="${size}pt" fo:font-weight="bold"/></style:style>`;

/** A bar at the side, in a colour of its kind. */
function calloutStyles(kind: CalloutKind): string[] {
  const colour = { note: '#0b686e', tip: '#1f6b3f', warning: '#8a4b00' }[kind];
  const bar = `<style:paragraph-properties fo:margin-left="0.3cm" fo:padding-left="0.3cm" fo:border-left="2.5pt solid ${colour}" fo:border-right="none" fo:border-top="none" fo:border-bottom="none"/>`;
  const strong = `<style:text-properties fo:font-weight="bold" fo:color="${colour}"/>`;
  const name = `Callout_20_${kind}`;
  return [paragraph(name, `Callout ${kind}`, bar), paragraph(`${name}_20_name`, `Callout ${kind} name`, strong, name)];
}

/** `styles.xml`: named styles as LibreOffice names them, so that a person restyles the text there; A4. */
export const STYLES = `<office:styles><style:default-style style:family="paragraph"><style:paragraph-properties fo:margin-bottom="0.2cm" fo:line-height="120%"/><style:text-properties fo:font-family="'Liberation Sans', Arial, sans-serif" fo:font-size="11pt"/></style:default-style><style:style style:name="Standard" style:family="paragraph"/>${[
  paragraph('Text_20_body', 'Text body', ''),
  heading(1, 18),
  heading(2, 15),
  heading(3, 12.5),
  paragraph(
    'Quotations',
    'Quotations',
    '<style:paragraph-properties fo:margin-left="1cm" fo:margin-right="1cm"/><style:text-properties fo:font-style="italic"/>',
  ),
  paragraph(
    'Preformatted_20_Text',
    'Preformatted Text',
    `<style:paragraph-properties fo:background-color="#f2f2f2" fo:padding="0.15cm"/><style:text-properties fo:font-family="'Liberation Mono', Consolas, monospace" fo:font-size="9.5pt"/>`,
  ),
  paragraph(
    'Horizontal_20_Line',
    'Horizontal Line',
    '<style:paragraph-properties fo:border-bottom="0.5pt solid #808080" fo:margin-bottom="0.4cm"/>',
  ),
  paragraph('Table_20_Contents', 'Table Contents', '<style:paragraph-properties fo:margin-bottom="0cm"/>'),
  paragraph('Table_20_Heading', 'Table Heading', '<style:text-properties fo:font-weight="bold"/>', 'Table_20_Contents'),
  paragraph('Footnote', 'Footnote', '<style:text-properties fo:font-size="9.5pt"/>'),
  ...CALLOUT_KINDS.flatMap(calloutStyles),
  paragraph('Caption', 'Caption', '<style:text-properties fo:font-size="9.5pt" fo:font-style="italic"/>'),
].join(
  '',
)}<style:style style:name="Source_20_Text" style:display-name="Source Text" style:family="text"><style:text-properties fo:font-family="'Liberation Mono', Consolas, monospace"/></style:style></office:styles><office:automatic-styles><style:page-layout style:name="PadPage"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2cm"/></style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name="Standard" style:page-layout-name="PadPage"/></office:master-styles>`;
