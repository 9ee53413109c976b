import type { VNode } from 'preact';

/** Outlines on a grid of 24, drawn with the colour of the text. */
const SHAPES = {
  auto: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 8h7.5M12 12h9M12 16h7.5',
  sun: 'M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.3 17.3L19 19M19 5l-1.7 1.7M6.7 17.3L5 19',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  documents: 'M8 3.5h7l4 4v10a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zM15 3.5v4h4M4 7v13.5a1 1 0 0 0 1 1h10',
  hosts: 'M10 8.5h4l2 12H8zM9.5 8.5V5.5L12 3l2.5 2.5v3zM5 20.5h14M9.3 13.5h5.4',
  copy: 'M9 8.5h10a1 1 0 0 1 1 1V20a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V9.5a1 1 0 0 1 1-1zM16 8.5V4a1 1 0 0 0-1-1H5a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h3',
  check: 'M4.5 12.5l5 5 10-11',
  close: 'M6 6l12 12M18 6L6 18',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L21 21',
  remove: 'M4 7h16M9.5 7V4h5v3M6.5 7l1 14h9l1-14M10 11v6M14 11v6',
  share: 'M12 15V3.5M7.5 8L12 3.5 16.5 8M5 12v7.5a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V12',
  read: 'M2.5 12C5 7.5 8.2 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.7 6.5-9.5 6.5S5 16.5 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  write: 'M4 20l1-5L16.5 3.5l4 4L9 19zM14 6l4 4',
  tag: 'M3 4.5v6.6l9.4 9.4 7.6-7.6-9.4-9.4H4zM7.5 8h.01',
  key: 'M8 9a5 5 0 1 0 0 10A5 5 0 0 0 8 9zM11.5 10.5L20 2M16 6l3.5 3.5M12.8 9.2l2.7 2.7',
  menu: 'M5 7h14M5 12h14M5 17h14',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c1-4 3.8-6 7.5-6s6.5 2 7.5 6',
  save: 'M12 3.5v11M7.5 10l4.5 4.5 4.5-4.5M4.5 17v2.5a1 1 0 0 0 1 1h13a1 1 0 0 0 1-1V17',
  bring: 'M12 14.5v-11M7.5 8L12 3.5 16.5 8M4.5 17v2.5a1 1 0 0 0 1 1h13a1 1 0 0 0 1-1V17',
  offline: 'M3 3l18 18M8 7.2A6 6 0 0 1 17.5 11a4 4 0 0 1 3.3 6M17 18.5H7a4.5 4.5 0 0 1-1.5-8.7',
  connecting: 'M12 3a9 9 0 0 1 9 9M12 21a9 9 0 0 1-9-9',
  sending: 'M12 20V5M6.5 10.5L12 5l5.5 5.5',
  info: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.7h.01',
  keyboard: 'M3 6.5h18v11H3zM6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M6.5 14h.01M17.5 14h.01M9.5 14h5',
  warning: 'M12 4L2.5 20.5h19zM12 10v5M12 18h.01',
  caret: 'M7 10l5 5 5-5',
  outline: 'M4 6h16M8 11h12M8 16h12M12 20.5h8',
  up: 'M6 14.5l6-6 6 6',
  down: 'M6 9.5l6 6 6-6',
  play: 'M7 4.5l12 7.5-12 7.5z',
  pause: 'M8 5v14M16 5v14',
  back: 'M15 5l-7 7 7 7',
  on: 'M9 5l7 7-7 7',
  past: 'M4 12a8 8 0 1 0 2.6-5.9M4 4v4h4M12 7.5V12l3.5 2',
  compare: 'M9 4H5v16h4M15 4h4v16h-4M12 2.5v19',
  comment: 'M4 5h16v11h-9l-4 4v-4H4z',
  chat: 'M4 4.5h13v9H9l-3 3v-3H4zM20 9v8h-1.5v3l-3-3H10',
  flag: 'M5.5 21V4h12.5l-3 4.5 3 4.5H5.5',
  arrow: 'M4 12h15M13 6l6 6-6 6',
} as const;

export type IconName = keyof typeof SHAPES;

/** An ornament: the text beside it, or the label of its button, says the same in words. */
export function Icon({ name }: { name: IconName }): VNode {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
