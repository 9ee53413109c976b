import type { DrawnPicture, DrawPicture } from '../editor/picture.ts';
import type { PictureHooks } from './draw-picture.ts';

/** What draws pictures is fetched with the first one. */
export function drawPicturesLater(hooks: PictureHooks): DrawPicture {
  return (frame, first, tools) => {
    let node = first;
    let drawn: DrawnPicture | undefined;
    let isStopped = false;
    void import('./draw-picture.ts').then(({ drawPictures }) => {
      if (!isStopped) drawn = drawPictures(hooks)(frame, node, tools);
    });
    return {
      update: (next) => {
        node = next;
        drawn?.update(next);
      },
      stop: () => {
        isStopped = true;
        drawn?.stop();
      },
    };
  };
}
