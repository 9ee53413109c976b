import { useEffect, useState } from 'preact/hooks';
import type { Talk } from '../../model/talk.ts';
import { watchTalk } from '../../model/talk.ts';

/** What is read of comments or chat, again after each change. */
export function useTalk<Value>(talk: Talk, read: () => Value): Value {
  const [value, setValue] = useState(read);
  useEffect(() => {
    const again = (): void => setValue(read());
    again();
    return watchTalk(talk, again);
  }, [talk]);
  return value;
}
