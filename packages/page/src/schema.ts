/** What of HTML a published page may be made of (PAGE-8): elements and attributes that show something and do nothing. */
import type { Schema } from 'hast-util-sanitize';

const MATHML = [
  ...['math', 'mrow', 'mi', 'mn', 'mo', 'ms', 'mtext', 'mspace', 'mfrac', 'msqrt', 'mroot', 'msub', 'msup', 'msubsup'],
  ...['munder', 'mover', 'munderover', 'mmultiscripts', 'mprescripts', 'mtable', 'mtr', 'mtd', 'mstyle', 'mpadded'],
  ...['mphantom', 'menclose', 'merror', 'semantics'],
];
const HTML = [
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'div', 'section', 'hr', 'br', 'span', 'blockquote', 'pre', 'code'],
  ...['ul', 'ol', 'li', 'dl', 'dt', 'dd', 'figure', 'figcaption', 'img', 'a'],
  ...['strong', 'b', 'em', 'i', 'u', 's', 'del', 'ins', 'mark', 'small', 'sub', 'sup', 'q', 'abbr', 'kbd'],
  ...['table', 'caption', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
];
/** They go with all that is in them; of any other element that is not above the contents stay. */
const WITH_CONTENTS = [
  ...['script', 'style', 'template', 'title', 'textarea', 'noscript', 'noembed', 'noframes', 'iframe', 'object', 'xmp'],
  ...['plaintext', 'svg', 'annotation', 'annotation-xml', 'select', 'audio', 'video', 'canvas', 'head', 'frameset'],
];
const LENGTH = /^-?\d{0,4}(\.\d{1,4})?(em|ex|px|%)?$/;
const lengths = (...names: string[]): [string, RegExp][] => names.map((name) => [name, LENGTH]);
const flags = (...names: string[]): [string, ...string[]][] => names.map((name) => [name, 'true', 'false']);
const OPERATOR = [
  ...flags('stretchy', 'fence', 'form', 'separator', 'symmetric', 'largeop', 'movablelimits', 'accent'),
  ...lengths('lspace', 'rspace', 'minsize', 'maxsize'),
];
const ALIGNMENT = /^(left|center|right|none|\s)+$/;

export const SCHEMA: Schema = {
  tagNames: [...HTML, ...MATHML],
  strip: WITH_CONTENTS,
  attributes: {
    '*': [
      ['dir', 'ltr', 'rtl', 'auto'],
      ['lang', /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/],
      ['id', /^(fn|fnref|note)[-\w]{1,40}$/],
    ],
    a: ['href', ['role', 'doc-noteref', 'doc-backlink'], ['ariaLabel', /^.{1,200}$/s]],
    abbr: ['title'],
    img: ['src', 'alt', ['width', /^\d{1,3}%$/]],
    ol: ['start', ['reversed', true]],
    section: [['role', 'doc-endnotes']],
    span: [
      ['className', /^hljs-[a-z_-]{1,30}$/],
      ['role', 'img'],
      ['ariaLabel', /^.{1,200}$/s],
    ],
    ul: [['className', 'tasks']],
    th: [
      ['scope', 'row', 'col', 'rowgroup', 'colgroup'],
      ['colSpan', /^\d{1,3}$/],
      ['rowSpan', /^\d{1,4}$/],
    ],
    td: [
      ['colSpan', /^\d{1,3}$/],
      ['rowSpan', /^\d{1,4}$/],
    ],
    math: [['display', 'block', 'inline'], ...flags('displaystyle')],
    mi: [['mathvariant', 'normal']],
    mo: OPERATOR,
    mspace: lengths('width', 'height', 'depth'),
    mpadded: lengths('width', 'height', 'depth', 'lspace', 'voffset'),
    mfrac: lengths('linethickness'),
    mstyle: [...flags('displaystyle'), ['scriptlevel', /^[+-]?\d$/]],
    menclose: [['notation', /^[a-z ]{1,100}$/]],
    mover: flags('accent'),
    munder: flags('accentunder'),
    munderover: flags('accent', 'accentunder'),
    mtable: [['columnalign', ALIGNMENT], ...flags('displaystyle'), ['rowspacing', /^[\d.em \s]{1,200}$/]],
    mtd: [
      ['columnalign', ALIGNMENT],
      ['columnspan', /^\d{1,3}$/],
    ],
  },
  protocols: { href: ['http', 'https', 'mailto'] },
  // A page has no script that ids could mislead.
  clobber: [],
  required: {},
  ancestors: {
    tbody: ['table'],
    td: ['table'],
    th: ['table'],
    thead: ['table'],
    tfoot: ['table'],
    tr: ['table'],
    caption: ['table'],
    ...Object.fromEntries(MATHML.filter((name) => name !== 'math').map((name) => [name, ['math']])),
  },
  allowComments: false,
  allowDoctypes: false,
};
