/** Puts a text in the clipboard. False when the browser refuses (no permission, page not secure). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // The caller shows the text for copying by hand.
  }
}
