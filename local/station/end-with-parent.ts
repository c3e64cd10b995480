/** Loaded before the gateway when it is a child: it ends in order once its parent is gone, also when that was killed. */

/** So long may an ordered end take. */
const giveUpMs = 5_000;

process.once('disconnect', () => {
  setTimeout(() => process.exit(1), giveUpMs).unref();
  process.kill(process.pid, 'SIGTERM');
});
// The channel is there to notice its end; it keeps nothing running.
process.channel?.unref();
