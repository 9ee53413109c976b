/** The past is put together and drawn beside the page, which stays smooth: a `Timeline` that answers messages in order. */
import { Timeline } from '../model/timeline.ts';
import type { PastAnswer, PastQuestion } from './past.ts';
import { DrawingPacker } from './past-packing.ts';

const timeline = new Timeline();
const packer = new DrawingPacker();
const worker = globalThis as unknown as {
  onmessage: (event: MessageEvent<PastQuestion>) => void;
  postMessage: (answer: PastAnswer) => void;
};

function answerTo(question: PastQuestion): PastAnswer['value'] {
  switch (question.ask) {
    case 'add':
      timeline.add(question.steps);
      return undefined;
    case 'finish': {
      timeline.finish(question.state, question.ownClient);
      const { people } = timeline;
      const seen = question.seen && timeline.momentOf(question.seen);
      return { moments: timeline.moments(), people, versions: timeline.versions(), seen };
    }
    case 'at':
      return packer.pack(timeline.at(question.step, question.since));
    case 'record':
      return timeline.recordOf(question.step);
  }
}

worker.onmessage = ({ data }) => {
  try {
    worker.postMessage({ value: answerTo(data) });
  } catch (error) {
    worker.postMessage({ error: error instanceof RangeError ? 'too_large' : String(error) });
  }
};
