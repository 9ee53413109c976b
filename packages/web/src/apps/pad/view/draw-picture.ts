import { effect } from '@preact/signals';
import type { Node as PmNode } from '@tiptap/pm/model';
import { t } from '../../../i18n/index.ts';
import type { DrawnPicture, DrawPicture, PictureTools } from '../editor/picture.ts';
import { refOf } from '../editor/picture.ts';
import type { PictureState, Pictures } from '../model/pictures.ts';
import { PICTURE_WIDTH_MAX, PICTURE_WIDTH_MIN, pictureWidth } from '../model/pictures.ts';

/** One press of an arrow, in hundredths of the text's width. */
const STEP = 5;

export interface PictureHooks {
  pictures: () => Promise<Pictures>;
  /** asks for the description and the size of the picture at a position */
  edit: (position: number) => void;
}

/** What stands in the frame of a picture: the picture itself, how far it has been sent, what is wrong, and for who writes a handle and a button. */
export function drawPictures({ pictures, edit }: PictureHooks): DrawPicture {
  return (frame, first, tools) => {
    const drawing = new Drawing(frame, first, tools, edit);
    let stop = () => undefined as undefined;
    let isStopped = false;
    void pictures().then((known) => {
      if (isStopped) return;
      const state = known.state(refOf(first));
      stop = effect(() => drawing.show(state.value, () => known.retry(refOf(first)))) as typeof stop;
    });
    return {
      update: (node) => drawing.update(node),
      stop: () => {
        isStopped = true;
        stop();
      },
    } satisfies DrawnPicture;
  };
}

class Drawing {
  readonly #frame: HTMLElement;
  readonly #tools: PictureTools;
  readonly #image = document.createElement('img');
  readonly #status = document.createElement('div');
  readonly #bar = document.createElement('progress');
  readonly #again = document.createElement('button');
  readonly #handle = document.createElement('span');
  readonly #describe = document.createElement('button');
  #node: PmNode;

  constructor(frame: HTMLElement, node: PmNode, tools: PictureTools, edit: PictureHooks['edit']) {
    this.#frame = frame;
    this.#tools = tools;
    this.#node = node;
    this.#status.className = 'pad-picture-status';
    this.#status.setAttribute('role', 'status');
    this.#image.draggable = false;
    this.#image.hidden = true;
    this.#bar.hidden = true;
    for (const button of [this.#describe, this.#again]) button.type = 'button';
    this.#describe.className = 'pad-picture-describe';
    this.#again.className = 'pad-picture-again';
    this.#describe.addEventListener('click', () => {
      const position = tools.position();
      if (position !== undefined) edit(position);
    });
    this.#prepareHandle();
    frame.append(this.#image, this.#status, this.#bar, this.#again, this.#describe, this.#handle);
    this.update(node);
  }

  update(node: PmNode): void {
    this.#node = node;
    const alt = typeof node.attrs.alt === 'string' ? node.attrs.alt : '';
    const width = pictureWidth(node.attrs.width);
    const { isEditable } = this.#tools.editor;
    this.#image.alt = alt;
    this.#frame.style.width = `${width}%`;
    const [, across, down] = /^(\d{1,5})x(\d{1,5})$/.exec(String(node.attrs.pixels)) ?? [];
    this.#frame.style.aspectRatio = across && down && this.#image.hidden ? `${across} / ${down}` : '';
    this.#frame.style.maxWidth = across ? `min(100%, ${across}px)` : '';
    this.#describe.hidden = !isEditable;
    this.#describe.textContent = t(alt === '' ? 'pad.picture.describe' : 'pad.picture.edit');
    this.#describe.classList.toggle('is-missing', alt === '');
    const caption = this.#frame.nextElementSibling;
    if (caption instanceof HTMLElement) caption.dataset.hint = isEditable ? t('pad.picture.caption') : '';
    this.#handle.hidden = !isEditable;
    this.#handle.setAttribute('aria-label', t('pad.picture.width'));
    this.#handle.setAttribute('aria-valuenow', String(width));
    this.#handle.setAttribute('aria-valuetext', t('pad.picture.percent', { percent: width }));
  }

  show({ url, sending, trouble }: PictureState, retry: () => void): void {
    if (url !== undefined && this.#image.src !== url) {
      this.#image.src = url;
      this.#image.hidden = false;
      this.#frame.style.aspectRatio = '';
    }
    this.#bar.hidden = sending === undefined;
    if (sending !== undefined) {
      this.#bar.max = sending.total;
      this.#bar.value = sending.bytes;
      const percent = Math.floor((sending.bytes / Math.max(1, sending.total)) * 100);
      this.#status.textContent = t('pad.picture.sending', { percent });
    } else if (trouble !== undefined) this.#status.textContent = t(`pad.picture.trouble.${trouble}`);
    else this.#status.textContent = url === undefined ? t('pad.picture.coming') : '';
    const mayRetry = url !== undefined && (trouble === 'no_room' || trouble === 'refused');
    this.#again.hidden = !mayRetry;
    this.#again.textContent = t('pad.picture.again');
    this.#again.onclick = retry;
  }

  #resize(width: number): void {
    const position = this.#tools.position();
    const { editor } = this.#tools;
    if (position === undefined || !editor.isEditable || width === pictureWidth(this.#node.attrs.width)) return;
    editor.view.dispatch(editor.state.tr.setNodeAttribute(position, 'width', width));
  }

  /** A slider to who hears it: arrows, Home and End, or the mouse and a finger on the corner. */
  #prepareHandle(): void {
    const handle = this.#handle;
    handle.className = 'pad-picture-handle';
    handle.tabIndex = 0;
    handle.setAttribute('role', 'slider');
    handle.setAttribute('aria-valuemin', String(PICTURE_WIDTH_MIN));
    handle.setAttribute('aria-valuemax', String(PICTURE_WIDTH_MAX));
    handle.addEventListener('keydown', (event) => {
      const now = pictureWidth(this.#node.attrs.width);
      const next = widthAfter(event.key, now);
      if (next === undefined) return;
      event.preventDefault();
      this.#resize(pictureWidth(next));
    });
    handle.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      const text = this.#frame.parentElement?.getBoundingClientRect();
      const widthAt = (x: number) => pictureWidth(((x - (text?.left ?? 0)) / Math.max(1, text?.width ?? 1)) * 100);
      const move = ({ clientX }: PointerEvent) => {
        this.#frame.style.width = `${widthAt(clientX)}%`;
      };
      const end = ({ clientX, type }: PointerEvent) => {
        handle.removeEventListener('pointermove', move);
        for (const name of ['pointerup', 'pointercancel'] as const) handle.removeEventListener(name, end);
        if (type === 'pointerup') this.#resize(widthAt(clientX));
        this.update(this.#node);
      };
      handle.addEventListener('pointermove', move);
      for (const name of ['pointerup', 'pointercancel'] as const) handle.addEventListener(name, end);
    });
  }
}

function widthAfter(key: string, now: number): number | undefined {
  if (key === 'ArrowRight' || key === 'ArrowUp') return now + STEP;
  if (key === 'ArrowLeft' || key === 'ArrowDown') return now - STEP;
  if (key === 'Home') return PICTURE_WIDTH_MIN;
  return key === 'End' ? PICTURE_WIDTH_MAX : undefined;
}
