/** Elements of the distribution network, their present switch positions, and which meters hang on them. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { externalId, label } from '../../../layers/kernel/schema/common.ts';
import { elementKinds } from '../../../layers/scada/topology.ts';

export const positions = ['open', 'closed'] as const;

export const elementSchema = z.strictObject({
  id: externalId(),
  name: label(100),
  nameAr: z.optional(label(100)),
  kind: z.enum(elementKinds),
  /** The element that supplies it; a substation without one is a source. */
  parentId: z.optional(externalId()),
  /** Of a tie switch: the element on its other side. */
  otherSideId: z.optional(externalId()),
  stationId: z.optional(externalId()),
  /** Of a switch without telemetry, and of any until its first telegram. */
  normalPosition: z._default(z.enum(positions), 'closed'),
  /** Rated power in kVA, of a transformer. */
  ratedKva: z.optional(z.number().check(z.gt(0))),
});

export type Element = z.infer<typeof elementSchema>;

/** A utility's network is read whole to answer anything about it; hundreds of elements lie in a page. */
export const elementPartition: KeyParts = ['NETWORK'];

export const elementEntity = defineEntity<Element>()({
  name: 'network element',
  table: 'scada',
  key: ({ id }) => ({ pk: elementPartition, sk: [id] }),
  idOf: ({ id }) => id,
});

/** The last known position of a switch: from its point, or set by a person where there is none. */
export interface SwitchState {
  elementId: string;
  position: (typeof positions)[number];
  time: string;
  /** Missing when a person set it. */
  pointId?: string | undefined;
}

export const switchStatePartition: KeyParts = ['SWITCH-STATES'];

export const switchStateEntity = defineEntity<SwitchState, { elementId: string }>()({
  name: 'switch position',
  table: 'scada',
  key: ({ elementId }) => ({ pk: switchStatePartition, sk: [elementId] }),
  idOf: ({ elementId }) => elementId,
});

/** Which element supplies a meter: as a rule its service transformer. */
export interface MeterPlace {
  meterId: string;
  elementId: string;
}

export const metersOf = (elementId: string): KeyParts => ['ELEMENT-METERS', elementId];

export const meterPlaceEntity = defineEntity<MeterPlace, { meterId: string }>()({
  name: 'place of the meter',
  table: 'scada',
  key: ({ meterId }) => ({ pk: ['METER-PLACE', meterId], sk: ['METER-PLACE'] }),
  indexes: { gsi1: ({ meterId, elementId }) => ({ pk: metersOf(elementId), sk: [meterId] }) },
  idOf: ({ meterId }) => meterId,
});
