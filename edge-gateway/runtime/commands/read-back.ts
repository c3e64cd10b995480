/** Whether the field shows what a command wanted. */
import type { CommandMessage } from '../../../layers/station/messages.ts';
import type { PointValue } from '../../../layers/station/point-value.ts';

type Shown = { value: PointValue | undefined };

/** @param before what the point showed when the command was sent */
export function showsEffect(action: CommandMessage['action'], before: Shown | undefined, now: Shown): boolean {
  if (now.value === undefined) return false;
  if (action.kind === 'write') return isClose(action.value, now.value);
  switch (action.code) {
    case 'latch_on':
    case 'close':
      return isOn(now.value) === true;
    case 'latch_off':
    case 'trip':
      return isOn(now.value) === false;
    case 'pulse_on':
    case 'pulse_off':
      // A pulse goes to a relay that may do either: what counts is that something moved.
      return before?.value !== undefined && before.value !== now.value;
  }
}

function isOn(value: PointValue): boolean | undefined {
  if (value === 'on' || value === true || value === 1) return true;
  if (value === 'off' || value === false || value === 0) return false;
  return undefined;
}

/** Devices keep set points with the digits they have. */
function isClose(wanted: PointValue, shown: PointValue): boolean {
  if (wanted === shown) return true;
  if (typeof wanted === 'boolean' || wanted === 'on' || wanted === 'off') return isOn(wanted) === isOn(shown);
  const a = Number(wanted);
  const b = Number(shown);
  return Math.abs(a - b) <= Math.max(Math.abs(a) * 1e-3, 1e-9);
}
