// Typed where they are read: from the files themselves the type checker would make types of megabytes.
declare module 'emojibase-data/en/compact.json' {
  const rows: unknown;
  export default rows;
}
declare module 'emojibase-data/fr/compact.json' {
  const rows: unknown;
  export default rows;
}
declare module 'emojibase-data/en/messages.json' {
  const messages: unknown;
  export default messages;
}
declare module 'emojibase-data/fr/messages.json' {
  const messages: unknown;
  export default messages;
}
declare module 'emojibase-data/en/shortcodes/github.json' {
  const codes: unknown;
  export default codes;
}
