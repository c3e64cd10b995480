/** What an outstation says to a command (IEEE 1815-2012, annex A.8.1, table of status codes). */

export const commandStatus = {
  SUCCESS: 0,
  TIMEOUT: 1,
  NO_SELECT: 2,
  FORMAT_ERROR: 3,
  NOT_SUPPORTED: 4,
  ALREADY_ACTIVE: 5,
  HARDWARE_ERROR: 6,
  LOCAL: 7,
  TOO_MANY_OPS: 8,
  NOT_AUTHORIZED: 9,
  AUTOMATION_INHIBIT: 10,
  PROCESSING_LIMITED: 11,
  OUT_OF_RANGE: 12,
  DOWNSTREAM_LOCAL: 13,
  ALREADY_COMPLETE: 14,
  BLOCKED: 15,
  CANCELLED: 16,
  BLOCKED_OTHER_MASTER: 17,
  DOWNSTREAM_FAIL: 18,
  NON_PARTICIPATING: 126,
  UNDEFINED: 127,
} as const;

export type CommandStatusName = keyof typeof commandStatus;

const names = new Map<number, CommandStatusName>(
  Object.entries(commandStatus).map(([name, code]) => [code, name as CommandStatusName]),
);

/** Codes without a name are reserved. */
export const commandStatusName = (code: number): CommandStatusName | `RESERVED_${number}` =>
  names.get(code) ?? `RESERVED_${code}`;
