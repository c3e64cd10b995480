/**
 * What people decided about readings, laid over what arrived. The row of an arrival is never changed: beside it lies one
 * row that says what stands now, so that one read of a period gives both, and taking a decision back brings the arrival
 * back.
 */

/** What stands for one arrived reading, or for one a person added. */
export interface Overlay {
  /** Of the arrival it is about, or of the moment a reading was added for. */
  timeMs: number;
  /** Register units that arrived; of an added reading those it was first added with. Names the reading for ever. */
  register: number;
  isAdded: boolean;
  /** Register units that stand instead; undefined when nothing stands. */
  standing: number | undefined;
  /** Units of the export register that stand instead. */
  exportRegister?: number;
  editId: string;
  /** How many edits there were; the lock of the next one. */
  count: number;
}

/** How a reading came to be what it is. */
export interface EditMark {
  editId: string;
  action: 'corrected' | 'rejected' | 'added' | 'restored';
  /** Register units that arrived. */
  arrived?: number;
}

type Arrived = { timeMs: number; register: number; exportRegister?: number };

export interface Standing<R extends Arrived> {
  /** Register units it arrived or was first added with: with its time, its name. */
  named: number;
  isAdded: boolean;
  /** As it stands; of a rejected reading as it arrived. */
  reading: R;
  stands: boolean;
  edit?: EditMark;
}

/**
 * Every reading with what became of it, in order of time.
 * @param addedAs makes a reading of one that never arrived
 */
export function layOver<R extends Arrived>(
  arrived: readonly R[],
  overlays: readonly Overlay[],
  addedAs: (overlay: Overlay) => R,
): Standing<R>[] {
  if (overlays.length === 0) return arrived.map(asArrived);
  const byKey = new Map(overlays.filter(({ isAdded }) => !isAdded).map((overlay) => [keyOf(overlay), overlay]));
  const all = arrived.map((reading): Standing<R> => {
    const overlay = byKey.get(keyOf(reading));
    return overlay === undefined ? asArrived(reading) : decided(reading, overlay);
  });
  for (const overlay of overlays)
    if (overlay.isAdded) {
      const edit: EditMark = {
        editId: overlay.editId,
        action: overlay.standing === undefined ? 'rejected' : 'added',
      };
      const register = overlay.standing ?? overlay.register;
      all.push({
        named: overlay.register,
        isAdded: true,
        reading: { ...addedAs(overlay), register },
        stands: overlay.standing !== undefined,
        edit,
      });
    }
  return all.sort((a, b) => a.reading.timeMs - b.reading.timeMs);
}

const asArrived = <R extends Arrived>(reading: R): Standing<R> => ({
  named: reading.register,
  isAdded: false,
  reading,
  stands: true,
});

function decided<R extends Arrived>(reading: R, { standing, exportRegister, editId, register }: Overlay): Standing<R> {
  const name = { named: register, isAdded: false };
  if (standing === undefined)
    return { ...name, reading, stands: false, edit: { editId, action: 'rejected', arrived: register } };
  const action = standing === register && exportRegister === undefined ? 'restored' : 'corrected';
  return {
    ...name,
    reading: { ...reading, register: standing, ...(exportRegister === undefined ? {} : { exportRegister }) },
    stands: true,
    edit: { editId, action, arrived: register },
  };
}

const keyOf = ({ timeMs, register }: { timeMs: number; register: number }): string => `${timeMs} ${register}`;

/** A person's word: weighs more than any run of readings. What was put back counts as it arrived. */
export const isPersonsWord = (edit: EditMark | undefined): boolean =>
  edit !== undefined && edit.action !== 'restored' && edit.action !== 'rejected';

type Packed = [isAdded: 0 | 1, standing: number | null, exportRegister: number | null, editId: string, count: number];

export function packOverlay({ isAdded, standing, exportRegister, editId, count }: Overlay): string {
  const packed: Packed = [isAdded ? 1 : 0, standing ?? null, exportRegister ?? null, editId, count];
  return JSON.stringify(packed);
}

export function unpackOverlay(timeMs: number, register: number, text: string): Overlay {
  const [isAdded, standing, exportRegister, editId, count] = JSON.parse(text) as Packed;
  return {
    timeMs,
    register,
    isAdded: isAdded === 1,
    standing: standing ?? undefined,
    ...(exportRegister === null ? {} : { exportRegister }),
    editId,
    count,
  };
}
