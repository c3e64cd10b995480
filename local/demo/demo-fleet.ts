/** The demo utility: two stations and a mixed fleet, the same every time. */

export const demoTenantId = 'tenant-demo';
export const demoEmail = 'demo@mizan.example';

export const demoStations = [
  {
    id: 'ST-001',
    name: 'North substation',
    nameAr: 'محطة الشمال',
    latitude: 15.4124,
    longitude: 44.2066,
    capacityKw: 2500,
  },
  {
    id: 'ST-002',
    name: 'Harbour substation',
    nameAr: 'محطة الميناء',
    latitude: 14.7978,
    longitude: 42.9545,
    capacityKw: 4000,
  },
];

export type DemoProfile = 'household' | 'shop' | 'workshop' | 'solar' | 'street-light';

export interface DemoMeter {
  id: string;
  stationId: string;
  /** Model of the meter catalogue. */
  model: 'ADL200' | 'ADL400';
  phases: 1 | 3;
  profile: DemoProfile;
  initialRegisterKwh: string;
}

/** Mostly households, some of everything else. */
const mix: DemoProfile[] = [
  'household',
  'household',
  'household',
  'shop',
  'household',
  'workshop',
  'household',
  'solar',
  'shop',
  'household',
  'household',
  'street-light',
];

export function demoMeters(count: number): DemoMeter[] {
  return Array.from({ length: count }, (_, i) => {
    const profile = mix[i % mix.length]!;
    const isThreePhase = profile === 'workshop';
    return {
      id: `ACR-${String(1001 + i).padStart(6, '0')}`,
      stationId: demoStations[i % demoStations.length]!.id,
      model: isThreePhase ? 'ADL400' : 'ADL200',
      phases: isThreePhase ? 3 : 1,
      profile,
      initialRegisterKwh: String(1000 + 137 * i),
    };
  });
}
