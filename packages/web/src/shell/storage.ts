/** Small settings of this browser. Where storage is blocked they last as long as the page: nothing breaks without them. */

/** The stored text, or null when there is none or storage is blocked. */
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // Blocked (private window, strict settings) reads as "never stored".
  }
}

/** Stores a text, or removes it (null). False when the browser refuses. */
export function writeStored(key: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    return true;
  } catch {
    return false; // Blocked or full: the setting holds for this page only.
  }
}
