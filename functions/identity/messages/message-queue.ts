/** Names the queue of what is to be written to people. */
export const messageQueue = 'messages';
