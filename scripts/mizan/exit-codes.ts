/** How the command line ends, for scripts that call it. */
export const exitCodes = {
  done: 0,
  /** The platform said no, e.g. the tenant exists already. */
  refused: 1,
  /** The command line is wrong; nothing was sent. */
  usage: 2,
  /** No answer, no right to ask, or an error inside. */
  unreachable: 3,
} as const;

/** The message is in the caller's language. */
export class UsageError extends Error {}
