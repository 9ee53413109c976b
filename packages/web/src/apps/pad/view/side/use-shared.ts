import { useEffect, useState } from 'preact/hooks';
import type * as Y from 'yjs';

/** What is read of a shared type, again after each change of it. */
export function useShared<Value>(type: Y.AbstractType<never>, read: () => Value): Value {
  const [value, setValue] = useState(read);
  useEffect(() => {
    const again = (): void => setValue(read());
    again();
    type.observeDeep(again);
    return () => type.unobserveDeep(again);
  }, [type]);
  return value;
}
