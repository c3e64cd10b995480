/** Quality of points: the bits of the flag octet by the standard's names (IEEE 1815-2012, clause 11.6). */
import type { PointKind } from './variation.ts';

export const flag = {
  ONLINE: 0x01,
  RESTART: 0x02,
  COMM_LOST: 0x04,
  REMOTE_FORCED: 0x08,
  LOCAL_FORCED: 0x10,
  /** Binary inputs. */
  CHATTER_FILTER: 0x20,
  /** Counters, obsolete: a roll-over has taken place. */
  ROLLOVER: 0x20,
  /** Counters: the value does not continue the one before. */
  DISCONTINUITY: 0x40,
  /** Analog values. */
  OVER_RANGE: 0x20,
  REFERENCE_ERR: 0x40,
} as const;

export type FlagName = keyof typeof flag;

const common: FlagName[] = ['ONLINE', 'RESTART', 'COMM_LOST', 'REMOTE_FORCED', 'LOCAL_FORCED'];
const analog: FlagName[] = [...common, 'OVER_RANGE', 'REFERENCE_ERR'];
const counting: FlagName[] = [...common, 'ROLLOVER', 'DISCONTINUITY'];
const binary: FlagName[] = [...common, 'CHATTER_FILTER'];

const namesOf: Record<PointKind, FlagName[]> = {
  binary_input: binary,
  double_bit_input: binary,
  binary_output: common,
  counter: counting,
  frozen_counter: counting,
  analog_input: analog,
  frozen_analog_input: analog,
  analog_output: analog,
  octet_string: [],
};

export const flagNames = (kind: PointKind, flags: number): FlagName[] =>
  namesOf[kind].filter((name) => (flags & flag[name]) !== 0);
