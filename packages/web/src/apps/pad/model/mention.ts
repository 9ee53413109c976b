/** The name of the node that names somebody. */
export const MENTION = 'mention';
